// The cutter's interface: it hashes and slices what is to be stored, so that the page never waits for that. Types only.
import type { ColumnSource } from '#core/parquet/parquet-file.ts';
import type { PackId, PartId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import type { Place } from '#core/version/pack.ts';
import type { Segment } from '#core/version/segment.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { TableTree } from '#core/version/version.ts';

/** A column chunk's bytes: where they are in a written file. */
export type Part = {
	readonly id: PartId;
	readonly file: Blob;
	readonly startByte: number;
	readonly sizeBytes: number;
};

export type CutTable = {
	readonly tree: TableTree;
	readonly segments: readonly Segment[];
	/** In the order of the rows; a part that is there twice is named twice. */
	readonly parts: readonly Part[];
};

export type Packed = { readonly packs: ReadonlyMap<PackId, Blob>; readonly places: readonly Place[] };

/** Nothing is stored by it. */
export type CutterApi = {
	/**
	 * Cuts a table's Parquet files into segments and parts, each named by its content under the key. One file at a time is read.
	 *
	 * Fails: storage-unavailable when a file is no Parquet, or the worker died
	 */
	cut(files: readonly Blob[], key: CryptoKey): Promise<Result<CutTable, StoreFailure>>;
	/**
	 * Segments with some columns of their own and others that were written anew, for as many rows each.
	 *
	 * Fails: as `cut`
	 */
	splice(
		kept: { readonly shell: TableTree['shell']; readonly segments: readonly Segment[] },
		columns: readonly ColumnSource[],
		files: readonly Blob[],
		key: CryptoKey
	): Promise<Result<CutTable, StoreFailure>>;
	/** Distributes parts over packs in the order given; each part is given once. */
	pack(parts: readonly Part[], key: CryptoKey): Promise<Result<Packed, StoreFailure>>;
};
