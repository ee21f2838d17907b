// What SQLite keeps beside a database while a program has it open, or when one broke off: `-wal` holds its newest rows and `-journal` what undoes
// an unfinished change, and either is read with it; `-shm` is nothing to read.
import type { PathFile } from './partitioned-folder.ts';

export type Beside<One> = {
	readonly files: readonly One[];
	/** By the path of the database. */
	readonly logs: ReadonlyMap<string, One>;
};

/** A file of such a name without a database is one like others. */
export function besideDatabases<One extends { readonly path: string }>(all: readonly One[]): Beside<One> {
	const paths = new Set(all.map(({ path }) => path));
	const logs = new Map<string, One>();
	const files = all.filter((one) => {
		const database = databaseOf(one.path);
		if (database === null || !paths.has(database)) return true;
		if (isLog(one.path) && !logs.get(database)?.path.endsWith('-wal')) logs.set(database, one);
		return false;
	});
	return { files, logs };
}

/** A database has one of the two, by how it is written. */
export function isLog(path: string): boolean {
	return /-(wal|journal)$/.test(path);
}

/** The database that a file of such a name lies beside. */
export function databaseOf(path: string): string | null {
	return /^(.+)-(wal|shm|journal)$/s.exec(path)?.[1] ?? null;
}

/** Databases have their log with them. */
export function withLogs<File>(all: readonly PathFile<File>[]): readonly PathFile<File>[] {
	const { files, logs } = besideDatabases(all);
	return files.map((one) => {
		const log = one.log ?? logs.get(one.path)?.file;
		return log === undefined ? one : { ...one, log };
	});
}
