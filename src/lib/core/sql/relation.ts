// Names in SQL that Weir resolves before the engine sees them: datasets, `name@version`, `name@rejects`.
import type { VersionId } from '../ids.ts';
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
};

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
