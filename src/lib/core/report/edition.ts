// A report as it was rendered once: every block with its rows, and which versions they came from. What is drawn, compared, kept and shared.
import type { DatasetId, DocumentVersionId, VersionId } from '../ids.ts';
import type {
	ChartBlock,
	InputBlock,
	InputValue,
	MetricBlock,
	ProseBlock,
	QueryBlock,
	ReportLayout,
	TableBlock
} from './report.ts';

/** Times are UTC epoch milliseconds; what is nested or exact beyond a double is a text. */
export type CellValue = null | number | string | boolean;
export type CellType = 'number' | 'text' | 'boolean' | 'date' | 'time';

export type EditionColumn = { readonly name: string; readonly type: CellType; readonly values: readonly CellValue[] };

/** Few rows, column by column; all columns are `rowCount` long. */
export type EditionTable = { readonly rowCount: number; readonly columns: readonly EditionColumn[] };

/** A version that a number may come from. */
export type EditionSource = {
	/** As the report calls it. */
	readonly name: string;
	readonly dataset: DatasetId;
	readonly version: VersionId;
	/** `v12`; null where it has none in its branch. */
	readonly number: number | null;
	readonly rowCount: number;
	readonly committedAtMs: number;
	readonly message: string;
};

/** What could not be shown, in words of a failure: the other blocks stand. */
export type BlockFailure = { readonly kind: string };

export type EditionBlock<Failure extends BlockFailure = BlockFailure> =
	/** One row with the column `value` for each value of the block. */
	| { readonly block: ProseBlock; readonly values: readonly Shown<Failure>[] }
	| { readonly block: QueryBlock; readonly table: EditionTable | null; readonly failure: Failure | null }
	| { readonly block: ChartBlock; readonly shown: Shown<Failure>; readonly shapes?: RegionShapes }
	| { readonly block: TableBlock; readonly shown: Shown<Failure> }
	| { readonly block: MetricBlock; readonly shown: Shown<Failure> }
	| { readonly block: InputBlock; readonly shown: Shown<Failure>; readonly value: InputValue };

/**
 * Rows a block shows. A chart's columns are named for what they are drawn as: `x`, `y` (with several measures `series` tells them apart),
 * `color`, `facet`, `size`, and for bins `x2`, `y2`, their ends; a metric's are `value` and `compare`; a select's `value` and `rows`; a range's `from` and `to`.
 */
export type Shown<Failure extends BlockFailure = BlockFailure> =
	| {
			readonly ok: true;
			readonly table: EditionTable;
			/** Rows there would be without a limit. */
			readonly totalRows: number;
			/** Indices into the sources of the edition. */
			readonly sources: readonly number[];
			/** The query in full, for `explain`; none in what is shared. */
			readonly sql: string | null;
			readonly elapsedMs: number;
	  }
	| { readonly ok: false; readonly failure: Failure };

/** What is no area, counted by why. */
export type UnreadShapes = {
	/** Null, or no GeoJSON geometry. */
	readonly noGeometry: number;
	/** Points and lines. */
	readonly noArea: number;
	/** Coordinates that are no finite numbers, or too large ones. */
	readonly beyond: number;
};

/** `table` has the columns `key` and `shape`, of which each is the coordinates of a MultiPolygon as JSON. */
export type RegionShapes = {
	readonly table: EditionTable;
	/** That were read, with and without an area. */
	readonly rowCount: number;
	readonly unread: UnreadShapes;
};

export type Edition<Failure extends BlockFailure = BlockFailure> = {
	readonly report: string;
	/** Null where the text is not saved. */
	readonly version: DocumentVersionId | null;
	readonly title: string | null;
	readonly description: string | null;
	readonly layout: ReportLayout;
	readonly renderedAtMs: number;
	readonly sources: readonly EditionSource[];
	readonly blocks: readonly EditionBlock<Failure>[];
};
