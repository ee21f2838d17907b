// A file as SQLite changes it while it undoes what a program left unfinished: in memory, and the bytes that were given stay as they are.
import type { SourceHandle } from '../blob-pages.ts';

/** Divides every page and every sector that SQLite knows. */
const BLOCK_BYTES = 512;

export class ChangedFile implements SourceHandle {
	readonly #given: SourceHandle | null;
	/** Up to there it is what was given; what comes behind it later begins as zeros. */
	#givenBytes: number;
	#sizeBytes: number;
	/** By where they begin. */
	readonly #blocks = new Map<number, Uint8Array>();

	constructor(given: SourceHandle | null) {
		this.#given = given;
		this.#givenBytes = given?.getSize() ?? 0;
		this.#sizeBytes = this.#givenBytes;
	}

	read(out: Uint8Array, { at }: { readonly at: number }): number {
		const length = Math.max(0, Math.min(out.length, this.#sizeBytes - at));
		this.#original(out.subarray(0, length), at);
		for (let start = at - (at % BLOCK_BYTES); start < at + length; start += BLOCK_BYTES) {
			const block = this.#blocks.get(start);
			const from = Math.max(at, start);
			if (block) out.set(block.subarray(from - start, at + length - start), from - at);
		}
		return length;
	}

	write(bytes: Uint8Array, at: number): void {
		for (let from = at; from < at + bytes.length;) {
			const start = from - (from % BLOCK_BYTES);
			const end = Math.min(start + BLOCK_BYTES, at + bytes.length);
			this.#block(start).set(bytes.subarray(from - at, end - at), from - start);
			from = end;
		}
		this.#sizeBytes = Math.max(this.#sizeBytes, at + bytes.length);
	}

	truncate(sizeBytes: number): void {
		this.#sizeBytes = sizeBytes;
		this.#givenBytes = Math.min(this.#givenBytes, sizeBytes);
		for (const [start, block] of this.#blocks)
			if (start >= sizeBytes) this.#blocks.delete(start);
			else block.fill(0, Math.max(0, sizeBytes - start));
	}

	getSize(): number {
		return this.#sizeBytes;
	}

	flush(): void {}

	close(): void {
		this.#blocks.clear();
		this.#given?.close();
	}

	#block(start: number): Uint8Array {
		const known = this.#blocks.get(start);
		if (known) return known;
		const block = new Uint8Array(BLOCK_BYTES);
		this.#original(block, start);
		this.#blocks.set(start, block);
		return block;
	}

	#original(out: Uint8Array, at: number): void {
		const length = Math.max(0, Math.min(out.length, this.#givenBytes - at));
		if (length > 0) this.#given?.read(out.subarray(0, length), { at });
		out.fill(0, length);
	}
}
