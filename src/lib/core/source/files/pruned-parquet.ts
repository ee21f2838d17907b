// Which bytes of a remote Parquet file are read for some of its columns and rows, and the smaller Parquet file they make. The rows that stay
// are those of row groups that may hold wanted ones: which of them are wanted is asked of each row afterwards.
import {
	assembleParquet,
	columnOfChunks,
	MAGIC,
	parseParquet,
	spliceShells,
	type PlacedChunk,
	type RowGroup
} from '../../parquet/parquet-file.ts';
import { footerProblem } from '../../parquet/footer-problem.ts';
import { BrokenThrift, decodeThrift, encodeThrift } from '../../parquet/thrift.ts';
import type { RowFilter } from '../row-filter.ts';
import { fileColumns, mayHoldRows } from './chunk-bounds.ts';

/** `endByte` is exclusive. */
export type ByteRange = { readonly startByte: number; readonly endByte: number };

export type PrunedParquet = {
	/** What is asked for, in ascending order: chunks that stand close together are one. */
	readonly ranges: readonly ByteRange[];
	/** The chunks of the smaller file, in their order between MAGIC and `tail`. */
	readonly chunks: readonly ByteRange[];
	readonly tail: Uint8Array<ArrayBuffer>;
	readonly rowCount: number;
	/** Of the whole file. */
	readonly columns: readonly string[];
};

export type PruneProblem =
	| { readonly problem: 'unknown-column'; readonly column: string; readonly columns: readonly string[] }
	/** It is read as a whole, where the engine says what is wrong with it. */
	| { readonly problem: 'not-prunable' };

/** Bytes between two chunks that cost less than another question. */
const GAP_BYTES = 64 * 1024;
const COLUMN_ORDERS = 7;

export type PruneInput = {
	/** The bytes before the trailer. */
	readonly footer: Uint8Array;
	/** Of the whole file. */
	readonly sizeBytes: number;
	/** Null is all. */
	readonly columns: readonly string[] | null;
	readonly filters: readonly RowFilter[];
};

export function pruneParquet(input: PruneInput): PrunedParquet | PruneProblem {
	if (footerProblem(input.footer) !== null) return { problem: 'not-prunable' };
	try {
		return prune(input);
	} catch (thrown) {
		if (thrown instanceof BrokenThrift) return { problem: 'not-prunable' };
		throw thrown;
	}
}

function prune({ footer, sizeBytes, columns, filters }: PruneInput): PrunedParquet | PruneProblem {
	const { shell, groups } = parseParquet(footer);
	const all = fileColumns(shell);
	const names = all.map(({ name }) => name);
	const columnOf = (name: string): number => names.indexOf(name);
	const asked = columns === null ? null : [...columns, ...filters.map(({ column }) => column)];
	const unknown = asked?.find((name) => columnOf(name) < 0);
	if (unknown !== undefined) return { problem: 'unknown-column', column: unknown, columns: names };
	const kept = names.flatMap((name, index) => (asked === null || asked.includes(name) ? [index] : []));
	const owners = columnOfChunks(shell);
	const wanted = groups.filter((group) =>
		filters.every((filter) => {
			const column = columnOf(filter.column);
			const chunk = group.chunks[owners.indexOf(column)];
			return !chunk || mayHoldRows(filter, all[column]?.kind ?? null, chunk.meta);
		})
	);
	const pruned: readonly RowGroup<PlacedChunk>[] = wanted.map(({ rowCount, chunks }) => ({
		rowCount,
		chunks: chunks.filter((_chunk, index) => kept.includes(owners[index] ?? -1))
	}));
	const ranges = pruned.flatMap(({ chunks }) =>
		chunks.map(({ startByte, sizeBytes: length }) => ({ startByte, endByte: startByte + length }))
	);
	// Writers of old left zeros where there is no dictionary.
	if (ranges.some(({ startByte, endByte }) => startByte < MAGIC.length || endByte > sizeBytes))
		return { problem: 'not-prunable' };
	const smaller = spliceShells(
		encodeThrift(decodeThrift(shell).filter(({ id }) => id !== COLUMN_ORDERS)),
		null,
		kept.map((column) => ({ from: 'kept', column }))
	);
	const { tail } = assembleParquet(smaller, pruned);
	const rowCount = pruned.reduce((sum, group) => sum + group.rowCount, 0);
	return { ranges: joined(ranges), chunks: ranges, tail, rowCount, columns: names };
}

function joined(ranges: readonly ByteRange[]): readonly ByteRange[] {
	const out: ByteRange[] = [];
	for (const range of [...ranges].sort((one, other) => one.startByte - other.startByte)) {
		const last = out.at(-1);
		if (last && range.startByte <= last.endByte + GAP_BYTES)
			out[out.length - 1] = { ...last, endByte: Math.max(last.endByte, range.endByte) };
		else out.push(range);
	}
	return out;
}
