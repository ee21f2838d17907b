// Edits that gather until they are committed: steps that can be taken back, and the rows they make of a version.
import type { DatasetId, VersionId } from '../ids.ts';
import type { CellTexts, RowEdits } from './row-edits.ts';

/**
 * One thing done to rows. Rows of the version go by their number from 0, whatever else is edited; added ones by the negative
 * number they were given: -1 is the first that was ever added.
 */
export type WorkingStep =
	| { readonly kind: 'set'; readonly rows: readonly { readonly row: number; readonly cells: CellTexts }[] }
	/** Before the row `before`: of the version, an added one, or the version's row count, which is the end. */
	| { readonly kind: 'add'; readonly before: number; readonly rows: readonly CellTexts[] }
	| { readonly kind: 'remove'; readonly rows: readonly number[] };

/** Steps that were one deed and are taken back as one, such as a pasted block that adds rows. */
export type WorkingChange = readonly WorkingStep[];

/** Of one branch of a dataset; all tabs see it, and a change of one that another has outrun is refused. */
export type WorkingCopy = {
	readonly dataset: DatasetId;
	readonly branch: string;
	/** The version that is changed. */
	readonly base: VersionId;
	/** Counts up with every change. */
	readonly revision: number;
	readonly changes: readonly WorkingChange[];
	/** Taken back, the newest last. */
	readonly undone: readonly WorkingChange[];
};

export type AddedRow = { readonly id: number; readonly before: number; readonly cells: CellTexts };

/** What steps come to. */
export type WorkingRows = {
	/** Of the version. */
	readonly rowCount: number;
	readonly changed: ReadonlyMap<number, CellTexts>;
	readonly removed: ReadonlySet<number>;
	/** In order: by the row they come before, and those before one row among themselves. */
	readonly added: readonly AddedRow[];
	/** Of rows added so far, gone ones too. */
	readonly addedCount: number;
};

/** What a row of the working copy is: a row of the version, or an added one. Removed rows stay in sight. */
export type WorkingRow = {
	readonly id: number;
	/** Null for an added row. */
	readonly source: number | null;
	readonly isRemoved: boolean;
	/** Those that differ from the version's; of an added row, those that are given. */
	readonly cells: CellTexts;
};

export function workingRows(rowCount: number, steps: readonly WorkingStep[] = []): WorkingRows {
	const start: WorkingRows = { rowCount, changed: new Map(), removed: new Set(), added: [], addedCount: 0 };
	return steps.reduce(takeStep, start);
}

export function takeStep(rows: WorkingRows, step: WorkingStep): WorkingRows {
	if (step.kind === 'remove') {
		const gone = new Set(step.rows);
		return {
			...rows,
			removed: new Set([...rows.removed, ...step.rows.filter((row) => row >= 0)]),
			added: rows.added.filter(({ id }) => !gone.has(id))
		};
	}
	if (step.kind === 'add') {
		const at = rows.added.findIndex(({ id, before }) => (step.before < 0 ? id === step.before : before >= step.before));
		const place = at < 0 ? rows.added.length : at;
		const before = step.before < 0 ? (rows.added[place]?.before ?? rows.rowCount) : step.before;
		// Before a row of the version, and so behind what was added before it.
		const behind = step.before < 0 ? place : endOf(rows.added, before);
		const made = step.rows.map((cells, index) => ({ id: -1 - rows.addedCount - index, before, cells }));
		return { ...rows, added: rows.added.toSpliced(behind, 0, ...made), addedCount: rows.addedCount + made.length };
	}
	const changed = new Map(rows.changed);
	const byId = new Map(step.rows.map(({ row, cells }) => [row, cells]));
	for (const [row, cells] of byId) if (row >= 0) changed.set(row, { ...changed.get(row), ...cells });
	const added = rows.added.map((row) => ({ ...row, cells: { ...row.cells, ...byId.get(row.id) } }));
	return { ...rows, changed, added };
}

function endOf(added: readonly AddedRow[], before: number): number {
	const at = added.findIndex((row) => row.before > before);
	return at < 0 ? added.length : at;
}

/** Of rows in sight: the version's, also those removed, and the added ones. */
export function shownCount({ rowCount, added }: WorkingRows): number {
	return rowCount + added.length;
}

/** The row in sight at a place, counted from 0. */
export function rowAt({ rowCount, added, changed, removed }: WorkingRows, place: number): WorkingRow {
	// Added row `i` is in sight at `before + i`: of those, how many come first?
	let low = 0;
	let high = added.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((added[middle]?.before ?? rowCount) + middle < place) low = middle + 1;
		else high = middle;
	}
	const here = added[low];
	if (here && here.before + low === place) return { id: here.id, source: null, isRemoved: false, cells: here.cells };
	const source = place - low;
	return { id: source, source, isRemoved: removed.has(source), cells: changed.get(source) ?? {} };
}

/** A removed row's changes go with it. */
export function rowEdits({ changed, removed, added }: WorkingRows): RowEdits {
	return {
		changed: [...changed].filter(([row]) => !removed.has(row)).map(([row, cells]) => ({ row, cells })),
		removed: [...removed].sort((one, other) => one - other),
		added: added.map(({ before, cells }) => ({ before, cells }))
	};
}
