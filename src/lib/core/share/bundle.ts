// What is shared of a report: an edition without all that its readers do not see, and what lets them tell which data it came from.
import type { Edition, EditionBlock } from '../report/edition.ts';
import type { SharedFilters } from './shared-filter.ts';

/** A version that something shown came from. Its dataset has a name here and no id; its message stays at home. */
export type BundleSource = {
	readonly name: string;
	/** `v12`; null where it has none in its branch. */
	readonly number: number | null;
	readonly rowCount: number;
	readonly committedAtMs: number;
	/** The version's id: a keyed hash, which the workspace it is of finds again. */
	readonly version: string;
	/** SHA-256 over its schema and segments, as `weir.versions` tells it; null where the version was let go. */
	readonly contentHash: string | null;
	/** SHA-256 of the file that was read, hex: whoever has the file can compare. Null where there was none. */
	readonly fileHash: string | null;
};

/** Its blocks carry no SQL but what is shown, no names of queries, no places in the text, and of failures that there was one. */
export type Bundle = {
	/** Null where its prose begins with one. */
	readonly title: string | null;
	readonly description: string | null;
	readonly layout: Edition['layout'];
	readonly renderedAtMs: number;
	readonly sources: readonly BundleSource[];
	readonly blocks: readonly EditionBlock<NotShared>[];
	/** Of a share that its readers can filter. Left out by those that hold what is shown alone. */
	readonly filters?: SharedFilters;
};

/** Why a block shows nothing to readers: it failed where it was rendered, and that is all they are told. */
export type NotShared = { readonly kind: 'not-rendered' };

/** As a reader has it. */
export type OpenedShare = {
	readonly bundle: Bundle;
	/** SHA-256 of it, base64url: whoever shared it sees the same. */
	readonly fingerprint: string;
};

/** What is known of a source's version besides what an edition says of it. */
export type SourceHashes = Pick<BundleSource, 'contentHash' | 'fileHash'>;

/** Of all texts of one kind, and of everything together: what is larger is refused, whoever made it. */
export const bundleLimits = {
	/** Of the JSON, as it is packed out. */
	jsonBytes: 32 * 1024 * 1024,
	blocks: 1000,
	sources: 500,
	columns: 200,
	/** Over all tables. */
	cells: 2_000_000,
	/** Of a name, a label, a title. */
	nameLength: 2000,
	/** Of a paragraph's text, a cell, a query. */
	textLength: 200_000,
	proseNodes: 100_000,
	proseDepth: 40
} as const;
