// The one face of every place that keeps files: what is there, and bytes of it.
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { FileFacts } from '../core/source/files/file-facts.ts';
import type { ByteRange } from '../core/source/files/pruned-parquet.ts';

export type FileStore = {
	/** As people know it. */
	readonly source: string;
	/** What it does not list beside a file is not there. */
	readonly listsAll?: boolean;
	/** All that fit the connection's pattern. */
	list(): Promise<Result<readonly FileFacts[], Failure>>;
	/** All of a file, or a range of it. A store that cannot give ranges gives all. Fails: file-changed */
	bytes(file: FileFacts, range: ByteRange | null): Promise<Result<StoredBytes, Failure>>;
	/** Up to now. */
	readonly counts: StoreCounts;
};

export type StoredBytes = { readonly blob: Blob; readonly isWhole: boolean };
export type StoreCounts = {
	readonly requests: number;
	readonly retries: number;
	readonly waitedMs: number;
	readonly readBytes: number;
};

/** A listing has no more. */
export const FILES_MAX = 10_000;
