// The one face of every kind of source: what would be read, and its rows in batches, each with the place behind it.
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { Pages } from '../core/source/connection-schema.ts';
import type { Mark, Page } from '../core/source/rest/page.ts';
import type { Position } from '../core/source/rest/paging.ts';

export type SourceBatch = {
	readonly page: Page;
	/** 1-based. */
	readonly number: number;
	/** Where it is read again. */
	readonly position: Position;
	readonly isLast: boolean;
};

export type SourceFacts = {
	readonly first: Page;
	readonly pages: Pages;
	readonly records: string;
};

export type ReadFrom = {
	readonly position: Position;
	/** Pages before it. */
	readonly pages: number;
	readonly since: Mark | null;
	/** The only columns that are taken; null takes all. */
	readonly columns: readonly string[] | null;
};

export type SourceReader = {
	/** From a first answer; nothing is kept. */
	describe(): Promise<Result<SourceFacts, Failure>>;
	/** Ends with a failure, or with the last batch. */
	read(from: ReadFrom): AsyncGenerator<Result<SourceBatch, Failure>>;
	/** Up to now. */
	readonly counts: { readonly requests: number; readonly retries: number; readonly waitedMs: number };
};
