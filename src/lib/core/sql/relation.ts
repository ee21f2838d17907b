// Names in SQL that Weir resolves before the engine sees them: datasets, `name@version`, `name@rejects`.
import type { VersionId } from '../ids.ts';
import type { ColumnSource } from '../parquet/parquet-file.ts';
import type { Column } from '../version/version.ts';

/** A view the engine must have before a text runs. */
export type Relation = {
	/** The view's name as the engine will see it, such as `flights` or `flights@v2`. */
	readonly name: string;
	readonly version: VersionId;
	/** The version's rows, or the rows it refused. */
	readonly rows: 'data' | 'rejects';
	/** Leaves out the segments that this version has too: what is equal in both needs no comparing. */
	readonly unlike?: VersionId | undefined;
	/** Of the version's segments, those with these numbers alone; ascending. */
	readonly segments?: readonly number[] | undefined;
	/**
	 * Beside each of those segments one of another version, whose rows stand in the same order. The columns of the relation are
	 * then those named here: `kept` are of the other version, `written` of this one.
	 */
	readonly beside?:
		| { readonly version: VersionId; readonly segments: readonly number[]; readonly columns: readonly ColumnSource[] }
		| undefined;
	/**
	 * The same segments of another version, by number and in the order of those: of the rows, those alone that patches removed
	 * there. Each has its number among the rows of the segments as `"@row"` before its columns.
	 */
	readonly gone?: { readonly version: VersionId; readonly segments: readonly number[] } | undefined;
	/** Left out, the rows as they are. */
	readonly form?: RelationForm | undefined;
};

/**
 * What a change of rows reads. A row's place is its number among the rows that its segments were written with.
 *
 * `numbered`: the rows, with their place as `"@row"` before their columns.
 * `placed`:   the rows, with their place as `place`; columns are `c0`, `c1`, …
 * `written`:  the same of all rows that the segments were written with, whatever patches say.
 * `patches`:  the rows of the patches instead, with `place`, and `gone`: whether the row was removed. In any order.
 */
export type RelationForm = 'numbered' | 'placed' | 'written' | 'patches';

export type SqlParam = string | number | bigint | boolean | Date | null;

/** Rows held by the engine for a grid, by window. Grows while `done` is false. */
export type ResultShape = { readonly columns: readonly Column[]; readonly rowCount: number };

/** Order and filters a person set on a grid; combined with AND. */
export type GridView = {
	readonly orderBy: readonly { readonly column: string; readonly descending: boolean }[];
	readonly filters: readonly GridFilter[];
};
export type GridFilter = {
	readonly column: string;
	readonly operator: 'contains' | 'equals' | 'not-equals' | 'at-least' | 'at-most' | 'is-null' | 'is-not-null';
	/** Text as typed; cast to the column's type by the engine. */
	readonly value: string;
};

/** Numbers as a text such as `0-5,7`: there may be thousands of them. */
export function numberRanges(numbers: readonly number[]): string {
	const ranges: { first: number; last: number }[] = [];
	for (const number of numbers) {
		const range = ranges.at(-1);
		if (range && range.last + 1 === number) range.last = number;
		else ranges.push({ first: number, last: number });
	}
	return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
