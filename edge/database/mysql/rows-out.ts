// Runs one SELECT on a connection, and gives its rows as lines that stream, whose reader sets the pace.
import type { RowsOut } from '../row-stream.ts';
import { failureOf } from './failure.ts';
import { asBytes, type Database, type RawRow } from './open.ts';

/** Rows come one by one, and go on together: so many characters. */
const CHUNK_LENGTH = 64 * 1024;

export function rowsOut(
	{ connection }: Database,
	sql: string,
	lineOf: (row: RawRow) => string,
	onCancel: () => void
): RowsOut {
	const encoder = new TextEncoder();
	let rowCount = 0;
	let held: string[] = [];
	let heldLength = 0;
	let isOver = false;
	let end: (end: Awaited<RowsOut['ended']>) => void = () => undefined;
	const ended: RowsOut['ended'] = new Promise((resolve) => {
		end = resolve;
	});
	const chunks = new ReadableStream<Uint8Array<ArrayBuffer>>(
		{
			start: (controller) => {
				const flush = (): void => {
					if (heldLength > 0) controller.enqueue(encoder.encode(held.join('')) as Uint8Array<ArrayBuffer>);
					held = [];
					heldLength = 0;
				};
				const finish = (error: unknown): void => {
					if (isOver) return;
					isOver = true;
					connection.off('error', finish);
					flush();
					controller.close();
					end({ rowCount, failed: error === null ? null : failureOf(error, true) });
				};
				const query = connection.query({ sql, ...asBytes });
				query.on('result', (row: unknown) => {
					if (isOver) return;
					const line = `${lineOf(row as RawRow)}\n`;
					held.push(line);
					heldLength += line.length;
					rowCount++;
					if (heldLength < CHUNK_LENGTH) return;
					flush();
					if ((controller.desiredSize ?? 1) <= 0) connection.pause();
				});
				query.on('error', finish);
				query.on('end', () => finish(null));
				connection.on('error', finish);
			},
			pull: () => connection.resume(),
			cancel: () => {
				isOver = true;
				onCancel();
			}
		},
		{ highWaterMark: 8 }
	);
	return { chunks, ended };
}
