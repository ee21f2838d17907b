// What a comparison says of one column, and the SQL that finds it out. Both versions are read whole, but this column alone.
import { numberSql, summarySql, type AnswerRow } from '../profile/profile-sql.ts';
import { quoteName } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import type { ColumnPair } from './column-pairs.ts';
import { populationStability, totalVariation } from './shift.ts';

/** A column's values in one version. */
export type SideSummary = {
	readonly rowCount: number;
	readonly nullCount: number;
	/** HyperLogLog estimate, about 2 % off. */
	readonly distinctCount: number;
	readonly min: string | null;
	readonly max: string | null;
	/** Of numbers alone, those that are finite; the deviation is that of a sample. */
	readonly mean: number | null;
	readonly standardDeviation: number | null;
};

/** How often values are there before and after, in the same bins. */
export type Distribution =
	/** Bins of equal width from `low` to `high`; epoch milliseconds for times. */
	| {
			readonly kind: 'histogram';
			readonly low: number;
			readonly high: number;
			readonly before: readonly number[];
			readonly after: readonly number[];
	  }
	/** The most frequent values of both, most frequent first. */
	| {
			readonly kind: 'values';
			readonly values: readonly { readonly value: string; readonly before: number; readonly after: number }[];
			/** Rows with any other value. */
			readonly othersBefore: number;
			readonly othersAfter: number;
	  };

/** Nulls are a bin of their own; numbers are in deciles of before, other values in the most frequent ones and the rest. */
export type Shift = {
	/** See `populationStability`. */
	readonly stability: number;
	/** See `totalVariation`. */
	readonly variation: number;
};

export type ColumnDiff = {
	/** As it is called after, where it is there. */
	readonly name: string;
	readonly nameBefore: string | null;
	readonly typeBefore: string | null;
	readonly typeAfter: string | null;
	/** In changed rows; null where whole rows are compared, which have no cells that changed. */
	readonly cellsChanged: number | null;
	/** Every row has it as before, so nothing was read for it: `before`, `after` and `distribution` are null, the shift is 0. */
	readonly isSame: boolean;
	readonly before: SideSummary | null;
	readonly after: SideSummary | null;
	/** Null where one side lacks the column, has no rows or another kind of values, or where values are too many or nested. */
	readonly shift: Shift | null;
	readonly distribution: Distribution | null;
};

export type SummaryTables = { readonly from: string; readonly to: string };

export const DIFF_BINS = 24;
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const TOP_VALUES = 20;
/** Counting more different values than this would cost memory, and no value among them would stand out. */
const DISTINCT_MAX = 200_000;
const [NULL_BIN, UNENDING_BIN] = [-1, -2];

/** One row that `decodeSide` reads. */
export function sideSql(table: string, { name, type }: Column): string {
	return summarySql(table, { name, type, expression: quoteName(name) });
}

export function decodeSide(row: AnswerRow): SideSummary {
	const rowCount = numberOf(row['row_count']) ?? 0;
	const valueCount = numberOf(row['value_count']) ?? 0;
	return {
		rowCount,
		nullCount: rowCount - valueCount,
		// An estimate may exceed what is there.
		distinctCount: Math.min(numberOf(row['distinct_count']) ?? 0, valueCount),
		min: textOf(row['low_text']),
		max: textOf(row['high_text']),
		mean: numberOf(row['mean']),
		standardDeviation: numberOf(row['deviation'])
	};
}

export type ShiftQuery =
	/** Rows `deciles`, then what `binsSql` gives. */
	| { readonly kind: 'numbers'; readonly decilesSql: string; readonly low: number; readonly high: number }
	/** Rows `value`, `before`, `after`. */
	| { readonly kind: 'values'; readonly sql: string };

/** What to ask for a column's shift; null where there is none to tell. */
export function shiftQuery(
	{ from, to }: ColumnPair,
	tables: SummaryTables,
	before: AnswerRow,
	after: AnswerRow
): ShiftQuery | null {
	if (!from || !to || typeFamily(from.type) !== typeFamily(to.type)) return null;
	const number = numberSql(from.type, quoteName(from.name));
	if (number !== null) {
		const [low, high] = [
			least(numberOf(before['low']), numberOf(after['low'])),
			least(negated(before['high']), negated(after['high']))
		];
		if (low === null || high === null) return null;
		const decilesSql = `SELECT approx_quantile(${number}, [${DECILES.join(', ')}]) FILTER (WHERE isfinite(${number})) AS deciles FROM ${tables.from}`;
		return { kind: 'numbers', decilesSql, low, high: -high };
	}
	const distinct = Math.max(decodeSide(before).distinctCount, decodeSide(after).distinctCount);
	if (!['text', 'boolean', 'time'].includes(typeFamily(from.type)) || distinct > DISTINCT_MAX) return null;
	const text = (name: string): string => `CAST(${quoteName(name)} AS VARCHAR)`;
	const sql = `SELECT v AS value, count(*) FILTER (WHERE s = 0) AS before, count(*) FILTER (WHERE s = 1) AS after
		FROM (SELECT 0 AS s, ${text(from.name)} AS v FROM ${tables.from} UNION ALL SELECT 1, ${text(to.name)} FROM ${tables.to})
		WHERE v IS NOT NULL GROUP BY v ORDER BY count(*) DESC, v LIMIT ${TOP_VALUES}`;
	return { kind: 'values', sql };
}

/** Rows `side` (0 before, 1 after), `bin` of equal width, `decile`, and `n`; null and endless numbers have bins of their own. */
export function binsSql(
	{ from, to }: { readonly from: Column; readonly to: Column },
	tables: SummaryTables,
	{ low, high }: { readonly low: number; readonly high: number },
	deciles: AnswerRow
): string {
	const edges = [...new Set(listOf(deciles['deciles']).flatMap((edge) => numberOf(edge) ?? []))];
	const width = (high - low) / DIFF_BINS;
	const isFlat = !(width > 0) || !Number.isFinite(width);
	const own = (bin: string): string =>
		`CASE WHEN v IS NULL THEN ${NULL_BIN} WHEN NOT isfinite(v) THEN ${UNENDING_BIN} ELSE ${bin} END`;
	const even = isFlat
		? '0'
		: `least(${DIFF_BINS - 1}, greatest(0, CAST(floor((v - ${real(low)}) / ${real(width)}) AS INTEGER)))`;
	const decile = edges.length === 0 ? '0' : edges.map((edge) => `CAST(v > ${real(edge)} AS INTEGER)`).join(' + ');
	const values = ({ name, type }: Column): string => numberSql(type, quoteName(name)) ?? 'NULL';
	return `SELECT s AS side, ${own(even)} AS bin, ${own(decile)} AS decile, count(*) AS n
		FROM (SELECT 0 AS s, ${values(from)} AS v FROM ${tables.from} UNION ALL SELECT 1, ${values(to)} FROM ${tables.to})
		GROUP BY ALL`;
}

export type Shifted = { readonly shift: Shift | null; readonly distribution: Distribution };

export function decodeBins(
	{ low, high }: { readonly low: number; readonly high: number },
	rows: readonly AnswerRow[]
): Shifted {
	const counted = (side: number, column: 'bin' | 'decile', bin: number): number =>
		rows
			.filter((row) => numberOf(row['side']) === side && numberOf(row[column]) === bin)
			.reduce((sum, row) => sum + (numberOf(row['n']) ?? 0), 0);
	const bins = Array.from({ length: low === high ? 1 : DIFF_BINS }, (_, bin) => bin);
	const deciles = [NULL_BIN, UNENDING_BIN, ...Array.from({ length: DECILES.length + 1 }, (_, bin) => bin)];
	const of = (side: number): readonly number[] => deciles.map((bin) => counted(side, 'decile', bin));
	return {
		shift: shiftOf(of(0), of(1)),
		distribution: {
			kind: 'histogram',
			low,
			high,
			before: bins.map((bin) => counted(0, 'bin', bin)),
			after: bins.map((bin) => counted(1, 'bin', bin))
		}
	};
}

export function decodeValues(rows: readonly AnswerRow[], before: SideSummary, after: SideSummary): Shifted {
	const values = rows.map((row) => ({
		value: textOf(row['value']) ?? '',
		before: numberOf(row['before']) ?? 0,
		after: numberOf(row['after']) ?? 0
	}));
	const others = (side: SideSummary, which: 'before' | 'after'): number =>
		side.rowCount - side.nullCount - values.reduce((sum, value) => sum + value[which], 0);
	const [othersBefore, othersAfter] = [others(before, 'before'), others(after, 'after')];
	return {
		shift: shiftOf(
			[...values.map((value) => value.before), othersBefore, before.nullCount],
			[...values.map((value) => value.after), othersAfter, after.nullCount]
		),
		distribution: { kind: 'values', values, othersBefore, othersAfter }
	};
}

function shiftOf(before: readonly number[], after: readonly number[]): Shift | null {
	const stability = populationStability(before, after);
	const variation = totalVariation(before, after);
	return stability === null || variation === null ? null : { stability, variation };
}

function real(value: number): string {
	return `CAST('${value}' AS DOUBLE)`;
}

function negated(value: unknown): number | null {
	const number = numberOf(value);
	return number === null ? null : -number;
}

function least(one: number | null, other: number | null): number | null {
	if (one === null || other === null) return one ?? other;
	return Math.min(one, other);
}

function numberOf(value: unknown): number | null {
	return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

function textOf(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

function listOf(value: unknown): readonly unknown[] {
	return typeof value === 'object' && value !== null && Symbol.iterator in value
		? Array.from(value as Iterable<unknown>)
		: [];
}
