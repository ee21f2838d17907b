// What SQLite keeps beside a database while a program has it open: `-wal` holds its newest rows and is read with it, the others are nothing to read.
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
		if (one.path.endsWith('-wal')) logs.set(database, one);
		return false;
	});
	return { files, logs };
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
