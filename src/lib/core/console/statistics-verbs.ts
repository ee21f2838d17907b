// The documentation of `window.weir` for statistics, baselines and drift.
import { running, type ConsoleVerb } from './verb.ts';

const sketching = ['unknown-dataset', 'check-crashed', 'storage-full', 'storage-unavailable', ...running];

export const statisticsReference: readonly ConsoleVerb[] = [
	{
		verb: 'statistics',
		signature: 'statistics(reference: string, options?: { signal? })',
		summary:
			'Of each column of a dataset or of `name@v2`: mean, deviation, bounds, quantiles, nulls, distinct values, outliers, top values, lengths and patterns of texts, what its values mean, and a histogram; then correlations and columns that may be keys. Kept as sketches with each segment, so that only rows are read that no version was asked about before.',
		failures: sketching,
		example:
			"const told = await weir.statistics('people');\ntold.ok && told.value.columns.map(({ name, metrics, meaning }) => [name, metrics.mean, metrics.distinctCount, meaning?.meaning])"
	},
	{
		verb: 'drift',
		signature:
			'drift(name: string, before?: string | null, after?: string | null, options?: { thresholds?: { measures?, significance?, correction? }, rule?: { relative, floor }, signal? })',
		summary:
			'How far the newest version, or `after`, is from `before`, else from the baseline, else from the version before: measures and p-values by kind of column, new and missing values, histograms in the same bins, numbers beyond the threshold rule, and what the schema changed. What changed most comes first; no rows are read where both have statistics.',
		failures: ['no-baseline', ...sketching],
		example:
			"const report = await weir.drift('people', 'v1');\nreport.ok && report.value.columns.filter(({ hasDrifted }) => hasDrifted).map(({ column, over, severity }) => [column, over, severity])"
	},
	{
		verb: 'pinBaseline',
		signature: 'pinBaseline(name: string, at?: string)',
		summary:
			'Trusts the newest version, or the one that `at` names, as what later ones are compared with: the tag `baseline`, which retention keeps and `undo` takes back.',
		failures: ['unknown-dataset', 'unknown-ref', 'version-collected', 'ref-taken', 'moved', 'storage-unavailable'],
		example: "await weir.pinBaseline('people', 'v1')"
	},
	{
		verb: 'unpinBaseline',
		signature: 'unpinBaseline(name: string)',
		summary: 'Trusts no version any more; `undo` takes it back.',
		failures: ['unknown-dataset', 'moved', 'storage-unavailable'],
		example: "await weir.unpinBaseline('people')"
	},
	{
		verb: 'baseline',
		signature: 'baseline(name: string)',
		summary: 'The version that is pinned as baseline; null when none is.',
		failures: ['unknown-dataset', 'storage-unavailable'],
		example: "await weir.baseline('people')"
	},
	{
		verb: 'driftRules',
		signature: 'driftRules(name: string)',
		summary:
			'From when versions of a dataset count as drifted: a threshold for each measure, how sure its test must be, and how far numbers may be from the baseline’s. The usual ones where none were set.',
		failures: ['unknown-dataset', 'storage-unavailable'],
		example: "(await weir.driftRules('people')).value.thresholds.measures"
	},
	{
		verb: 'setDriftRules',
		signature: 'setDriftRules(name: string, rules: { thresholds, rule } | null)',
		summary:
			'Sets them for a dataset, all of them: a measure that is left out does not count. `null` goes back to the usual ones. Undo takes it back.',
		failures: ['unknown-dataset', 'moved', 'newer-format', 'storage-unavailable'],
		example:
			"const { value: rules } = await weir.driftRules('people');\nawait weir.setDriftRules('people', { ...rules, rule: { relative: 0.2, floor: 0.1 } })"
	},
	{
		verb: 'relations',
		signature: 'relations(name?: string, options?: { signal? })',
		summary:
			'Columns whose values are nearly all in a column of another dataset that tells its rows apart, with the share and its error: of one dataset, or of all.',
		failures: sketching,
		example:
			'const found = await weir.relations();\nfound.ok && found.value.map(({ dataset, column, referencedDataset, references, share }) => [dataset, column, referencedDataset, references, share])'
	}
];
