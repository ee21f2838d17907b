// What a store of files is asked, and what it answers.
import type { ByteRange } from './pruned-parquet.ts';

export type FileQuestion = {
	readonly url: string;
	readonly method: 'GET' | 'HEAD';
	/** Null is all of it. */
	readonly range: ByteRange | null;
	/** Refused with 412 when it has another ETag. */
	readonly ifTag: string | null;
	readonly sign: S3Signing | null;
	/** A text has 8 MiB at most. */
	readonly wanted: 'text' | 'bytes' | 'nothing';
	/** How long nothing may come. */
	readonly timeoutMs: number;
	readonly limitBytes: number;
};

export type S3Signing = {
	readonly accessKey: string;
	readonly secretKey: string;
	readonly region: string;
};

export type FileTold = {
	readonly status: number;
	/** Headers; null too when the server does not let other pages see them. */
	readonly retryAfter: string | null;
	readonly tag: string | null;
	readonly modified: string | null;
	readonly sizeBytes: number | null;
	/** Of an answer that is an error too. */
	readonly text: string | null;
	readonly isTooLarge: boolean;
};
