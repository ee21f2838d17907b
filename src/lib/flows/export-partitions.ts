// Writes a dataset, a version or a query's rows as a hive-partitioned folder of Parquet, file by file.
import type { FooterEntry, PartitionOptions } from '../core/export/format.ts';
import { encodePartitionTypes, PARTITION_TYPES_KEY } from '../core/export/partition-types.ts';
import {
	choosePartitionColumns,
	clusteredFileSql,
	clusteredSql,
	fileSql,
	partitionCountSql,
	partitionsSql,
	planFiles,
	tooManyPartitions,
	type Partition,
	type PartitionFailure,
	type PlannedFile,
	type TableFile
} from '../core/export/plan-partitions.ts';
import type { ResultId } from '../core/ids.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import { parquetFilesSql } from '../core/version/upsert-sql.ts';
import type { Column } from '../core/version/version.ts';
import type { RunInput, WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import type { ExportFailure } from './export-relation.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { withQuery } from './prepared-query.ts';
import { whileCancellable } from './run-sql.ts';
import type { ServeEffects } from './serve-model.ts';
import type { WorkspaceEffects } from './workspace-sql.ts';
import { SegmentWork } from './segment-work.ts';

/** Where the files go. Each call is awaited, so that a slow disk slows the engine down; what they throw ends the export. */
export type FolderSink = {
	begin(path: string): void | Promise<void>;
	write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>;
	/** Ends the file that was begun last. */
	end(): void | Promise<void>;
	/** After the last file; not called when the export fails. */
	finish(): void | Promise<void>;
};

export type ExportPartitionsInput = {
	readonly id: ResultId;
	/** Told in the job list. */
	readonly label: string;
	readonly sql: string;
	readonly options: PartitionOptions;
	readonly sink: FolderSink;
	readonly signal?: AbortSignal | undefined;
};

export type ExportPartitionsFailure = ExportFailure | PartitionFailure;
export type PartitionedExport = {
	readonly rowCount: number;
	readonly partitionCount: number;
	readonly fileCount: number;
};

type SinkFailed = Extract<ExportFailure, { kind: 'sink-failed' }>;
type Answer<T> = Promise<Result<T, ExportPartitionsFailure>>;

/** With fewer files, looking at all rows for each costs less than a sort. */
const SORTED_MIN_FILES = 8;

export async function exportPartitions(
	input: ExportPartitionsInput,
	effects: ServeEffects & WorkspaceEffects
): Answer<PartitionedExport> {
	return asJob(effects.jobs, `Export ${input.label}`, input.signal, async (job) => {
		const gathered = await gather(input, job, effects);
		if (!gathered.ok) return gathered;
		const table = new GatheredTable(input.id, gathered.value, effects);
		await table.register();
		try {
			return await new PartitionWriter(input, table, job, effects).write();
		} finally {
			await table.unregister();
		}
	});
}

/** The query runs once, so that every file is of the same rows. */
async function gather(
	input: ExportPartitionsInput,
	job: JobHandle,
	effects: ServeEffects & WorkspaceEffects
): Answer<WrittenTable> {
	const { id, sql } = input;
	return withQuery({ id, sql, signal: job.signal }, effects, (bound) =>
		whileCancellable(id, job.signal, effects, () =>
			effects.engine.write(bound, (rowCount) => job.progress({ rowCount }))
		)
	);
}

/** Parquet outside the engine's memory, which the engine knows by name. */
class GatheredTable {
	readonly schema: readonly Column[];
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly files: readonly (TableFile & { readonly blob: Blob })[];
	readonly #effects: Pick<Effects, 'engine'>;

	constructor(prefix: string, { schema, rowCount, files }: WrittenTable, effects: Pick<Effects, 'engine'>) {
		this.schema = schema;
		this.rowCount = rowCount;
		this.sizeBytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
		this.files = files.map((file, index) => ({ ...file, name: `${prefix}-${index}.parquet` }));
		this.#effects = effects;
	}

	/** A FROM item. */
	get sql(): string {
		return parquetFilesSql(this.files.map(({ name }) => name));
	}

	async register(): Promise<void> {
		for (const { name, blob } of this.files) await this.#effects.engine.register(name, blob);
	}

	async unregister(): Promise<void> {
		for (const { name } of this.files) await this.#effects.engine.unregister(name);
	}
}

class PartitionWriter {
	readonly #input: ExportPartitionsInput;
	readonly #table: GatheredTable;
	readonly #job: JobHandle;
	readonly #effects: Pick<Effects, 'engine'>;
	readonly #work: SegmentWork;

	constructor(input: ExportPartitionsInput, table: GatheredTable, job: JobHandle, effects: Pick<Effects, 'engine'>) {
		this.#input = input;
		this.#table = table;
		this.#job = job;
		this.#effects = effects;
		this.#work = new SegmentWork(input.id, job, effects);
	}

	async write(): Answer<PartitionedExport> {
		const { options } = this.#input;
		const columns = choosePartitionColumns(options.partitionBy, this.#table.schema);
		if (!columns.ok) return columns;
		const partitions = await this.#partitions(columns.value);
		if (!partitions.ok) return partitions;
		const files = planFiles(columns.value, partitions.value, this.#rowsPerFile());
		if (!files.ok) return files;
		const clustered = await this.#cluster(columns.value, files.value.length);
		if (!clustered.ok) return clustered;
		try {
			const footerEntry = { key: PARTITION_TYPES_KEY, value: encodePartitionTypes(columns.value) };
			const { schema, sql, rowCount } = this.#table;
			for (const file of files.value) {
				const rows = clustered.value
					? clusteredFileSql(clustered.value.files, schema, columns.value, file)
					: fileSql(sql, schema, columns.value, file);
				const written = await this.#writeFile(file, rows, footerEntry);
				if (!written.ok) return written;
				const writtenRows = file.clusteredRow + file.rowCount;
				this.#job.progress({ rowCount: writtenRows, fraction: rowCount === 0 ? 1 : writtenRows / rowCount });
			}
			const finished = await this.#guarded(this.#input.label, () => this.#input.sink.finish());
			if (!finished.ok) return finished;
			return ok({ rowCount, partitionCount: partitions.value.length, fileCount: files.value.length });
		} finally {
			await clustered.value?.unregister();
		}
	}

	/** A size is met by way of the rows that had about that size when they were gathered. */
	#rowsPerFile(): number {
		const { rowsPerFile, bytesPerFile } = this.#input.options;
		const { rowCount, sizeBytes } = this.#table;
		const fitting = bytesPerFile === null || rowCount === 0 ? Infinity : bytesPerFile / (sizeBytes / rowCount);
		return Math.max(1, Math.min(rowsPerFile ?? Infinity, Math.floor(fitting), Number.MAX_SAFE_INTEGER));
	}

	async #partitions(columns: readonly Column[]): Answer<readonly Partition[]> {
		const { rowCount, sql } = this.#table;
		if (rowCount === 0) return ok([]);
		if (columns.length === 0) return ok([{ values: [], rowCount }]);
		const counted = await this.#work.rows(partitionCountSql(sql, columns), []);
		if (!counted.ok) return counted;
		const tooMany = tooManyPartitions(columns, Number(counted.value[0]?.['partitions']));
		if (tooMany) return err(tooMany);
		const found = await this.#work.rows(partitionsSql(sql, columns), []);
		if (!found.ok) return found;
		return ok(
			found.value.map((row) => ({
				values: columns.map((_column, index) => textOf(row[`v${index}`])),
				rowCount: Number(row['rows'])
			}))
		);
	}

	/** The table with the rows of each partition together; null when that does not pay, or does not fit into memory. */
	async #cluster(columns: readonly Column[], fileCount: number): Answer<GatheredTable | null> {
		if (fileCount < SORTED_MIN_FILES) return ok(null);
		const sql = clusteredSql(this.#table.sql, this.#table.schema, columns);
		const input: RunInput = { id: this.#input.id, sql, params: [], relations: [] };
		const written = await whileCancellable(this.#input.id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.write(input, () => undefined)
		);
		if (!written.ok) return written.error.kind === 'out-of-memory' ? ok(null) : written;
		const table = new GatheredTable(`${this.#input.id}-clustered`, written.value, this.#effects);
		await table.register();
		return ok(table);
	}

	async #writeFile({ path, rowCount }: PlannedFile, sql: string, footerEntry: FooterEntry): Answer<void> {
		const { id, sink, options } = this.#input;
		const input: RunInput = { id, sql, params: [], relations: [] };
		const begun = await this.#guarded(path, () => sink.begin(path));
		if (!begun.ok) return begun;
		const sunk: { failure: ExportPartitionsFailure | null } = { failure: null };
		const onChunk = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
			const taken = await this.#guarded(path, () => sink.write(bytes));
			if (taken.ok) return;
			sunk.failure = taken.error;
			await this.#effects.engine.cancel(id);
		};
		const copied = await whileCancellable(id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.copy(
				input,
				{ format: 'parquet', formulas: 'raw', compression: options.compression, footerEntry },
				onChunk
			)
		);
		if (sunk.failure !== null) return err(sunk.failure);
		if (!copied.ok) return copied;
		invariant(copied.value.rowCount === rowCount, 'a file has the rows that were counted for it');
		return this.#guarded(path, () => sink.end());
	}

	/** What a sink throws is the caller's file: a full or vanished disk, a name that is refused. */
	async #guarded(path: string, step: () => void | Promise<void>): Promise<Result<void, SinkFailed>> {
		try {
			return ok(await step());
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			return err({ kind: 'sink-failed', reason: `${path}: ${reason}` });
		}
	}
}

function textOf(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}
