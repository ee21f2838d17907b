// The SQL of a column's profile, and what its answers mean. One aggregate, then a histogram or the most frequent values.
import { invariant } from '../result.ts';
import { typeFamily } from '../sql/types.ts';
import type { ColumnProfile, Histogram } from './profile.ts';

export type ProfiledColumn = {
	readonly name: string;
	readonly type: string;
	/** Reads the column from the source. */
	readonly expression: string;
};

/** A row of an answer; counts may be bigint. */
export type AnswerRow = Readonly<Record<string, unknown>>;

export const SAMPLE_ROWS = 20_000;
export const HISTOGRAM_BINS = 24;
const TOP_VALUES = 10;
/** Numbers with few values, such as grades, are told as values too. */
const FEW_VALUES = 50;
/** Counting every value of more than this many would cost memory; the most frequent are then estimated first. */
const EXACT_TOP_MAX = 200_000;
/** What counting the different values of a column may hold in memory. */
const EXACT_DISTINCT_MAX_BYTES = 256 * 1024 * 1024;
/** A value's hash, its place, and room to grow. */
const VALUE_BYTES = 40;
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

/** One row with what a single pass can tell. `source` is a table, view or parenthesised query. */
export function summarySql(source: string, { type, expression }: ProfiledColumn): string {
	const text = `CAST(${expression} AS VARCHAR)`;
	const isOrdered = typeFamily(type) !== 'nested' && typeFamily(type) !== 'other';
	const parts = [
		'count(*) AS row_count',
		`count(${expression}) AS value_count`,
		`approx_count_distinct(${expression}) AS distinct_count`,
		isOrdered ? `CAST(min(${expression}) AS VARCHAR) AS low_text` : 'NULL AS low_text',
		isOrdered ? `CAST(max(${expression}) AS VARCHAR) AS high_text` : 'NULL AS high_text'
	];
	const number = numberSql(type, expression);
	if (number !== null) {
		const finite = `FILTER (WHERE isfinite(${number}))`;
		parts.push(
			`min(${number}) ${finite} AS low`,
			`max(${number}) ${finite} AS high`,
			`approx_quantile(${number}, [${QUANTILES.join(', ')}]) ${finite} AS quantile_numbers`
		);
		if (typeFamily(type) === 'number') {
			// DuckDB refuses a deviation that overflows, so values beyond 1e150 are left out of it.
			const modest = `FILTER (WHERE isfinite(${number}) AND abs(${number}) < 1e150)`;
			parts.push(`avg(${number}) ${finite} AS mean`, `stddev_samp(${number}) ${modest} AS deviation`);
		}
	}
	if (type === 'VARCHAR')
		parts.push(
			`min(length(${text})) AS shortest`,
			`max(length(${text})) AS longest`,
			`avg(strlen(${text})) AS usual_bytes`
		);
	return `SELECT ${parts.join(', ')} FROM ${source}`;
}

/** One row with `n`, the exact count of different values; null where that could take too much memory. */
export function distinctSql(source: string, { type, expression }: ProfiledColumn, summary: AnswerRow): string | null {
	const family = typeFamily(type);
	if (family === 'nested' || family === 'other' || (family === 'text' && type !== 'VARCHAR')) return null;
	const valueBytes = VALUE_BYTES + (numberOf(summary.usual_bytes) ?? 0);
	if ((numberOf(summary.distinct_count) ?? 0) * valueBytes > EXACT_DISTINCT_MAX_BYTES) return null;
	return `SELECT count(DISTINCT ${expression}) AS n FROM ${source}`;
}

/** Rows `bin`, `n`; null for a column without numbers or with one value alone. */
export function histogramSql(source: string, column: ProfiledColumn, summary: AnswerRow): string | null {
	const number = numberSql(column.type, column.expression);
	const bounds = boundsOf(summary);
	if (number === null || bounds === null) return null;
	const { low, high } = bounds;
	const width = (high - low) / HISTOGRAM_BINS;
	if (!(width > 0) || !Number.isFinite(width)) return null;
	const bin = `least(${HISTOGRAM_BINS - 1}, greatest(0, CAST(floor((${number} - (${low}::DOUBLE)) / ${width}::DOUBLE) AS INTEGER)))`;
	return `SELECT ${bin} AS bin, count(*) AS n FROM ${source} WHERE isfinite(${number}) GROUP BY bin`;
}

/** Rows `value`, `n`, most frequent first; null where values are not worth telling. */
export function topValuesSql(source: string, column: ProfiledColumn, summary: AnswerRow): string | null {
	const family = typeFamily(column.type);
	const distinct = numberOf(summary.distinct_count) ?? 0;
	if (family === 'nested' || family === 'other' || numberOf(summary.value_count) === 0) return null;
	if (family !== 'text' && family !== 'boolean' && distinct > FEW_VALUES) return null;
	const { expression } = column;
	const candidates =
		distinct > EXACT_TOP_MAX
			? ` AND ${expression} IN (SELECT unnest(approx_top_k(${expression}, ${TOP_VALUES})) FROM ${source})`
			: '';
	return `SELECT CAST(${expression} AS VARCHAR) AS value, count(*) AS n FROM ${source}
		WHERE ${expression} IS NOT NULL${candidates} GROUP BY ${expression} ORDER BY n DESC, value LIMIT ${TOP_VALUES}`;
}

/** Quantiles as texts of the column's own type. */
export function quantileTextsSql(type: string, summary: AnswerRow): string | null {
	const quantiles = listOf(summary.quantile_numbers);
	if (quantiles.length === 0) return null;
	const texts = quantiles.map((quantile) => {
		const literal = `CAST('${numberOf(quantile) ?? 0}' AS DOUBLE)`;
		if (typeFamily(type) === 'number') return `CAST(${literal} AS VARCHAR)`;
		const moment = `make_timestamp(CAST(round(${literal} * 1000) AS BIGINT))`;
		return type === 'DATE' ? `CAST(CAST(${moment} AS DATE) AS VARCHAR)` : `CAST(${moment} AS VARCHAR)`;
	});
	return `SELECT ${texts.map((text, index) => `${text} AS q${index}`).join(', ')}`;
}

export type ProfileAnswers = {
	readonly summary: AnswerRow;
	readonly distinct: AnswerRow | null;
	readonly quantiles: AnswerRow | null;
	readonly bins: readonly AnswerRow[] | null;
	readonly top: readonly AnswerRow[] | null;
};

export function decodeProfile(
	column: ProfiledColumn,
	coverage: ColumnProfile['coverage'],
	{ summary, distinct, quantiles, bins, top }: ProfileAnswers
): ColumnProfile {
	const rowCount = numberOf(summary.row_count) ?? 0;
	const valueCount = numberOf(summary.value_count) ?? 0;
	const exactCount = numberOf(distinct?.n);
	const shortest = numberOf(summary.shortest);
	const longest = numberOf(summary.longest);
	return {
		column: column.name,
		type: column.type,
		coverage,
		rowCount,
		nullCount: rowCount - valueCount,
		// An estimate may exceed what is there.
		distinctCount: exactCount ?? Math.min(numberOf(summary.distinct_count) ?? 0, valueCount),
		isDistinctExact: exactCount !== null,
		min: textOf(summary.low_text),
		max: textOf(summary.high_text),
		quantiles: quantiles ? QUANTILES.map((_, index) => textOf(quantiles[`q${index}`]) ?? '') : null,
		mean: numberOf(summary.mean),
		standardDeviation: numberOf(summary.deviation),
		histogram: bins ? histogramOf(summary, bins) : null,
		topValues: top?.map((row) => ({ value: textOf(row.value) ?? '', rowCount: numberOf(row.n) ?? 0 })) ?? null,
		lengths: shortest === null || longest === null ? null : { min: shortest, max: longest }
	};
}

function histogramOf(summary: AnswerRow, bins: readonly AnswerRow[]): Histogram {
	const bounds = boundsOf(summary);
	invariant(bounds, 'a histogram has bounds');
	const counts = new Array<number>(HISTOGRAM_BINS).fill(0);
	for (const row of bins) counts[numberOf(row.bin) ?? 0] = numberOf(row.n) ?? 0;
	return { ...bounds, counts };
}

/** A DOUBLE for numbers, epoch milliseconds for dates and timestamps, else null. */
export function numberSql(type: string, expression: string): string | null {
	const family = typeFamily(type);
	if (family === 'number') return `CAST(${expression} AS DOUBLE)`;
	// Infinite dates have no epoch.
	if (family === 'date') return `CASE WHEN isfinite(${expression}) THEN CAST(epoch_ms(${expression}) AS DOUBLE) END`;
	return null;
}

function boundsOf(summary: AnswerRow): { readonly low: number; readonly high: number } | null {
	const low = numberOf(summary.low);
	const high = numberOf(summary.high);
	return low === null || high === null ? null : { low, high };
}

function numberOf(value: unknown): number | null {
	return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

function textOf(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

function listOf(value: unknown): unknown[] {
	return typeof value === 'object' && value !== null && Symbol.iterator in value
		? Array.from(value as Iterable<unknown>)
		: [];
}
