// What changed between two renderings of one report: its versions, its numbers, and the rows of its charts and tables.
import { measureLabel } from './parse-measure.ts';
import type {
	BlockFailure,
	CellType,
	CellValue,
	Edition,
	EditionBlock,
	EditionSource,
	EditionTable,
	Shown
} from './edition.ts';

export type EditionChanges = {
	/** Null where that dataset was not read. */
	readonly sources: readonly {
		readonly name: string;
		readonly before: EditionSource | null;
		readonly after: EditionSource | null;
	}[];
	/** Blocks that show something else, in their order. */
	readonly blocks: readonly BlockChange[];
};

export type BlockChange = { readonly block: number; readonly title: string } & (
	| {
			readonly kind: 'number';
			/** Of prose, which of its values; else 0. */
			readonly row: number;
			readonly before: CellValue;
			readonly after: CellValue;
			readonly type: CellType;
			readonly format: string | null;
			readonly unit: string | null;
			/** Of two numbers. */
			readonly difference: number | null;
	  }
	/** Marks or rows, told apart by what they are of; of a table, whole rows. */
	| {
			readonly kind: 'rows';
			readonly of: 'chart' | 'table';
			readonly before: number;
			readonly after: number;
			readonly added: number;
			readonly removed: number;
			readonly changed: number;
	  }
	/** It could be shown before, or can be now. */
	| { readonly kind: 'failed' | 'mended' }
);

/** Both are of one text. */
export function compareEditions<F extends BlockFailure>(before: Edition<F>, after: Edition<F>): EditionChanges {
	const names = [...new Set([...before.sources, ...after.sources].map(({ name }) => name))];
	const sourceIn = ({ sources }: Edition<F>, name: string): EditionSource | null =>
		sources.find((one) => one.name === name) ?? null;
	return {
		sources: names
			.map((name) => ({ name, before: sourceIn(before, name), after: sourceIn(after, name) }))
			.filter((one) => one.before?.version !== one.after?.version),
		blocks: after.blocks.flatMap((block, at) => {
			const old = before.blocks[at];
			return old ? changesOf(old, block, at) : [];
		})
	};
}

function changesOf<F extends BlockFailure>(
	before: EditionBlock<F>,
	after: EditionBlock<F>,
	at: number
): readonly BlockChange[] {
	const { block } = after;
	if (block.kind === 'prose' && 'values' in after && 'values' in before)
		return after.values.flatMap((shown, row) => {
			const [value, old] = [block.values[row], before.values[row]];
			return value && old
				? numberChange(old, shown, { at, row, title: measureLabel(value.value), ...value, unit: null })
				: [];
		});
	if (block.kind === 'metric' && 'shown' in after && 'shown' in before) {
		const title = block.label ?? measureLabel(block.value);
		return numberChange(before.shown, after.shown, { at, row: 0, title, format: block.format, unit: block.unit });
	}
	if ((block.kind === 'chart' || block.kind === 'table') && 'shown' in after && 'shown' in before) {
		const title = block.title ?? `${block.kind === 'chart' ? 'Chart' : 'Table'} of ${block.from}`;
		const [old, now] = [before.shown, after.shown];
		if (old.ok !== now.ok) return [{ block: at, title, kind: now.ok ? 'mended' : 'failed' }];
		if (!old.ok || !now.ok) return [];
		const counts = compareRows(old.table, now.table, block.kind);
		const isSame = counts.added + counts.removed + counts.changed === 0 && old.totalRows === now.totalRows;
		return isSame
			? []
			: [{ block: at, title, kind: 'rows', of: block.kind, before: old.totalRows, after: now.totalRows, ...counts }];
	}
	return [];
}

type Told = {
	readonly at: number;
	readonly row: number;
	readonly title: string;
	readonly format: string | null;
	readonly unit: string | null;
};

function numberChange<F extends BlockFailure>(
	before: Shown<F>,
	after: Shown<F>,
	{ at, row, title, format, unit }: Told
): readonly BlockChange[] {
	if (before.ok !== after.ok) return [{ block: at, title, kind: after.ok ? 'mended' : 'failed' }];
	if (!before.ok || !after.ok) return [];
	const [old, now] = [before, after].map(({ table }) => table.columns[0]?.values[0] ?? null);
	if (old === now || old === undefined || now === undefined) return [];
	const difference = typeof old === 'number' && typeof now === 'number' ? now - old : null;
	const type = after.table.columns[0]?.type ?? 'number';
	return [{ block: at, title, kind: 'number', row, before: old, after: now, type, format, unit, difference }];
}

/** What is drawn as a value, and not as what it is of. */
const valueNames: ReadonlySet<string> = new Set([
	'y',
	'y2',
	'size',
	'low',
	'q1',
	'median',
	'q3',
	'high',
	'below',
	'above'
]);

function compareRows(
	before: EditionTable,
	after: EditionTable,
	kind: 'chart' | 'table'
): { readonly added: number; readonly removed: number; readonly changed: number } {
	const isGrid = after.columns.some(({ name }) => name === 'size') && after.columns.some(({ name }) => name === 'y2');
	const isValue = (name: string): boolean =>
		kind === 'chart' && valueNames.has(name) && !(isGrid && (name === 'y' || name === 'y2'));
	const [old, now] = [keyed(before, isValue), keyed(after, isValue)];
	let [added, removed, changed] = [0, 0, 0];
	for (const [key, values] of now) {
		const previous = old.get(key) ?? [];
		added += Math.max(0, values.length - previous.length);
		changed += values.filter((value, at) => at < previous.length && previous[at] !== value).length;
	}
	for (const [key, values] of old) removed += Math.max(0, values.length - (now.get(key)?.length ?? 0));
	return { added, removed, changed };
}

function keyed(
	{ rowCount, columns }: EditionTable,
	isValue: (name: string) => boolean
): ReadonlyMap<string, readonly string[]> {
	const rows = new Map<string, string[]>();
	const cells = (row: number, wanted: boolean): string =>
		JSON.stringify(columns.filter(({ name }) => isValue(name) === wanted).map(({ values }) => values[row] ?? null));
	for (let row = 0; row < rowCount; row++) {
		const key = cells(row, false);
		const values = rows.get(key) ?? [];
		values.push(cells(row, true));
		rows.set(key, values);
	}
	return rows;
}
