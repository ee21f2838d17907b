// The text of a selected rectangle, as a spreadsheet pastes it. Reads the rows anew: a selection outgrows the pages held.
import { err, ok, type Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { ReadCells } from './edited-cells.ts';
import { cellCount, type Rectangle } from './selection.ts';

/** More is an export's work, which streams to disk. */
const MAX_COPY_CELLS = 500_000;
const MAX_COPY_CHARACTERS = 64 * 1024 * 1024;
const WINDOW_ROWS = 5_000;

export type CopySelectionFailure =
	SqlFailure | { readonly kind: 'selection-too-large'; readonly cells: number; readonly limit: number };

/** `sources` maps the rectangle's columns to columns of the table. Nulls become empty; one cell alone is not quoted. */
export async function selectionText(
	readCells: ReadCells,
	{ top, bottom, left, right }: Rectangle,
	sources: readonly number[]
): Promise<Result<string, CopySelectionFailure>> {
	const cells = cellCount({ top, bottom, left, right });
	const tooLarge = err({ kind: 'selection-too-large', cells, limit: MAX_COPY_CELLS });
	if (cells > MAX_COPY_CELLS) return tooLarge;
	const columns = sources.slice(left, right + 1);
	const lines: string[] = [];
	let length = 0;
	for (let row = top; row <= bottom; row += WINDOW_ROWS) {
		const answer = await readCells(row, Math.min(bottom + 1, row + WINDOW_ROWS));
		if (!answer.ok) return answer;
		const table = answer.value;
		if (cells === 1) return ok(table.text(0, columns[0] ?? 0) ?? '');
		for (let index = 0; index < table.rowCount; index++) {
			const line = columns.map((column) => field(table.text(index, column) ?? '')).join('\t');
			length += line.length + 1;
			if (length > MAX_COPY_CHARACTERS) return tooLarge;
			lines.push(line);
		}
	}
	return ok(lines.join('\n'));
}

function field(text: string): string {
	return /["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
