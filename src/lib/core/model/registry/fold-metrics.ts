// What the folds of a cross-validation show together: of each metric the mean, how far folds are apart, and where the mean lies.
import type { ModelRun } from './model-run.ts';

/** The bounds hold the mean of many such folds 19 times of 20, were they independent; NaN of one fold. */
export type FoldMetric = {
	readonly name: string;
	readonly mean: number;
	readonly deviation: number;
	readonly low: number;
	readonly high: number;
};

/** Metrics that every fold has, in the order of the first. */
export function foldMetrics(folds: readonly Pick<ModelRun, 'metrics'>[]): readonly FoldMetric[] {
	const names = Object.keys(folds[0]?.metrics ?? {});
	return names.flatMap((name): readonly FoldMetric[] => {
		const values = folds.flatMap(({ metrics }) => metrics[name] ?? []);
		if (values.length < folds.length) return [];
		const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
		const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
		const deviation = Math.sqrt(squares / (values.length - 1));
		const reach = (studentT(values.length - 1) * deviation) / Math.sqrt(values.length);
		return [{ name, mean, deviation, low: mean - reach, high: mean + reach }];
	});
}

/** As metrics of the run of all folds: `auc`, `auc_sd`, `auc_low`, `auc_high`. */
export function foldMetricsOfRun(folds: readonly Pick<ModelRun, 'metrics'>[]): Readonly<Record<string, number>> {
	const told = foldMetrics(folds).flatMap(({ name, mean, deviation, low, high }) => [
		[name, mean] as const,
		[`${name}_sd`, deviation] as const,
		[`${name}_low`, low] as const,
		[`${name}_high`, high] as const
	]);
	return Object.fromEntries(told.filter(([, value]) => Number.isFinite(value)));
}

/** Whether it tells how sure another metric of the run is. */
export function isSpread(metric: string, metrics: Readonly<Record<string, unknown>>): boolean {
	const of = /^(.*)_(sd|low|high)$/.exec(metric)?.[1];
	return of !== undefined && Object.hasOwn(metrics, of);
}

const T_975 = [
	12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
	2.101, 2.093
];

/** The 97.5th percent of Student's t, of up to 19 degrees of freedom; of more, somewhat too wide. Source: any table of it. */
function studentT(freedom: number): number {
	return T_975[Math.min(freedom, T_975.length) - 1] ?? NaN;
}
