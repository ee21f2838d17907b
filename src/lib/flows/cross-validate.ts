// Cross-validation: as many trainings as folds, each judged on the part that it did not see, under one run that tells what they show together.
import { foldMetrics, foldMetricsOfRun, type FoldMetric } from '../core/model/registry/fold-metrics.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { asParent } from './model-parent.ts';
import { trainModel, type TrainModelFailure, type TrainModelInput } from './train-model.ts';

export type CrossValidateInput = Omit<TrainModelInput, 'onProgress' | 'stop' | 'kept' | 'parent'> & {
	/** From 2 to `FOLDS_MAX`. */
	readonly folds: number;
	/** Told after each fold. */
	readonly onFold?: ((run: ModelRun) => void) | undefined;
};

export type CrossValidated = {
	readonly run: ModelRun;
	readonly folds: readonly ModelRun[];
	readonly metrics: readonly FoldMetric[];
};

export const FOLDS_MAX = 20;

/** A fold that fails ends it; the folds before it stay. */
export async function crossValidate(
	{ folds, onFold, onStart, ...input }: CrossValidateInput,
	effects: Effects
): Promise<Result<CrossValidated, TrainModelFailure>> {
	const what = input.plan.target ?? input.experiment;
	return asJob(effects.jobs, `Cross-validate ${what}`, input.signal, async (job) => {
		const runs: ModelRun[] = [];
		const name = input.name ?? `${what} in ${folds} folds`;
		const given = { ...input, name, params: { folds }, onStart };
		const run = await asParent<TrainModelFailure>(given, effects, async (parent) => {
			for (let number = 0; number < folds; number++) {
				if (job.signal.aborted) return err({ kind: 'cancelled' });
				const plan = { ...input.plan, fold: { number, count: folds } };
				const fold = { ...input, name: `Fold ${number + 1}`, plan, parent, signal: job.signal };
				const trained = await trainModel(fold, effects);
				if (!trained.ok) return trained;
				runs.push(trained.value);
				onFold?.(trained.value);
				job.progress({ fraction: (number + 1) / folds });
			}
			return ok({ runs, metrics: foldMetricsOfRun(runs) });
		});
		return run.ok ? ok({ run: run.value, folds: runs, metrics: foldMetrics(runs) }) : run;
	});
}
