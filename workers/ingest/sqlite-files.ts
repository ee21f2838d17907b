// The files that SQLite is given to read, each a database alone or with what is beside it. None of them is ever written.
import type { SourceHandle } from '../blob-pages.ts';
import { ChangedFile } from './sqlite-overlay.ts';

export const VFS = 'weir';
/** Room for the name that a journal has of a transaction over several databases: without it SQLite takes it for one over this alone. */
export const PATH_BYTES = 1024;

const [OK, READONLY, IOERR_READ, IOERR_SHORT_READ, IOERR_WRITE, CANTOPEN] = [0, 8, 266, 522, 778, 14];
const OPEN_READONLY = 1;
const OPEN_READWRITE_CREATE = 6;
const IOCAP_IMMUTABLE = 0x2000;

/** Of a file beside a database, by its own first bytes. Source: SQLite file format, "The Rollback Journal" and "WAL Header Format". */
export type BesideKind = 'log' | 'journal';

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

	/** The path that it has from now on. By a journal SQLite undoes in memory what was not finished. */
	add(handle: SourceHandle, beside: { readonly kind: BesideKind; readonly handle: SourceHandle } | null): string {
		const path = `${++this.#count}`;
		const isUndone = beside?.kind === 'journal';
		this.#handles.set(path, isUndone ? new ChangedFile(handle) : handle);
		if (isUndone) this.#handles.set(`${path}-journal`, new ChangedFile(beside.handle));
		else if (beside) this.#handles.set(`${path}-wal`, beside.handle);
		return path;
	}

	remove(path: string): void {
		for (const one of [path, `${path}-wal`, `${path}-journal`]) {
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
	flagsOf(file: number, asked: number): number {
		const isChanged = this.#opened.get(file)?.handle instanceof ChangedFile;
		return isChanged ? asked : (asked & ~OPEN_READWRITE_CREATE) | OPEN_READONLY;
	}

	close(file: number): number {
		this.#opened.delete(file);
		return OK;
	}

	sizeOf(file: number): number {
		return this.#opened.get(file)?.handle.getSize() ?? 0;
	}

	traitsOf(file: number): number {
		const { path } = this.#opened.get(file) ?? {};
		return this.has(`${path}-wal`) || this.has(`${path}-journal`) ? 0 : IOCAP_IMMUTABLE;
	}

	write(file: number, place: number, length: number, at: number): number {
		return this.#change(file, (changed) => changed.write(this.#heap().subarray(place, place + length), at));
	}

	truncate(file: number, sizeBytes: number): number {
		return this.#change(file, (changed) => changed.truncate(sizeBytes));
	}

	read(file: number, place: number, length: number, at: number): number {
		try {
			const out = this.#heap().subarray(place, place + length);
			const read = this.#opened.get(file)?.handle.read(out, { at }) ?? 0;
			if (read === length) return OK;
			out.fill(0, read);
			return IOERR_SHORT_READ;
		} catch (thrown) {
			return this.#failed(thrown, IOERR_READ);
		}
	}

	/** What reading a file threw, which SQLite was only told of. */
	takeFailure(): Error | null {
		const failure = this.#failure;
		this.#failure = null;
		return failure;
	}

	#change(file: number, act: (changed: ChangedFile) => void): number {
		const handle = this.#opened.get(file)?.handle;
		if (!(handle instanceof ChangedFile)) return READONLY;
		try {
			act(handle);
			return OK;
		} catch (thrown) {
			return this.#failed(thrown, IOERR_WRITE);
		}
	}

	#failed(thrown: unknown, answer: number): number {
		this.#failure = thrown instanceof Error ? thrown : new Error(String(thrown));
		return answer;
	}
}
