// The files that SQLite is given to read, each a database alone or with the log beside it. None of them is ever written.
import type { SourceHandle } from '../blob-pages.ts';

export const VFS = 'weir';

const [OK, IOERR_READ, IOERR_SHORT_READ, CANTOPEN] = [0, 266, 522, 14];
const OPEN_READONLY = 1;
const OPEN_READWRITE_CREATE = 6;
const IOCAP_IMMUTABLE = 0x2000;

/** Note: a file that never changes. SQLite then neither locks it nor looks for files beside it, and reads one that has a log without it. */
export class SqliteFiles {
	readonly #heap: () => Uint8Array;
	readonly #handles = new Map<string, SourceHandle>();
	/** By the place that SQLite has for it. */
	readonly #opened = new Map<number, { readonly handle: SourceHandle; readonly path: string }>();
	#failure: Error | null = null;
	#count = 0;

	constructor(heap: () => Uint8Array) {
		this.#heap = heap;
	}

	/** The path that it has from now on. */
	add(handle: SourceHandle, log: SourceHandle | null): string {
		const path = `${++this.#count}`;
		this.#handles.set(path, handle);
		if (log) this.#handles.set(`${path}-wal`, log);
		return path;
	}

	remove(path: string): void {
		for (const one of [path, `${path}-wal`]) {
			this.#handles.get(one)?.close();
			this.#handles.delete(one);
		}
	}

	has(path: string): boolean {
		return this.#handles.has(path);
	}

	open(path: string, file: number): number {
		const handle = this.#handles.get(path);
		if (!handle) return CANTOPEN;
		this.#opened.set(file, { handle, path });
		return OK;
	}

	/** How a file was opened that was asked for so. */
	flagsOf(asked: number): number {
		return (asked & ~OPEN_READWRITE_CREATE) | OPEN_READONLY;
	}

	close(file: number): number {
		this.#opened.delete(file);
		return OK;
	}

	sizeOf(file: number): number {
		return this.#opened.get(file)?.handle.getSize() ?? 0;
	}

	traitsOf(file: number): number {
		return this.has(`${this.#opened.get(file)?.path}-wal`) ? 0 : IOCAP_IMMUTABLE;
	}

	read(file: number, place: number, length: number, at: number): number {
		try {
			const out = this.#heap().subarray(place, place + length);
			const read = this.#opened.get(file)?.handle.read(out, { at }) ?? 0;
			if (read === length) return OK;
			out.fill(0, read);
			return IOERR_SHORT_READ;
		} catch (thrown) {
			this.#failure = thrown instanceof Error ? thrown : new Error(String(thrown));
			return IOERR_READ;
		}
	}

	/** What reading a file threw, which SQLite was only told of. */
	takeFailure(): Error | null {
		const failure = this.#failure;
		this.#failure = null;
		return failure;
	}
}
