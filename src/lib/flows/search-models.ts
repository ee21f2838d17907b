// Searches parameters of a training: every trial is a run of its own, under that of the search.
import { runScore, withParameters } from '../core/model/registry/search-trials.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { firstRung, nextRung, type SearchFailure, type SearchPlan } from '../core/model/search/search-plan.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { asParent } from './model-parent.ts';
import { trainModel, type TrainModelFailure, type TrainModelInput } from './train-model.ts';

export type SearchModelsInput = Omit<TrainModelInput, 'onProgress' | 'stop' | 'kept' | 'parent'> & {
	readonly search: SearchPlan;
	/** Ends it after the trial that it is at, with the best so far. */
	readonly stop?: AbortSignal | undefined;
	/** Told after each trial. */
	readonly onTrial?: ((run: ModelRun) => void) | undefined;
};

export type Searched = {
	/** The run of the search: the parent of the others, and their tag `search`. */
	readonly id: string;
	/** In the order they were tried. */
	readonly runs: readonly ModelRun[];
	/** The one with the least loss on validation rows, or where there are none, the best on held-out ones. */
	readonly best: ModelRun;
};

export type SearchModelsFailure = TrainModelFailure | SearchFailure;

/** A trial that fails ends the search; the runs before it stay. Its own metrics are those of the best. */
export async function searchModels(
	{ search, stop, onTrial, onStart, ...input }: SearchModelsInput,
	effects: Effects
): Promise<Result<Searched, SearchModelsFailure>> {
	const first = firstRung(search);
	if (!first.ok) return first;
	const what = input.plan.target ?? input.experiment;
	return asJob(effects.jobs, `Search ${what}`, input.signal, async (job) => {
		const runs: ModelRun[] = [];
		const leading: { readonly run: ModelRun; readonly score: number; readonly share: number }[] = [];
		const isEnded = (): boolean => stop?.aborted === true && runs.length > 0;
		const name = input.name ?? `Search for ${what}`;
		const params = { search: search.method.kind, searched: Object.keys(search.spaces).join(', ') };
		const given = { ...input, name, params, onStart };
		const parent = await asParent<SearchModelsFailure>(given, effects, async (id) => {
			for (let rung: typeof first.value | null = first.value; rung && !isEnded();) {
				const scores = new Map<number, number>();
				for (const [at, { number, parameters }] of rung.trials.entries()) {
					if (job.signal.aborted) return err({ kind: 'cancelled' });
					if (isEnded()) break;
					const plan = withParameters(input.plan, parameters, rung.resourceShare);
					const tags = { ...input.tags, search: id, trial: String(number) };
					const trial = { ...input, plan, tags, parent: id, signal: job.signal };
					const trained = await trainModel(trial, effects);
					if (!trained.ok) return trained;
					const run = trained.value;
					const curve = await effects.models.metrics(run.id);
					if (!curve.ok) return curve;
					const score = runScore(run, curve.value);
					scores.set(number, score);
					runs.push(run);
					onTrial?.(run);
					// What did best of fewer rounds is not held against what did best of more.
					const [best] = leading;
					if (!best || best.share < rung.resourceShare || score > best.score)
						leading[0] = { run, score, share: rung.resourceShare };
					job.progress({ fraction: rung.resourceShare * ((at + 1) / rung.trials.length) });
				}
				rung = nextRung(search, rung, scores);
			}
			return ok({ runs, metrics: leading[0]?.run.metrics ?? {} });
		});
		if (!parent.ok) return parent;
		const [best] = leading;
		return best ? ok({ id: parent.value.id, runs, best: best.run }) : err({ kind: 'empty-space', parameter: '' });
	});
}
