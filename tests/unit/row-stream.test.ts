// An answer of a database as a stream: whoever reads no further gives the connection back, and who waits for the database does not lose it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rowStream, type RowsOut } from '#edge/database/row-stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const head = { columns: [], format: 'ndjson' } as const;
const row = (): Uint8Array<ArrayBuffer> => new TextEncoder().encode('{}\n');

type World = {
	readonly reader: ReadableStreamDefaultReader<Uint8Array>;
	readonly ends: string[];
	readonly give: (bytes: Uint8Array<ArrayBuffer> | null) => void;
};

function answer(): World {
	const ends: string[] = [];
	let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
	const chunks = new ReadableStream<Uint8Array<ArrayBuffer>>({
		start: (given) => {
			controller = given;
		}
	});
	const ended: RowsOut['ended'] = Promise.resolve({ rowCount: 1, failed: null });
	const end = async (sql: string): Promise<void> => void ends.push(sql);
	const stream = rowStream(head, { chunks, ended }, { end, drop: () => void ends.push('dropped') });
	const give = (bytes: Uint8Array<ArrayBuffer> | null): void =>
		bytes ? controller?.enqueue(bytes) : controller?.close();
	return { reader: stream.getReader(), ends, give };
}

const text = (read: ReadableStreamReadResult<Uint8Array>): string => new TextDecoder().decode(read.value);

test('an answer that is read keeps its connection, however long the database takes', async () => {
	const { reader, ends, give } = answer();
	expect(text(await reader.read())).toBe('{"columns":[],"format":"ndjson"}\n');
	const waiting = reader.read();
	await vi.advanceTimersByTimeAsync(10 * 60_000);
	expect(ends).toEqual([]);
	give(row());
	expect(text(await waiting)).toBe('{}\n');
	give(null);
	expect(text(await reader.read())).toBe('{"end":1}\n');
	await vi.advanceTimersByTimeAsync(10 * 60_000);
	expect(ends).toEqual(['COMMIT']);
});

test('an answer that nobody begins to read, or reads further, loses it', async () => {
	const unread = answer();
	await vi.advanceTimersByTimeAsync(19_000);
	expect(unread.ends).toEqual([]);
	await vi.advanceTimersByTimeAsync(2000);
	expect(unread.ends).toEqual(['dropped']);
	const begun = answer();
	begun.give(row());
	await begun.reader.read();
	await begun.reader.read();
	await vi.advanceTimersByTimeAsync(21_000);
	expect(begun.ends).toEqual(['dropped']);
});

test('an answer that is given up loses it at once', async () => {
	const { reader, ends } = answer();
	await reader.cancel();
	expect(ends).toEqual(['dropped']);
});
