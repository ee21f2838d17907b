// A part of a table in the engine's memory, and what it takes when it is written in one way or another. Nothing is stored.
import type { ResultId } from '../core/ids.ts';
import { TRAILER_BYTES, columnOfChunks, footerLength, parseParquet } from '../core/parquet/parquet-file.ts';
import { err, ok, type Result } from '../core/result.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { quoteName } from '../core/sql/quote.ts';
import { writerOf, type OrderColumn, type WriterSettings } from '../core/version/layout.ts';
import { orderedRowsSql } from '../core/version/layout-sql.ts';
import type { Column, Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

/** A smaller table is measured whole. */
const WHOLE_ROWS = 200_000;
const WHOLE_BYTES = 32 * 1024 * 1024;
const SAMPLE_ROWS = 131_072;
const SAMPLE_BYTES = 16 * 1024 * 1024;

const SAMPLE_VIEW = '@sample';

/** What was measured: whole segments, spread over the table. */
export type Measured = {
	readonly rowCount: number;
	readonly segmentCount: number;
	/** Of the table. */
	readonly segmentTotal: number;
	readonly isWhole: boolean;
};

export type SampleLayout = {
	readonly writer: WriterSettings;
	readonly order: readonly OrderColumn[];
	readonly schema: readonly Column[];
};

/** Numbers of the segments to measure; ascending. */
export function sampledSegments({ table }: Pick<Version, 'table'>): readonly number[] {
	const { segments, rowCount, sizeBytes } = table;
	const all = segments.map((_ref, number) => number);
	if (rowCount <= WHOLE_ROWS && sizeBytes <= WHOLE_BYTES) return all;
	const share = Math.min(SAMPLE_ROWS / rowCount, SAMPLE_BYTES / sizeBytes);
	const count = Math.max(1, Math.floor(segments.length * share));
	return Array.from({ length: count }, (_, at) => Math.floor(((at + 0.5) * segments.length) / count));
}

export class LayoutSample {
	readonly measured: Measured;
	/** Bytes of each column as they are stored. */
	readonly stored: readonly number[];
	/** Of the table in memory. */
	readonly table: string;
	/** A saving on the sample, times this, is one on the whole table. */
	readonly scale: number;
	readonly #id: ResultId;
	readonly #job: JobHandle;
	readonly #effects: Pick<Effects, 'engine'>;

	private constructor(
		version: Version,
		facts: Pick<LayoutSample, 'measured' | 'stored' | 'table'>,
		run: { readonly id: ResultId; readonly job: JobHandle; readonly effects: Pick<Effects, 'engine'> }
	) {
		this.measured = facts.measured;
		this.stored = facts.stored;
		this.table = facts.table;
		const stored = sum(facts.stored);
		this.scale = stored === 0 || facts.measured.isWhole ? 1 : version.table.sizeBytes / stored;
		this.#id = run.id;
		this.#job = run.job;
		this.#effects = run.effects;
	}

	/** Gives `use` a sample for as long as it takes. */
	static async using<T, F>(
		{ id, version }: { readonly id: ResultId; readonly version: Version },
		job: JobHandle,
		effects: Pick<Effects, 'engine' | 'store'>,
		use: (sample: LayoutSample) => Promise<Result<T, F>>
	): Promise<Result<T, F | RunSqlFailure>> {
		const numbers = sampledSegments(version);
		const refs = numbers.flatMap((number) => version.table.segments[number] ?? []);
		const segments = await effects.store.segments(refs.map((ref) => ref.id));
		if (!segments.ok) return segments;
		if (segments.value === null) return err({ kind: 'damaged-version', version: version.id });
		const owners = columnOfChunks(version.table.shell);
		const stored = sizesByColumn(segments.value, owners, version.schema.length);
		const table = heldTableSql(`sample-${id}`);
		const work = new SegmentWork(id, job, effects);
		const segmentTotal = version.table.segments.length;
		const measured = {
			rowCount: refs.reduce((rows, { rowCount }) => rows + rowCount, 0),
			segmentCount: numbers.length,
			segmentTotal,
			isWhole: numbers.length === segmentTotal
		};
		const relation = { name: SAMPLE_VIEW, version: version.id, rows: 'data', segments: numbers } as const;
		try {
			const made = await work.run(`CREATE OR REPLACE TABLE ${table} AS FROM ${quoteName(SAMPLE_VIEW)}`, [relation]);
			if (!made.ok) return made;
			return await use(new LayoutSample(version, { measured, stored, table }, { id, job, effects }));
		} finally {
			await work.drop(table);
		}
	}

	/** Bytes of each column, written so. */
	async sizes({ writer, order, schema }: SampleLayout): Promise<Result<readonly number[], RunSqlFailure>> {
		const input = {
			id: this.#id,
			sql: orderedRowsSql(this.table, schema, order),
			params: [],
			relations: [],
			writer: writerOf(writer)
		};
		const written = await whileCancellable(this.#id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.write(input, () => undefined)
		);
		if (!written.ok) return written;
		return ok(await columnSizes(written.value));
	}
}

/** Bytes of each column of a written table; of its files, the footers alone are read. */
export async function columnSizes({
	files,
	schema
}: Pick<WrittenTable, 'files' | 'schema'>): Promise<readonly number[]> {
	const sizes = schema.map(() => 0);
	for (const { blob } of files) {
		const trailer = new Uint8Array(await blob.slice(-TRAILER_BYTES).arrayBuffer());
		const length = footerLength(trailer) ?? 0;
		const footer = blob.slice(blob.size - TRAILER_BYTES - length, blob.size - TRAILER_BYTES);
		const { shell, groups } = parseParquet(new Uint8Array(await footer.arrayBuffer()));
		for (const [column, size] of sizesByColumn(groups, columnOfChunks(shell), schema.length).entries())
			sizes[column] = (sizes[column] ?? 0) + size;
	}
	return sizes;
}

export function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

type Sized = { readonly chunks: readonly { readonly sizeBytes: number }[] };

/** `owners` is the column of each chunk of a group. */
function sizesByColumn(groups: readonly Sized[], owners: readonly number[], columnCount: number): readonly number[] {
	const sizes = Array.from({ length: columnCount }, () => 0);
	for (const { chunks } of groups)
		for (const [at, { sizeBytes }] of chunks.entries()) {
			const column = owners[at] ?? 0;
			sizes[column] = (sizes[column] ?? 0) + sizeBytes;
		}
	return sizes;
}
