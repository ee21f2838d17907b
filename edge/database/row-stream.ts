// Rows of a database as lines that stream: what columns they have first, and at last whether that was all.
import type { RowsEnd, RowsHead } from '#core/source/sql/row-lines.ts';
import { databaseFailed, type DatabaseFailed } from './failure.ts';
import type { Begun } from './pool.ts';

/** Of one answer. */
const READ_BYTES = 1024 ** 3;
/** Who reads no further for so long is gone: the runtime does not always tell. */
const STALL_MS = 20_000;

export type RowsOut = {
	/** Lines of rows; whoever reads them sets the pace. */
	readonly chunks: ReadableStream<Uint8Array<ArrayBuffer>>;
	/** Once the last chunk was given. */
	readonly ended: Promise<{ readonly rowCount: number; readonly failed: DatabaseFailed | null }>;
};

/** Of bytes, as the runtime hands streams on between Workers. */
export function rowStream(
	head: RowsHead,
	{ chunks, ended }: RowsOut,
	{ end, drop }: Pick<Begun<unknown>, 'end' | 'drop'>
): ReadableStream<Uint8Array> {
	const reader = chunks.getReader();
	let sizeBytes = 0;
	let stalled = setTimeout(drop, STALL_MS);
	return new ReadableStream(
		{
			type: 'bytes',
			start: (controller) => controller.enqueue(lineOf(head)),
			pull: async (controller) => {
				clearTimeout(stalled);
				const read = await reader.read();
				const isTooLarge = sizeBytes > READ_BYTES;
				if (read.value && !isTooLarge) {
					sizeBytes += read.value.length;
					controller.enqueue(read.value);
					stalled = setTimeout(drop, STALL_MS);
					return;
				}
				const { rowCount, failed } = isTooLarge ? { rowCount: 0, failed: databaseFailed('too-large') } : await ended;
				if (failed) drop();
				// Before whoever reads is told, so that what they ask next finds the connection.
				else await end('COMMIT');
				controller.enqueue(lineOf(failed ? { failed } : { end: rowCount }));
				controller.close();
			},
			cancel: () => {
				clearTimeout(stalled);
				drop();
			}
		},
		{ highWaterMark: 0 }
	);
}

function lineOf(line: RowsHead | RowsEnd): Uint8Array<ArrayBuffer> {
	return new TextEncoder().encode(`${JSON.stringify(line)}\n`) as Uint8Array<ArrayBuffer>;
}
