// SQLite with texts in UTF-16, which SQLite's own package leaves out: a second build of it, fetched for databases of such texts alone.
import type {} from '@journeyapps/wa-sqlite';
import { invariant } from '#core/result.ts';
import type { OpenedSqlite, SqliteCalls } from './sqlite-engine.ts';
import { PATH_BYTES, SqliteFiles, VFS } from './sqlite-files.ts';

const [OK, READONLY, NOTFOUND, CANTOPEN] = [0, 8, 12, 14];

/** Emscripten's module: C functions by their names behind a line, and its memory. */
type Wide = Readonly<Record<string, unknown>> & {
	readonly HEAPU8: Uint8Array;
	readonly vfs_register: (vfs: object, isUsual: boolean) => number;
};

export async function openWide(): Promise<OpenedSqlite> {
	const { default: make } = await import('@journeyapps/wa-sqlite/dist/wa-sqlite.mjs');
	const wide = (await make()) as Wide;
	const heap = (): Uint8Array => wide.HEAPU8;
	const files = new SqliteFiles(heap);
	const answer = wide.vfs_register(vfsOf(files, heap), false);
	invariant(answer === OK, 'a file system that only reads is taken');
	const calls = Object.fromEntries(
		Object.entries(wide).flatMap(([name, call]) => (name.startsWith('_sqlite3_') ? [[name.slice(1), call]] : []))
	) as unknown as SqliteCalls;
	// Numbers of 64 bits come out of this build in two halves: the text of one is whole.
	const whole = (statement: number, column: number): bigint =>
		BigInt(textAt(heap(), calls.sqlite3_column_text(statement, column)));
	return { calls: { ...calls, sqlite3_column_int64: whole }, files, heap };
}

function vfsOf(files: SqliteFiles, heap: () => Uint8Array): object {
	const view = (): DataView => new DataView(heap().buffer, heap().byteOffset);
	const told = (place: number, value: number): number => (view().setInt32(place, value, true), OK);
	return {
		name: VFS,
		mxPathname: PATH_BYTES,
		hasAsyncMethod: () => false,
		xOpen: (_vfs: number, name: number, file: number, flags: number, place: number) => {
			const rc = name === 0 ? CANTOPEN : files.open(textAt(heap(), name), file);
			return rc === OK ? told(place, files.flagsOf(file, flags)) : rc;
		},
		xDelete: () => READONLY,
		xAccess: (_vfs: number, name: number, _flags: number, place: number) =>
			told(place, Number(files.has(textAt(heap(), name)))),
		xFullPathname: (_vfs: number, name: number, length: number, place: number) => {
			const end = heap().indexOf(0, name) + 1;
			if (end - name > length) return CANTOPEN;
			heap().copyWithin(place, name, end);
			return OK;
		},
		// Nothing here asks for chance or time but functions of a schema, which get the same each time.
		xRandomness: (_vfs: number, length: number, place: number) => (heap().fill(0, place, place + length), length),
		xSleep: () => OK,
		xCurrentTime: (_vfs: number, place: number) => (view().setFloat64(place, 2_440_587.5, true), OK),
		xClose: (file: number) => files.close(file),
		xRead: (file: number, place: number, length: number, low: number, high: number) =>
			files.read(file, place, length, wholeOf(low, high)),
		xWrite: (file: number, place: number, length: number, low: number, high: number) =>
			files.write(file, place, length, wholeOf(low, high)),
		xTruncate: (file: number, low: number, high: number) => files.truncate(file, wholeOf(low, high)),
		xSync: () => OK,
		xFileSize: (file: number, place: number) => (view().setBigInt64(place, BigInt(files.sizeOf(file)), true), OK),
		xLock: () => OK,
		xUnlock: () => OK,
		xCheckReservedLock: (_file: number, place: number) => told(place, 0),
		xFileControl: () => NOTFOUND,
		xSectorSize: () => 4096,
		xDeviceCharacteristics: (file: number) => files.traitsOf(file)
	};
}

function wholeOf(low: number, high: number): number {
	return high * 2 ** 32 + (low >>> 0);
}

function textAt(heap: Uint8Array, place: number): string {
	return new TextDecoder().decode(heap.subarray(place, heap.indexOf(0, place)));
}
