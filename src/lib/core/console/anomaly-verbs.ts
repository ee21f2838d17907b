// The documentation of `window.weir` for anomalies of metrics and of rows.
import { running, type ConsoleVerb } from './verb.ts';

const reading = ['unknown-dataset', 'unknown-column', 'check-crashed', 'storage-unavailable', ...running];

export const anomalyReference: readonly ConsoleVerb[] = [
	{
		verb: 'metrics',
		signature:
			'metrics(name: string, options?: { columns?: string[], metrics?: string[], seasonality?, sensitivity?: number, utcOffsetMinutes?: number, limit?: number, signal? })',
		summary:
			'Metrics over the versions of a dataset: `rowCount`, `sizeBytes` and `gapMs`, the time since the version before; of the columns that are named, nulls, distinct values, mean, deviation, bounds, median and lengths. Each point has the band that the points before it tell, by `hour-of-day`, `day-of-week`, `hour-of-week`, `day-of-month` or no season, and says whether it is outside; then slow drifts, and where the level changed for good. Of a column, rows are read that no version was asked about before.',
		failures: ['storage-full', ...reading],
		example:
			"const told = await weir.metrics('people', { columns: ['age'] });\ntold.ok && told.value.series.map(({ metric, column, points, changes }) => [metric, column, points.filter(({ isAnomaly }) => isAnomaly).length, changes.length])"
	},
	{
		verb: 'metricsOutside',
		signature: 'metricsOutside()',
		summary:
			'Of all datasets with eight versions and more: metrics of the newest one that are outside the band of those before it, farthest out first. No row is read; of columns, versions count whose statistics were asked for.',
		failures: ['check-crashed', 'storage-unavailable'],
		example:
			'(await weir.metricsOutside()).value.map(({ dataset, metrics }) => [dataset, metrics.map(({ metric, column }) => [metric, column])])'
	},
	{
		verb: 'anomalies',
		signature: 'anomalies(reference: string, options?: { columns?: string[], limit?: number, seed?: number, signal? })',
		summary:
			'The most unusual rows of a dataset or of `name@v2`, by an isolation forest over numbers, truth values and texts of few values: each with its score from 0 to 1, the columns that tell it apart from others with their share of that, and its values; SQL of all their columns; which columns were left out, and why. Every row is scored; equal seeds find equal rows.',
		failures: ['nothing-to-tell-rows-apart', ...reading],
		example:
			"const found = await weir.anomalies('people', { limit: 5 });\nfound.ok && found.value.rows.map(({ row, score, causes }) => [row, score, causes.map(({ column }) => column)])"
	}
];
