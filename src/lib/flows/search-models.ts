// Searches parameters of a training: every trial is a run of its own, which names the search it is of.
import { runScore, withParameters } from '../core/model/registry/search-trials.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { firstRung, nextRung, type SearchFailure, type SearchPlan } from '../core/model/search/search-plan.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { trainModel, type TrainModelFailure, type TrainModelInput } from './train-model.ts';

export type SearchModelsInput = Omit<TrainModelInput, 'onStart' | 'onProgress'> & {
	readonly search: SearchPlan;
	/** Told after each trial. */
	readonly onTrial?: (run: ModelRun) => void;
};

export type Searched = {
	/** The tag `search` of its runs. */
	readonly id: string;
	/** In the order they were tried. */
	readonly runs: readonly ModelRun[];
	/** The one with the least loss on validation rows, or where there are none, the best on held-out ones. */
	readonly best: ModelRun;
};

export type SearchModelsFailure = TrainModelFailure | SearchFailure;

/** A trial that fails ends the search; the runs before it stay. */
export async function searchModels(
	{ search, onTrial, ...input }: SearchModelsInput,
	effects: Effects
): Promise<Result<Searched, SearchModelsFailure>> {
	const first = firstRung(search);
	if (!first.ok) return first;
	const id = effects.randomId();
	return asJob(effects.jobs, `Search ${input.plan.target ?? input.experiment}`, input.signal, async (job) => {
		const runs: ModelRun[] = [];
		let best: { readonly run: ModelRun; readonly score: number } | null = null;
		for (let rung: typeof first.value | null = first.value; rung;) {
			const scores = new Map<number, number>();
			// What did best of fewer rounds is not held against what did best of more.
			best = null;
			for (const [at, { number, parameters }] of rung.trials.entries()) {
				if (job.signal.aborted) return err({ kind: 'cancelled' });
				const plan = withParameters(input.plan, parameters, rung.resourceShare);
				const tags = { ...input.tags, search: id, trial: String(number) };
				const trained = await trainModel({ ...input, plan, tags, signal: job.signal }, effects);
				if (!trained.ok) return trained;
				const run = trained.value;
				const curve = await effects.models.metrics(run.id);
				if (!curve.ok) return curve;
				const score = runScore(run, curve.value);
				scores.set(number, score);
				runs.push(run);
				onTrial?.(run);
				if (!best || score > best.score) best = { run, score };
				job.progress({ fraction: rung.resourceShare * ((at + 1) / rung.trials.length) });
			}
			rung = nextRung(search, rung, scores);
		}
		return best ? ok({ id, runs, best: best.run }) : err({ kind: 'empty-space', parameter: '' });
	});
}
