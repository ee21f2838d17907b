// Rows of an edited grid as cells: what was read, with the changes over it.
import { tableFromIPC } from '@uwdata/flechette';
import { ok, type Result } from '#core/result.ts';
import { EXACT } from '#core/sql/arrow-shape.ts';
import { displayText } from '#core/sql/cell-text.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { WorkingRow } from '#core/version/working-copy.ts';
import { arrowCells, type ArrowCells } from './arrow-cells.ts';
import type { GridEditing, ReadWindow } from './grid-props.ts';

export type HeldRow = { readonly cells: ArrowCells; readonly index: number };
export type ReadCells = (startRow: number, endRow: number) => Promise<Result<ArrowCells, SqlFailure>>;

const DISPLAY_LIMIT = 400;

/** A row of one, with the cells of `under` where nothing was changed. `names` are the columns as `under` has them. */
export function editedRow({ cells }: WorkingRow, under: HeldRow | null, names: readonly string[]): HeldRow {
	const read = (of: 'display' | 'text' | 'pretty', column: number): string | null => {
		const name = names[column] ?? '';
		if (!Object.hasOwn(cells, name)) return under === null ? null : under.cells[of](under.index, column);
		const text = cells[name] ?? null;
		return text !== null && of === 'display' ? displayText(text, DISPLAY_LIMIT) : text;
	};
	return {
		cells: {
			rowCount: 1,
			display: (_row, column) => read('display', column),
			text: (_row, column) => read('text', column),
			pretty: (_row, column) => read('pretty', column)
		},
		index: 0
	};
}

/** Rows of `readWindow` that are in sight between two places. */
export function sourceRange(editing: GridEditing, startRow: number, endRow: number): { from: number; to: number } {
	const sources: number[] = [];
	for (let place = startRow; place < endRow; place++) {
		const { source } = editing.row(place);
		if (source !== null) sources.push(source);
	}
	const [from = 0] = sources;
	return { from, to: (sources.at(-1) ?? from - 1) + 1 };
}

/** Reads rows as they are in sight. */
export function cellReader(readWindow: ReadWindow, editing: GridEditing | null, names: readonly string[]): ReadCells {
	const read: ReadCells = async (startRow, endRow) => {
		const answer = await readWindow(startRow, endRow);
		return answer.ok ? ok(arrowCells(tableFromIPC(answer.value, EXACT))) : answer;
	};
	if (editing === null) return read;
	return async (startRow, endRow) => {
		const { from, to } = sourceRange(editing, startRow, endRow);
		const under = await read(from, to);
		if (!under.ok) return under;
		const rows = Array.from({ length: endRow - startRow }, (_, at) => {
			const row = editing.row(startRow + at);
			const held = row.source === null ? null : { cells: under.value, index: row.source - from };
			return editedRow(row, held, names).cells;
		});
		return ok({
			rowCount: rows.length,
			display: (row, column) => rows[row]?.display(0, column) ?? null,
			text: (row, column) => rows[row]?.text(0, column) ?? null,
			pretty: (row, column) => rows[row]?.pretty(0, column) ?? null
		});
	};
}
