// Where segments of a keyed table end: at rows that their key names, so that rows that stay together stay one segment
// wherever they move to.
import { quoteName } from '../sql/quote.ts';
import { SEGMENT_ROWS } from './segment.ts';

/** Of a segment: at least a quarter of the mean, at most four times as much. One in so many rows as the mean may end one. */
export function segmentBounds(meanRows: number): { readonly minRows: number; readonly maxRows: number } {
	return { minRows: meanRows / 4, maxRows: meanRows * 4 };
}

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
	readonly meanRows: number;
	/** The earlier version, and the rows its segments begin with. */
	readonly earlier: { readonly table: string; readonly starts: readonly number[] } | null;
};

/** Candidates in order, as `row` and `old`. A key's hash is of its text, so it says the same whatever its column's type is. */
export function candidatesSql({ table, key, meanRows, earlier }: Cuts): string {
	const cells = key.map((_name, index) => `k${index}`);
	const numbered = (from: string): string =>
		`(SELECT row_number() OVER () - 1, ${key.map(quoteName).join(', ')} FROM ${from}) AS n(r, ${cells.join(', ')})`;
	const text = cells.map((cell) => `coalesce(${cell}::VARCHAR, '')`).join(', chr(31), ');
	const byHash = `md5_number_lower(concat(${text})) % ${meanRows} = 0`;
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
 * Where the earlier version's segments began, these begin, unless that makes one of fewer than the least; what is longer than
 * the most between two of those, or a table without an earlier version, is cut at keys whose hash says so.
 */
export function segmentRows(
	rowCount: number,
	candidates: readonly Candidate[],
	isFirst: boolean,
	meanRows = SEGMENT_ROWS
): readonly number[] {
	const bounds = segmentBounds(meanRows);
	const { minRows, maxRows } = bounds;
	const borders = [0];
	const begin = (row: number): void => {
		if (row - (borders.at(-1) ?? 0) >= minRows) borders.push(row);
	};
	for (const { row, isOld } of candidates) if (isOld) begin(row);
	const runs = [...borders, rowCount];
	const counts: number[] = [];
	let at = 0;
	for (const [index, start] of borders.entries()) {
		const end = runs[index + 1] ?? rowCount;
		const length = end - start;
		if (length <= maxRows && !isFirst) {
			counts.push(length);
			continue;
		}
		while (at < candidates.length && (candidates[at]?.row ?? 0) < start) at++;
		counts.push(...splitRun(start, end, candidates.slice(at), bounds));
	}
	return counts.filter((count) => count > 0);
}

function splitRun(
	start: number,
	end: number,
	candidates: readonly Candidate[],
	{ minRows, maxRows }: ReturnType<typeof segmentBounds>
): readonly number[] {
	const counts: number[] = [];
	let from = start;
	const cutAt = (row: number): void => {
		counts.push(row - from);
		from = row;
	};
	/** In the middle, where the most would leave too few. */
	const shorten = (until: number): void => {
		for (let length = until - from; length > maxRows; length = until - from)
			cutAt(from + (length - maxRows < minRows ? Math.floor(length / 2) : maxRows));
	};
	for (const { row } of candidates) {
		if (row >= end) break;
		shorten(row);
		if (row - from >= minRows && end - row >= minRows) cutAt(row);
	}
	shorten(end);
	return [...counts, end - from];
}
