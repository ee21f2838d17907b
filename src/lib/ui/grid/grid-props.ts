// What a page gives a grid and hears from it. The grid asks for rows by window and never holds them all.
import type { ColumnProfile } from '#core/profile/profile.ts';
import type { Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { GridView } from '#core/sql/relation.ts';
import type { Column } from '#core/version/version.ts';
import type { WorkingChange, WorkingRow } from '#core/version/working-copy.ts';

/** Arrow IPC stream of rows startRow (inclusive) to endRow (exclusive). */
export type ReadWindow = (startRow: number, endRow: number) => Promise<Result<Uint8Array<ArrayBuffer>, SqlFailure>>;

/** Tells the sample first and the full profile when it is known; resolves with the last one told. */
export type ReadProfile = (
	column: string,
	onProfile: (profile: ColumnProfile) => void
) => Promise<Result<ColumnProfile, SqlFailure>>;

/** One entry of a column's menu that belongs to the page, such as "Group by". */
export type ColumnAction = { readonly label: string; readonly run: () => void };

/** Words for what went wrong, or null. */
export type EditAnswer = Promise<string | null>;

/** Rows as a person edits them: those of `readWindow` with changes, and added rows between them. */
export type GridEditing = {
	readonly rowCount: number;
	/** What `before` of an added row says for the end. */
	readonly endRow: number;
	readonly canUndo: boolean;
	readonly canRedo: boolean;
	/** The row in sight at a place, counted from 0. */
	row(place: number): WorkingRow;
	take(change: WorkingChange): EditAnswer;
	undo(): void;
	redo(): void;
};

export type GridProps = {
	/** Names the grid for a screen reader, such as `Rows of flights`. */
	readonly label: string;
	readonly columns: readonly Column[];
	readonly rowCount: number;
	/** False while rows still stream: `rowCount` grows, and profiles wait. */
	readonly done: boolean;
	/**
	 * Names the rows behind `readWindow`. A change drops held rows, selection and scroll position; widths and hidden
	 * columns stay while the columns' names and types are the same, and profiles while only the order changed.
	 */
	readonly key: string;
	readonly readWindow: ReadWindow;
	readonly view: GridView;
	/** A person asked for another order or other filters; nothing changes until `view` does. */
	readonly onview: (view: GridView) => void;
	/** Null where profiles are not wanted: headers are then lower. */
	readonly readProfile: ReadProfile | null;
	/** A window or a profile could not be read; told once per page of rows or column. */
	readonly onfailure: (failure: SqlFailure) => void;
	readonly columnActions?: (column: Column) => readonly ColumnAction[];
	/** Null where cells are only read. */
	readonly editing?: GridEditing | null;
	/** What a person who types into cells that are only read is told; nothing when it is empty. */
	readonly readOnlyNote?: string;
	/** Told the selected rows, the last one included, and the columns by name where more than one cell is selected. */
	readonly onselection?: (firstRow: number, lastRow: number, columns: readonly string[]) => void;
};
