// Where segments of a keyed table end: at rows that their key names, so that rows that stay together stay one segment
// wherever they move to.
import { quoteName } from '../sql/quote.ts';

/** Of a segment; one in so many rows may end one. */
export const MIN_ROWS = 4096;
const MEAN_ROWS = 16_384;
export const MAX_ROWS = 65_536;

/** A row that may begin a segment. */
export type Candidate = {
	/** Counted from 0. */
	readonly row: number;
	/** A segment of the earlier version begins with a row of this key. */
	readonly isOld: boolean;
};

export type Cuts = {
	/** FROM item of the rows to cut. */
	readonly table: string;
	readonly key: readonly string[];
	/** The earlier version, and the rows its segments begin with. */
	readonly earlier: { readonly table: string; readonly starts: readonly number[] } | null;
};

/** Candidates in order, as `row` and `old`. A key's hash is of its text, so it says the same whatever its column's type is. */
export function candidatesSql({ table, key, earlier }: Cuts): string {
	const cells = key.map((_name, index) => `k${index}`);
	const numbered = (from: string): string =>
		`(SELECT row_number() OVER () - 1, ${key.map(quoteName).join(', ')} FROM ${from}) AS n(r, ${cells.join(', ')})`;
	const text = cells.map((cell) => `coalesce(${cell}::VARCHAR, '')`).join(', chr(31), ');
	const byHash = `md5_number_lower(concat(${text})) % ${MEAN_ROWS} = 0`;
	if (!earlier || earlier.starts.length === 0)
		return `SELECT r::DOUBLE AS "row", false AS old FROM ${numbered(table)} WHERE ${byHash} ORDER BY r`;
	const starts = `SELECT ${cells.join(', ')} FROM ${numbered(earlier.table)} WHERE r IN (${earlier.starts.join(', ')})`;
	const isStart = `(${cells.join(', ')}) IN (${starts})`;
	return `SELECT r::DOUBLE AS "row", old FROM (SELECT r, coalesce(${isStart}, false) AS old, ${byHash} AS hashed
		FROM ${numbered(table)}) WHERE old OR hashed ORDER BY r`;
}

/**
 * Row counts of the segments.
 *
 * Where the earlier version's segments began, these begin, unless that makes one of fewer than MIN_ROWS; what is longer than
 * MAX_ROWS between two of those, or a table without an earlier version, is cut at keys whose hash says so.
 */
export function segmentRows(rowCount: number, candidates: readonly Candidate[], isFirst: boolean): readonly number[] {
	const borders = [0];
	const begin = (row: number): void => {
		if (row - (borders.at(-1) ?? 0) >= MIN_ROWS) borders.push(row);
	};
	for (const { row, isOld } of candidates) if (isOld) begin(row);
	const runs = [...borders, rowCount];
	const counts: number[] = [];
	let at = 0;
	for (const [index, start] of borders.entries()) {
		const end = runs[index + 1] ?? rowCount;
		const length = end - start;
		if (length <= MAX_ROWS && !isFirst) {
			counts.push(length);
			continue;
		}
		while (at < candidates.length && (candidates[at]?.row ?? 0) < start) at++;
		counts.push(...splitRun(start, end, candidates.slice(at)));
	}
	return counts.filter((count) => count > 0);
}

function splitRun(start: number, end: number, candidates: readonly Candidate[]): readonly number[] {
	const counts: number[] = [];
	let from = start;
	const cutAt = (row: number): void => {
		counts.push(row - from);
		from = row;
	};
	/** In the middle, where MAX_ROWS would leave too few. */
	const shorten = (until: number): void => {
		for (let length = until - from; length > MAX_ROWS; length = until - from)
			cutAt(from + (length - MAX_ROWS < MIN_ROWS ? Math.floor(length / 2) : MAX_ROWS));
	};
	for (const { row } of candidates) {
		if (row >= end) break;
		shorten(row);
		if (row - from >= MIN_ROWS && end - row >= MIN_ROWS) cutAt(row);
	}
	shorten(end);
	return [...counts, end - from];
}
