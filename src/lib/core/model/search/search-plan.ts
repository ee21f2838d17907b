// Which parameters a search tries, and which of them go on: plans only, which whoever trains asks for the next step.
import { err, ok, type Result } from '../../result.ts';
import { randomOf } from '../random.ts';

/** What may be tried of a parameter: each of some values, or any number of a range; `log` draws evenly by orders of magnitude. */
export type ParameterSpace =
	| { readonly kind: 'choice'; readonly values: readonly (number | string | boolean | null)[] }
	| {
			readonly kind: 'range';
			readonly from: number;
			readonly to: number;
			readonly scale: 'linear' | 'log';
			readonly isWhole: boolean;
	  };

export type Parameters = Readonly<Record<string, number | string | boolean | null>>;

export type SearchPlan = {
	readonly spaces: Readonly<Record<string, ParameterSpace>>;
	readonly method:
		| { readonly kind: 'grid' }
		| { readonly kind: 'random'; readonly trials: number }
		/** Begins with `trials` on a small share of the resource; the best `1 / factor` go on with `factor` times as much. */
		| { readonly kind: 'halving'; readonly trials: number; readonly factor: number };
	readonly seed: number;
};

/** One step of a search: these trials, with this share of the rows or rounds. */
export type Rung = { readonly trials: readonly Trial[]; readonly resourceShare: number };

/** `number` names the trial through all rungs. */
export type Trial = { readonly number: number; readonly parameters: Parameters };

export type SearchFailure =
	/** A grid has no end where a parameter may be any number. */
	| { readonly kind: 'endless-grid'; readonly parameter: string }
	| { readonly kind: 'too-many-trials'; readonly trials: number; readonly max: number }
	| { readonly kind: 'empty-space'; readonly parameter: string };

export const TRIALS_MAX = 1000;

export function firstRung(plan: SearchPlan): Result<Rung, SearchFailure> {
	for (const [parameter, space] of Object.entries(plan.spaces)) {
		const isEmpty = space.kind === 'choice' ? space.values.length === 0 : !(space.from <= space.to);
		if (isEmpty) return err({ kind: 'empty-space', parameter });
		if (plan.method.kind === 'grid' && space.kind === 'range') return err({ kind: 'endless-grid', parameter });
	}
	const all = plan.method.kind === 'grid' ? gridOf(plan) : drawn(plan, plan.method.trials);
	if (all.length > TRIALS_MAX) return err({ kind: 'too-many-trials', trials: all.length, max: TRIALS_MAX });
	const resourceShare = plan.method.kind === 'halving' ? leastShare(all.length, plan.method.factor) : 1;
	return ok({ trials: all.map((parameters, number) => ({ number, parameters })), resourceShare });
}

/** The trials that go on, by their scores (more is better, NaN is worst); null where the search is done. */
export function nextRung(
	{ method }: SearchPlan,
	{ trials, resourceShare }: Rung,
	scores: ReadonlyMap<number, number>
): Rung | null {
	if (method.kind !== 'halving' || resourceShare >= 1 || trials.length <= 1) return null;
	const score = ({ number }: Trial): number => {
		const told = scores.get(number) ?? NaN;
		return Number.isNaN(told) ? -Infinity : told;
	};
	const best = trials.toSorted((a, b) => (score(a) === score(b) ? a.number - b.number : score(b) - score(a)));
	const kept = Math.max(1, Math.ceil(trials.length / method.factor));
	return { trials: best.slice(0, kept), resourceShare: Math.min(1, resourceShare * method.factor) };
}

/** How many trainings it is in all, whichever trials do best; 0 where it cannot begin. */
export function trainingCount(plan: SearchPlan): number {
	const first = firstRung(plan);
	let count = 0;
	for (let rung = first.ok ? first.value : null; rung; rung = nextRung(plan, rung, new Map()))
		count += rung.trials.length;
	return count;
}

/** So that the last rung, of hardly more than one trial, has everything. */
function leastShare(trials: number, factor: number): number {
	let share = 1;
	for (let left = trials; left > factor; left = Math.ceil(left / factor)) share /= factor;
	return share;
}

/** The last parameter changes first. */
function gridOf({ spaces }: SearchPlan): readonly Parameters[] {
	return Object.entries(spaces).reduce<readonly Parameters[]>(
		(all, [name, space]) =>
			space.kind === 'choice'
				? all.flatMap((parameters) => space.values.map((value) => ({ ...parameters, [name]: value })))
				: all,
		[{}]
	);
}

function drawn({ spaces, seed }: SearchPlan, trials: number): readonly Parameters[] {
	return Array.from({ length: Math.min(trials, TRIALS_MAX + 1) }, (_, trial) =>
		Object.fromEntries(
			Object.entries(spaces).map(([name, space], at) => [name, draw(space, randomOf(seed, 7, trial, at))])
		)
	);
}

function draw(space: ParameterSpace, random: () => number): Parameters[string] {
	if (space.kind === 'choice') return space.values[Math.floor(random() * space.values.length)] ?? null;
	const { from, to, scale, isWhole } = space;
	const share = random();
	if (isWhole && scale === 'linear') return Math.min(to, from + Math.floor(share * (to - from + 1)));
	const value = scale === 'log' ? from * (to / from) ** share : from + share * (to - from);
	return isWhole ? Math.min(to, Math.max(from, Math.round(value))) : value;
}
