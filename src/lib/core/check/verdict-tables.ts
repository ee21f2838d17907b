// What suites found, and how far versions are apart, as tables that SQL reads.
import type { ComparisonRules, Comparison } from './statistics/compare-sketches.ts';
import type { SuiteVerdict } from './verdict.ts';

/** DuckDB types by column. */
export const checkColumns = {
	check_results: {
		dataset: 'VARCHAR',
		version: 'VARCHAR',
		number: 'INTEGER',
		suite: 'VARCHAR',
		check_name: 'VARCHAR',
		expectation: 'VARCHAR',
		column_name: 'VARCHAR',
		severity: 'VARCHAR',
		outcome: 'VARCHAR',
		unexpected_count: 'BIGINT',
		row_count: 'BIGINT',
		description: 'VARCHAR',
		kwargs: 'JSON',
		result: 'JSON',
		problem: 'VARCHAR',
		checked_at: 'TIMESTAMP'
	}
} as const;

/** Of `drift('a@v1', 'a')`: a row for each column that both have, what changed most first. */
export const driftColumns = {
	column_name: 'VARCHAR',
	has_drifted: 'BOOLEAN',
	severity: 'DOUBLE',
	measure: 'VARCHAR',
	psi: 'DOUBLE',
	kolmogorov_smirnov: 'DOUBLE',
	jensen_shannon: 'DOUBLE',
	wasserstein: 'DOUBLE',
	chi_square: 'DOUBLE',
	null_ratio_change: 'DOUBLE',
	p_value: 'DOUBLE'
} as const;

type Row = Readonly<Record<string, unknown>>;

/** `number`: of the verdict's version in its branch. */
export function checkRows(verdict: SuiteVerdict, dataset: string, number: number | null): readonly Row[] {
	return verdict.checks.map((one) => ({
		dataset,
		version: verdict.version,
		number,
		suite: verdict.suite,
		check_name: one.check,
		expectation: one.expectation,
		column_name: typeof one.kwargs['column'] === 'string' ? one.kwargs['column'] : null,
		severity: one.severity,
		outcome: one.outcome,
		unexpected_count: one.unexpectedCount,
		row_count: verdict.rowCount,
		description: one.description,
		kwargs: one.kwargs,
		result: one.result,
		problem: one.problem?.code ?? null,
		checked_at: new Date(verdict.atMs).toISOString()
	}));
}

/** `measure` is the one that is farthest over its threshold. */
export function driftRows(
	{ columns }: Comparison,
	{ thresholds }: Pick<ComparisonRules, 'thresholds'>
): readonly Row[] {
	return columns.map(({ column, measures, over, hasDrifted, severity, correctedPValue }) => ({
		column_name: column,
		has_drifted: hasDrifted,
		severity,
		measure:
			over[0] === undefined ? null : `${over[0]} ${measures[over[0]]?.toFixed(3)} ≥ ${thresholds.measures[over[0]]}`,
		psi: measures.psi ?? null,
		kolmogorov_smirnov: measures['kolmogorov-smirnov'] ?? null,
		jensen_shannon: measures['jensen-shannon'] ?? null,
		wasserstein: measures.wasserstein ?? null,
		chi_square: measures['chi-square'] ?? null,
		null_ratio_change: measures['null-ratio'] ?? null,
		p_value: correctedPValue
	}));
}
