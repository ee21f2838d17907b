// What is known of a file before it is read, and which files of a source a load has to read.
import { besideDatabases, databaseOf, isLog } from '../../ingest/database-log.ts';
import type { LoadMode } from '../load-terms.ts';
import type { Glob } from './glob.ts';

export type FileFacts = {
	/** Below the source, with `/` between folders. */
	readonly path: string;
	/** Null where the source does not say. */
	readonly sizeBytes: number | null;
	/** Another text when the bytes are others: an ETag, else a time or a size. Null where the source says neither. */
	readonly tag: string | null;
	/** It is an ETag, so that a read can be bound to it. */
	readonly isStrong: boolean;
	/** Of a database, the file beside it that is read with it. */
	readonly log?: FileFacts;
};

/** Databases have their log with them; what else SQLite keeps beside one is no file of a source. */
export function databasesWhole(listed: readonly FileFacts[]): readonly FileFacts[] {
	const { files, logs } = besideDatabases(listed);
	return files.map((file) => {
		const log = logs.get(file.path);
		return log ? { ...file, log } : file;
	});
}

/** Whether a pattern wants a file: a log wherever it wants the database, which nobody names it beside. */
export function isWanted({ path }: FileFacts, pattern: Glob): boolean {
	const database = databaseOf(path);
	return pattern.matches(path) || (database !== null && isLog(path) && pattern.matches(database));
}

/** Another text when any of its bytes are others. */
export function wholeTag({ tag, log }: FileFacts): string | null {
	if (!log || tag === null) return tag;
	return log.tag === null ? null : `${tag} ${log.tag}`;
}

/** Of a load: which files, by their paths, with which tag. */
export type KnownFiles = ReadonlyMap<string, string | null>;

export type FilesToRead = {
	/** By path. */
	readonly files: readonly FileFacts[];
	/** Paths that are known with other bytes, and are not read again: their rows are in the dataset already. */
	readonly changed: readonly string[];
	/** Paths that are known and no longer there; their rows stay but for a load that takes all. */
	readonly gone: readonly string[];
	readonly unchangedCount: number;
};

/** A load that takes all reads all when anything is different; others read what is new, and with a key what changed. */
export function filesToRead(mode: LoadMode, listed: readonly FileFacts[], known: KnownFiles): FilesToRead {
	const files = [...listed].sort((one, other) => (one.path < other.path ? -1 : Number(one.path > other.path)));
	const paths = new Set(files.map(({ path }) => path));
	const gone = [...known.keys()].filter((path) => !paths.has(path));
	const isNew = ({ path }: FileFacts): boolean => !known.has(path);
	const isChanged = (file: FileFacts): boolean => known.has(file.path) && known.get(file.path) !== wholeTag(file);
	/** Nobody can say that its bytes are the same. */
	const isUnsure = (file: FileFacts): boolean => known.has(file.path) && wholeTag(file) === null;
	const isOther = (file: FileFacts): boolean => isNew(file) || isChanged(file) || isUnsure(file);
	if (mode === 'full' || mode === 'history') {
		const isSame = known.size > 0 && gone.length === 0 && !files.some(isOther);
		return { files: isSame ? [] : files, changed: [], gone, unchangedCount: isSame ? files.length : 0 };
	}
	const read = files.filter((file) => (mode === 'merge' ? isOther(file) : isNew(file)));
	const changed = mode === 'merge' ? [] : files.filter(isChanged).map(({ path }) => path);
	return { files: read, changed, gone, unchangedCount: files.length - read.length - changed.length };
}
