// SQLite itself, fetched when a first database is opened: its C interface, and the files that it is given to read.
import type { Sqlite3Result, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { PATH_BYTES, SqliteFiles, VFS } from './sqlite-files.ts';
import { openWide } from './sqlite-wide.ts';

/** What is a number is a place in SQLite's memory, or what the C interface says. */
export type SqliteCalls = {
	readonly sqlite3_malloc: (sizeBytes: number) => number;
	readonly sqlite3_free: (place: number) => void;
	readonly sqlite3_open_v2: (name: number, told: number, flags: number, vfs: number) => number;
	readonly sqlite3_close_v2: (db: number) => number;
	readonly sqlite3_errmsg: (db: number) => number;
	readonly sqlite3_extended_errcode: (db: number) => number;
	readonly sqlite3_prepare_v2: (db: number, sql: number, sizeBytes: number, told: number, rest: number) => number;
	readonly sqlite3_finalize: (statement: number) => number;
	readonly sqlite3_step: (statement: number) => number;
	readonly sqlite3_column_count: (statement: number) => number;
	readonly sqlite3_column_type: (statement: number, column: number) => number;
	readonly sqlite3_column_double: (statement: number, column: number) => number;
	readonly sqlite3_column_int64: (statement: number, column: number) => bigint;
	readonly sqlite3_column_text: (statement: number, column: number) => number;
	readonly sqlite3_column_blob: (statement: number, column: number) => number;
	readonly sqlite3_column_bytes: (statement: number, column: number) => number;
};

export type OpenedSqlite = {
	readonly calls: SqliteCalls;
	readonly files: SqliteFiles;
	/** Its memory, which any call may move. */
	readonly heap: () => Uint8Array;
};

/** What the package's types leave out. */
type StructFacts = { readonly structInfo: { readonly sizeof: number } };
/** The package's types take every answer for a result code. */
const asAnswer = (number: number): Sqlite3Result => number as Sqlite3Result;

const opening = new Map<typeof load, Promise<OpenedSqlite>>();

/** `isUtf16` says what the database's texts are. */
export function openSqlite(isUtf16: boolean): Promise<OpenedSqlite> {
	const build = isUtf16 ? openWide : load;
	const known = opening.get(build);
	if (known) return known;
	const opened = build();
	opening.set(build, opened);
	// Code that was out of reach may be there the next time.
	opened.catch(() => opening.delete(build));
	return opened;
}

async function load(): Promise<OpenedSqlite> {
	// It keeps no files of its own: neither in this origin's storage, nor by a thread for that.
	const vfs = { kvvfs: true, opfs: true, 'opfs-vfs': true, 'opfs-sahpool': true, 'opfs-wl': true };
	Object.assign(globalThis, { sqlite3ApiConfig: { disable: { vfs }, error: () => undefined, warn: () => undefined } });
	const { default: init } = await import('@sqlite.org/sqlite-wasm');
	const sqlite = await init();
	const { wasm } = sqlite;
	const heap = lasting(() => wasm.heap8u());
	const files = new SqliteFiles(heap);
	install(sqlite, files);
	return { calls: wasm.exports as SqliteCalls, files, heap };
}

/** Memory that grew leaves its old views empty; it is asked for again then alone, since each value needs it. */
function lasting(view: () => Uint8Array): () => Uint8Array {
	let known = view();
	return () => (known.length === 0 ? (known = view()) : known);
}

function install({ capi, wasm, vfs: installer }: Sqlite3Static, files: SqliteFiles): void {
	const io = new capi.sqlite3_io_methods();
	const vfs = new capi.sqlite3_vfs();
	const { sizeof } = (capi.sqlite3_file as unknown as StructFacts).structInfo;
	Object.assign(io, { $iVersion: 1 });
	Object.assign(vfs, { $iVersion: 2, $szOsFile: sizeof, $mxPathname: PATH_BYTES });
	installer.installVfs({
		io: {
			struct: io,
			methods: {
				xClose: (file) => asAnswer(files.close(file)),
				xRead: (file, place, length, at: number | bigint) => asAnswer(files.read(file, place, length, Number(at))),
				xWrite: (file, place, length, at: number | bigint) => asAnswer(files.write(file, place, length, Number(at))),
				xTruncate: (file, sizeBytes: number | bigint) => asAnswer(files.truncate(file, Number(sizeBytes))),
				xSync: () => 0,
				xFileSize: (file, place) => (wasm.poke64(place, BigInt(files.sizeOf(file))), 0),
				xLock: () => 0,
				xUnlock: () => 0,
				xCheckReservedLock: (_file, place) => (wasm.poke32(place, 0), 0),
				xFileControl: () => capi.SQLITE_NOTFOUND,
				xSectorSize: () => asAnswer(4096),
				xDeviceCharacteristics: (file) => asAnswer(files.traitsOf(file))
			}
		},
		vfs: {
			struct: vfs,
			name: VFS,
			methods: {
				xOpen: (_vfs, name, file, flags, told) => {
					const rc = files.open(wasm.cstrToJs(name) ?? '', file);
					if (rc !== 0) return asAnswer(rc);
					const opened = new capi.sqlite3_file(file);
					opened.$pMethods = io.pointer;
					opened.dispose();
					wasm.poke32(told, files.flagsOf(file, flags));
					return 0;
				},
				xDelete: () => capi.SQLITE_READONLY,
				xAccess: (_vfs, name, _flags, place) => (wasm.poke32(place, files.has(wasm.cstrToJs(name) ?? '') ? 1 : 0), 0),
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
