// What a run comes to for each step: its state and why, what it read and wrote, and when each attempt was.
import type { GraphStep } from './edit-graph.ts';
import { parsePipeline } from './parse-pipeline.ts';
import { sqlsOf, stepsOf, type Work } from './pipeline.ts';
import { resolveWork, scopeOf, withItem } from './resolve-work.ts';
import type { AttemptRecord, FailureFacts, RunRecord } from './run-record.ts';
import type { StepState } from './run-state.ts';

export type StepReport = {
	/** Of a child, such as `each[0]`. */
	readonly step: string;
	readonly state: StepState;
	readonly isChild: boolean;
	readonly attempts: readonly AttemptRecord[];
	readonly why: StepReason | null;
	readonly rowsIn: number | null;
	readonly bytesIn: number | null;
	readonly rowsOut: number | null;
	readonly bytesOut: number | null;
	readonly output: string | null;
	/** From its first attempt to the end of its last one. */
	readonly startedAtMs: number | null;
	readonly endedAtMs: number | null;
	/** Of its last attempt. */
	readonly failure: FailureFacts | null;
};

/** Why a step did nothing. */
export type StepReason =
	| { readonly kind: 'unchanged' }
	| { readonly kind: 'kept' }
	| { readonly kind: 'not-chosen'; readonly branch: string }
	| { readonly kind: 'rule'; readonly rule: string }
	| { readonly kind: 'failed-before'; readonly steps: readonly string[] }
	| { readonly kind: 'no-failure' };

export function reportSteps(
	steps: readonly GraphStep[],
	states: Readonly<Record<string, StepState>>,
	run: Pick<RunRecord, 'kept'>,
	attempts: readonly AttemptRecord[]
): readonly StepReport[] {
	const rows: StepReport[] = [];
	for (const step of steps) {
		const children = Object.keys(states).filter((name) => name.startsWith(`${step.id}[`));
		for (const name of [step.id, ...children.toSorted(byNumber)]) {
			const state = states[name];
			if (state === undefined) continue;
			rows.push(reportOf(step, name, state, { states, run, attempts }));
		}
	}
	return rows;
}

type Known = {
	readonly states: Readonly<Record<string, StepState>>;
	readonly run: Pick<RunRecord, 'kept'>;
	readonly attempts: readonly AttemptRecord[];
};

function reportOf(step: GraphStep, name: string, state: StepState, known: Known): StepReport {
	const own = known.attempts.filter((attempt) => attempt.step === name);
	const kept = known.run.kept.filter((attempt) => attempt.step === name);
	const last = own.at(-1) ?? kept.at(-1);
	const { inputs, table } = last?.outcome ?? { inputs: [], table: null };
	const hasInputs = last?.outcome !== null && last !== undefined && inputs.length > 0;
	return {
		step: name,
		state,
		isChild: name !== step.id,
		attempts: own,
		why: own.length === 0 && kept.length > 0 ? { kind: 'kept' } : reasonOf(step, state, known),
		rowsIn: hasInputs ? inputs.reduce((sum, { rowCount }) => sum + rowCount, 0) : null,
		bytesIn: hasInputs ? inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) : null,
		rowsOut: table?.rowCount ?? null,
		bytesOut: table?.sizeBytes ?? null,
		output: table?.dataset ?? null,
		startedAtMs: own[0]?.startedAtMs ?? null,
		endedAtMs: own.at(-1)?.endedAtMs ?? null,
		failure: own.at(-1)?.failure ?? null
	};
}

function reasonOf(step: GraphStep, state: StepState, { states, attempts }: Known): StepReason | null {
	if (state === 'unchanged') return { kind: 'unchanged' };
	const bad = step.needs.filter((need) => ['failed', 'timed_out', 'upstream_failed'].includes(states[need] ?? ''));
	if (state === 'upstream_failed') return { kind: 'failed-before', steps: bad };
	if (state !== 'skipped') return null;
	if (step.list === 'on_failure' && step.needs.length === 0) return { kind: 'no-failure' };
	const branch = step.needs.find((need) => {
		const chosen = attempts.findLast((attempt) => attempt.step === need)?.outcome?.chosen;
		return chosen !== undefined && chosen !== null && !chosen.includes(step.id);
	});
	if (branch !== undefined) return { kind: 'not-chosen', branch };
	const rule = step.fields['trigger'];
	return { kind: 'rule', rule: typeof rule === 'string' ? rule : 'all_success' };
}

/** The queries of a step as the run gave them to the engine, with its values in the place of `${{ … }}`. */
export function sqlOfRun(run: RunRecord, name: string, attempts: readonly AttemptRecord[]): readonly string[] {
	const work = workOfRun(run, name, attempts);
	return work ? sqlsOf(work) : [];
}

/** The user function of a step; null where it has none. */
export function codeOfRun(run: RunRecord, name: string, attempts: readonly AttemptRecord[]): string | null {
	const work = workOfRun(run, name, attempts);
	return work?.kind === 'transform' && work.rows.kind === 'function' ? work.rows.fn.code : null;
}

/** With its values filled in, as far as they can be. */
function workOfRun(run: RunRecord, name: string, attempts: readonly AttemptRecord[]): Work | null {
	const parsed = parsePipeline(run.text);
	if (!parsed.ok) return null;
	const [, id = '', index] = /^(.*?)(?:\[(\d+)\])?$/.exec(name) ?? [];
	const step = stepsOf(parsed.value).find((one) => one.id === id);
	if (!step) return null;
	let scope = scopeOf(parsed.value, run, null);
	let work: Work = step.work;
	if (index !== undefined && work.kind === 'for-each') {
		const items = attempts.find((attempt) => attempt.step === id && attempt.outcome?.items)?.outcome?.items;
		const item = items?.[Number(index)];
		if (item !== undefined) scope = withItem(scope, item);
		({ work } = work);
	}
	const resolved = resolveWork(work, scope);
	return resolved.ok ? resolved.value : work;
}

function byNumber(one: string, other: string): number {
	return Number(/\[(\d+)\]$/.exec(one)?.[1]) - Number(/\[(\d+)\]$/.exec(other)?.[1]);
}
