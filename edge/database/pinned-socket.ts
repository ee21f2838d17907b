// A connection of the edge's runtime as clients of databases want one: to an address that was checked, with the certificate of the name it
// was asked for, and with a reader who may say wait.
import { connect } from 'cloudflare:sockets';
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';

export type Pinned = {
	/** Checked, see `edge/relay/guard.ts`. */
	readonly address: string;
	readonly port: number;
	/** Whom the certificate has to name. */
	readonly host: string;
	readonly isEncrypted: boolean;
	/** How much of what comes first comes in the clear, by what came of it so far; null where more has to come before that is known. */
	readonly clearBytes: (begun: Uint8Array) => number | null;
};

export class PinnedSocket extends EventEmitter {
	writable = false;
	/** It is encrypted, and nothing has come yet. */
	isProving = false;
	#socket: Socket | null = null;
	#writer: WritableStreamDefaultWriter<Uint8Array> | null = null;
	#reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
	#isOver = false;
	#waiting: Promise<void> | null = null;
	#goOn: () => void = () => undefined;
	readonly #pinned: Pinned;

	constructor(pinned: Pinned) {
		super();
		this.#pinned = pinned;
	}

	setNoDelay(): this {
		return this;
	}
	setKeepAlive(): this {
		return this;
	}
	ref(): this {
		return this;
	}
	unref(): this {
		return this;
	}

	/** Where it goes was settled before: what the client says is not asked. */
	connect(): this {
		const { address, port, isEncrypted } = this.#pinned;
		const hostname = address.includes(':') ? `[${address}]` : address;
		const secureTransport = isEncrypted ? 'starttls' : 'off';
		void this.#begin(connect({ hostname, port }, { secureTransport, allowHalfOpen: false }));
		return this;
	}

	/** After the server said that it speaks it, and before anything is read. */
	startTls(): void {
		const clear = this.#socket;
		if (!clear) return;
		this.isProving = true;
		this.#writer?.releaseLock();
		this.#reader?.releaseLock();
		this.#take(clear.startTls({ expectedServerHostname: this.#pinned.host }));
		void this.#listen();
	}

	write(bytes: Uint8Array | string, ...rest: readonly unknown[]): boolean {
		const done = rest.find((one) => typeof one === 'function') as ((error?: unknown) => void) | undefined;
		const chunk = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
		this.#writer?.write(chunk).then(
			() => done?.(),
			(error: unknown) => {
				done?.(error);
				this.#fail(error);
			}
		);
		return true;
	}

	end(): this {
		void this.#close();
		return this;
	}

	destroy(): this {
		return this.end();
	}

	pause(): this {
		this.#waiting ??= new Promise((resolve) => {
			this.#goOn = resolve;
		});
		return this;
	}

	resume(): this {
		this.#waiting = null;
		this.#goOn();
		return this;
	}

	#take(socket: Socket): void {
		this.#socket = socket;
		this.#writer = (socket.writable as WritableStream<Uint8Array>).getWriter();
		this.#reader = (socket.readable as ReadableStream<Uint8Array>).getReader();
		socket.closed.catch((error: unknown) => this.#fail(error));
	}

	async #begin(socket: Socket): Promise<void> {
		this.#take(socket);
		try {
			await socket.opened;
		} catch (error) {
			this.#fail(error);
			return;
		}
		this.writable = true;
		this.emit('connect');
		if (this.#pinned.isEncrypted) await this.#listenOnce();
		else await this.#listen();
	}

	/** What comes before the encryption and belongs there: nobody may put in more. */
	async #listenOnce(): Promise<void> {
		let begun = new Uint8Array(0);
		try {
			for (;;) {
				const read = await this.#reader?.read();
				if (!read?.value) return this.#fail(new Error('closed'));
				begun = joined(begun, read.value);
				const clearBytes = this.#pinned.clearBytes(begun);
				if (clearBytes === null || begun.length < clearBytes) continue;
				this.emit('data', asBuffer(begun.subarray(0, clearBytes)));
				return;
			}
		} catch (error) {
			this.#fail(error);
		}
	}

	async #listen(): Promise<void> {
		try {
			for (;;) {
				if (this.#waiting) await this.#waiting;
				const read = await this.#reader?.read();
				if (!read?.value) break;
				this.isProving = false;
				this.emit('data', asBuffer(read.value));
			}
			this.emit('end');
			await this.#close();
		} catch (error) {
			this.#fail(error);
		}
	}

	#fail(error: unknown): void {
		if (this.#isOver) return;
		this.emit('error', error instanceof Error ? error : new Error(String(error)));
		void this.#close();
	}

	async #close(): Promise<void> {
		if (this.#isOver) return;
		this.#isOver = true;
		this.writable = false;
		this.resume();
		try {
			// What was said last still goes.
			await this.#writer?.close();
			await this.#socket?.close();
		} catch {
			// It was closed by the other end.
		}
		this.emit('close');
	}
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
	const all = new Uint8Array(one.length + other.length);
	all.set(one);
	all.set(other, one.length);
	return all;
}

/** The same memory, as the client's parser reads it. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
	const node = Buffer as unknown as { from(memory: ArrayBufferLike, offset: number, length: number): Uint8Array };
	return node.from(buffer, byteOffset, byteLength);
}
