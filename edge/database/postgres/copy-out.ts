// Runs one COPY … TO STDOUT on a client, and gives what comes as a stream whose reader sets the pace.
import type { Connection, Submittable } from 'pg';
import type { DatabaseFailed } from '../failure.ts';
import type { PinnedSocket } from '../pinned-socket.ts';
import type { RowsOut } from '../row-stream.ts';
import { failureOf } from './failure.ts';

/** Rows come one by one, and go on together. */
const CHUNK_BYTES = 64 * 1024;

/** By the extended protocol, which takes one statement and no second one. */
export class CopyOut implements Submittable, RowsOut {
	readonly chunks: ReadableStream<Uint8Array<ArrayBuffer>>;
	readonly ended: RowsOut['ended'];
	readonly #sql: string;
	readonly #socket: PinnedSocket;
	#end: (end: Awaited<RowsOut['ended']>) => void = () => undefined;
	#controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | null = null;
	#held = new Uint8Array(CHUNK_BYTES);
	#heldBytes = 0;
	#rowCount = 0;
	#isOver = false;

	constructor(sql: string, socket: PinnedSocket, onCancel: () => void) {
		this.#sql = sql;
		this.#socket = socket;
		this.ended = new Promise((resolve) => {
			this.#end = resolve;
		});
		this.chunks = new ReadableStream<Uint8Array<ArrayBuffer>>(
			{
				start: (controller) => {
					this.#controller = controller;
				},
				pull: () => void this.#socket.resume(),
				cancel: () => {
					this.#isOver = true;
					this.#socket.resume();
					onCancel();
				}
			},
			{ highWaterMark: 8 }
		);
	}

	submit(connection: Connection): void {
		connection.parse({ name: '', text: this.#sql, types: [] }, false);
		connection.bind({ values: [] }, false);
		connection.execute({ rows: 0 } as never, false);
		connection.sync();
	}

	handleCopyData({ chunk }: { readonly chunk: Uint8Array }): void {
		if (this.#heldBytes + chunk.length > this.#held.length) this.#flush(chunk.length);
		this.#held.set(chunk, this.#heldBytes);
		this.#heldBytes += chunk.length;
		this.#rowCount++;
	}

	handleCommandComplete(): void {
		this.#flush();
	}

	handleError(error: unknown): void {
		this.#finish(failureOf(error, true));
	}

	handleReadyForQuery(): void {
		this.#finish(null);
	}

	handleRowDescription(): void {
		// A COPY describes none.
	}
	handleDataRow(): void {
		// A COPY gives none.
	}
	handlePortalSuspended(): void {
		// All is asked for at once.
	}
	handleEmptyQuery(): void {
		// It is none.
	}

	#finish(failed: DatabaseFailed | null): void {
		if (this.#isOver) return;
		this.#flush();
		this.#isOver = true;
		this.#controller?.close();
		this.#end({ rowCount: this.#rowCount, failed });
	}

	/** Hands on what is held, and makes room for at least so many bytes. */
	#flush(nextBytes = 0): void {
		if (this.#heldBytes > 0 && !this.#isOver) this.#controller?.enqueue(this.#held.subarray(0, this.#heldBytes));
		this.#held = new Uint8Array(Math.max(CHUNK_BYTES, nextBytes));
		this.#heldBytes = 0;
		if ((this.#controller?.desiredSize ?? 1) <= 0) this.#socket.pause();
	}
}
