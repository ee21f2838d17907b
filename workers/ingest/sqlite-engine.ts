// SQLite itself, fetched when a first database is opened, and the files that it is given to read.
import type { Sqlite3Result, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import type { SourceHandle } from '../blob-pages.ts';

export const VFS = 'weir';

/** What the package's types leave out. */
type StructFacts = { readonly structInfo: { readonly sizeof: number } };
/** The package's types take every answer for a result code. */
const asAnswer = (number: number): Sqlite3Result => number as Sqlite3Result;

export type OpenedSqlite = { readonly sqlite: Sqlite3Static; readonly files: SqliteFiles };

let opening: Promise<OpenedSqlite> | undefined;

export function openSqlite(): Promise<OpenedSqlite> {
	if (!opening) {
		opening = load();
		// Code that was out of reach may be there the next time.
		opening.catch(() => (opening = undefined));
	}
	return opening;
}

async function load(): Promise<OpenedSqlite> {
	// It keeps no files of its own: neither in this origin's storage, nor by a thread for that.
	const vfs = { kvvfs: true, opfs: true, 'opfs-vfs': true, 'opfs-sahpool': true, 'opfs-wl': true };
	Object.assign(globalThis, { sqlite3ApiConfig: { disable: { vfs }, error: () => undefined, warn: () => undefined } });
	const { default: init } = await import('@sqlite.org/sqlite-wasm');
	const sqlite = await init();
	return { sqlite, files: new SqliteFiles(sqlite) };
}

/** Note: a file that never changes. SQLite then neither locks it nor looks for files beside it, and reads one that has a log without it. */
export class SqliteFiles {
	readonly #handles = new Map<string, SourceHandle>();
	readonly #opened = new Map<number, SourceHandle>();
	#failure: Error | null = null;
	#count = 0;

	constructor(sqlite: Sqlite3Static) {
		const { capi, wasm, vfs: installer } = sqlite;
		const io = new capi.sqlite3_io_methods();
		const vfs = new capi.sqlite3_vfs();
		const { sizeof } = (capi.sqlite3_file as unknown as StructFacts).structInfo;
		Object.assign(io, { $iVersion: 1 });
		Object.assign(vfs, { $iVersion: 2, $szOsFile: sizeof, $mxPathname: 64 });
		installer.installVfs({
			io: {
				struct: io,
				methods: {
					xClose: (file) => (this.#opened.delete(file), 0),
					xRead: (file, place, length, at: number | bigint) => {
						try {
							const out = wasm.heap8u().subarray(place, place + length);
							const read = this.#opened.get(file)?.read(out, { at: Number(at) }) ?? 0;
							if (read === length) return 0;
							out.fill(0, read);
							return capi.SQLITE_IOERR_SHORT_READ;
						} catch (thrown) {
							this.#failure = thrown instanceof Error ? thrown : new Error(String(thrown));
							return capi.SQLITE_IOERR_READ;
						}
					},
					xWrite: () => capi.SQLITE_READONLY,
					xTruncate: () => capi.SQLITE_READONLY,
					xSync: () => 0,
					xFileSize: (file, place) => (wasm.poke64(place, BigInt(this.#opened.get(file)?.getSize() ?? 0)), 0),
					xLock: () => 0,
					xUnlock: () => 0,
					xCheckReservedLock: (_file, place) => (wasm.poke32(place, 0), 0),
					xFileControl: () => capi.SQLITE_NOTFOUND,
					xSectorSize: () => asAnswer(4096),
					xDeviceCharacteristics: () => asAnswer(capi.SQLITE_IOCAP_IMMUTABLE)
				}
			},
			vfs: {
				struct: vfs,
				name: VFS,
				methods: {
					xOpen: (_vfs, name, file, flags, told) => {
						const handle = this.#handles.get(wasm.cstrToJs(name) ?? '');
						if (!handle) return capi.SQLITE_CANTOPEN;
						this.#opened.set(file, handle);
						const opened = new capi.sqlite3_file(file);
						opened.$pMethods = io.pointer;
						opened.dispose();
						wasm.poke32(told, flags);
						return 0;
					},
					xDelete: () => capi.SQLITE_READONLY,
					xAccess: (_vfs, _name, _flags, place) => (wasm.poke32(place, 0), 0),
					xFullPathname: (_vfs, name, length, place) =>
						wasm.cstrncpy(place, name, length) < length ? 0 : capi.SQLITE_CANTOPEN,
					// Nothing here asks for chance or time but functions of a schema, which get the same each time.
					xRandomness: (_vfs, length, place) => (wasm.heap8u().fill(0, place, place + length), asAnswer(length)),
					xSleep: () => 0,
					xCurrentTime: (_vfs, place) => (wasm.poke(place, 2_440_587.5, 'double'), 0)
				}
			}
		});
	}

	add(handle: SourceHandle): string {
		const path = `${++this.#count}`;
		this.#handles.set(path, handle);
		return path;
	}

	remove(path: string): void {
		this.#handles.get(path)?.close();
		this.#handles.delete(path);
	}

	/** What reading a file threw, which SQLite was only told of. */
	takeFailure(): Error | null {
		const failure = this.#failure;
		this.#failure = null;
		return failure;
	}
}
