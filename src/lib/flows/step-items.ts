// Rows of a for-each as its items: cells that YAML could say.
import type { Scalar } from '../core/pipeline/pipeline.ts';
import type { Item } from '../core/pipeline/run-record.ts';

export function itemOf(row: Readonly<Record<string, unknown>>): Item {
	return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, scalarOf(cell)]));
}

/** What is neither a number nor true or false is a text, as SQL casts it back. */
function scalarOf(cell: unknown): Scalar {
	if (cell === null || typeof cell === 'boolean' || typeof cell === 'number') return cell;
	if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
	return textOf(cell);
}

export function textOf(cell: unknown): string {
	if (typeof cell === 'string') return cell;
	return cell instanceof Date ? cell.toISOString().replace(/T00:00:00\.000Z$/, '') : JSON.stringify(cell);
}
