// Reads a folder of Parquet files, picked or zipped, as one table: what its folders tell comes back as columns.
import { partitionsOf } from '#core/export/hive-path.ts';
import { parsePartitionTypes, PARTITION_TYPES_KEY } from '#core/export/partition-types.ts';
import { quoteName, quoteText } from '#core/ingest/cast-sql.ts';
import type { IngestOverrides, Preview } from '#core/ingest/options.ts';
import {
	columnDifferences,
	groupPartitioned,
	guessPartitionType,
	inOrder,
	isParquet,
	isSameName,
	partitionColumns,
	repeatedPartition,
	type PathFile
} from '#core/ingest/partitioned-folder.ts';
import type { Column } from '#core/version/version.ts';
import type { IngestInput } from './api.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import {
	CELLS_MAX,
	checkFooter,
	COLUMNS_MAX,
	guessRelation,
	parquetOptions,
	planRelation,
	readRelation,
	sliceOf,
	type Relation
} from './parquet.ts';
import type { Source } from './source.ts';
import { checkZipped, openZip, type ZippedFile } from './zip.ts';

export type Folder = { readonly files: readonly PathFile<Blob>[]; readonly zipped: readonly ZippedFile[] };

const FILES_MAX = 20_000;

/** Null when the source is one file, a ZIP without partition folders too. */
export async function openFolder({ name, blob, files }: IngestInput): Promise<Folder | null> {
	if (files) return { files: inOrder(files), zipped: [] };
	const zip = await openZip(name, blob);
	if (!zip) return null;
	const { folders, others } = groupPartitioned(zip.names.map((path) => ({ path, file: path })));
	const [folder, another] = folders;
	if (!folder) return null;
	const apart = another?.files[0] ?? others.find(({ path }) => isParquet(path));
	if (apart) {
		const reason = `${apart.file} in it is no part of the folder of ${folder.files[0]?.file ?? ''}; pack each table alone`;
		throw new Stopped({ kind: 'unreadable-source', source: name, format: 'parquet', reason, line: null });
	}
	const zipped = await zip.open(folder.files);
	return { files: zipped, zipped };
}

/** A ZIP whose files are tables of their own: no folder of Parquet, and no workbook. */
export async function isArchive({ name, blob }: IngestInput): Promise<boolean> {
	const zip = await openZip(name, blob);
	if (!zip || zip.names.includes('xl/workbook.xml')) return false;
	return groupPartitioned(zip.names.map((path) => ({ path, file: path }))).folders.length === 0;
}

export async function guessFolder(
	engine: Engine,
	source: Source,
	folder: Folder,
	overrides: IngestOverrides
): Promise<Preview> {
	const relation = await openRelation(engine, source.name, folder.files);
	try {
		return guessRelation(engine, relation, parquetOptions(source, planRelation(engine, relation, overrides)));
	} finally {
		relation.drop();
	}
}

export async function readFolder(
	engine: Engine,
	source: Source,
	folder: Folder,
	overrides: IngestOverrides,
	{ onProgress }: Pick<ReadContext, 'onProgress'>
): Promise<ReadTable> {
	await checkZipped(source.name, folder.zipped);
	const relation = await openRelation(engine, source.name, folder.files);
	try {
		const planned = planRelation(engine, relation, overrides);
		const options = parquetOptions(source, planned);
		const { filters } = overrides;
		return readRelation(engine, { relation, source, options, types: planned.types, filters }, onProgress);
	} finally {
		relation.drop();
	}
}

type OpenedFile = {
	readonly path: string;
	/** Its name in the engine. */
	readonly name: string;
	readonly startRow: number;
	readonly rowCount: number;
	readonly values: readonly (string | null)[];
};

async function openRelation(engine: Engine, name: string, files: readonly PathFile<Blob>[]): Promise<Relation> {
	if (files.length === 0) throw new Stopped({ kind: 'empty-source', source: name });
	if (files.length > FILES_MAX) throw new Stopped({ kind: 'too-large', source: name, limit: '20,000 files' });
	for (const { path, file } of files) await checkFooter(`${name}: ${path}`, file);
	const prefix = engine.freshName('folder');
	const names = files.map((_file, index) => `${prefix}/${index}.parquet`);
	const drop = (): void => {
		for (const file of names) engine.drop(file);
	};
	for (const [index, { file }] of files.entries()) engine.handle(names[index] ?? '', file);
	try {
		return { ...new PartitionedFiles(engine, name, files, names).relation(), drop };
	} catch (thrown) {
		drop();
		throw thrown;
	}
}

class PartitionedFiles {
	readonly #columns: readonly Column[];
	/** Those that no file has itself. */
	readonly #partitions: readonly Column[];
	readonly #files: readonly OpenedFile[];
	readonly #rowCount: number;
	readonly #rowBytes: number;
	/** Tells each row's file, by a name that no column has. */
	readonly #fileColumn: string;

	constructor(engine: Engine, source: string, files: readonly PathFile<Blob>[], names: readonly string[]) {
		this.#columns = agreedColumns(engine, source, files, names);
		let fileColumn = '@file';
		while (this.#columns.some(({ name }) => isSameName(name, fileColumn))) fileColumn = `@${fileColumn}`;
		this.#fileColumn = fileColumn;
		const list = `[${names.map(quoteText).join(', ')}]`;
		const counts = new Map(
			engine
				.query(`SELECT file_name AS name, num_rows::DOUBLE AS n FROM parquet_file_metadata(${list})`)
				.map(({ name, n }) => [String(name), Number(n)])
		);
		const [sizes] = engine.query(`SELECT sum(total_uncompressed_size)::DOUBLE AS bytes FROM parquet_metadata(${list})`);
		const told = partitionsOf(files[0]?.path ?? '')
			.map(({ column }) => column)
			.filter((column) => !this.#columns.some(({ name }) => isSameName(name, column)));
		let startRow = 0;
		this.#files = files.map(({ path }, index) => {
			const name = names[index] ?? '';
			const rowCount = counts.get(name) ?? 0;
			const partitions = partitionsOf(path);
			const values = told.map((column) => partitions.find((partition) => partition.column === column)?.text ?? null);
			const opened = { path, name, startRow, rowCount, values };
			startRow += rowCount;
			return opened;
		});
		this.#rowCount = startRow;
		this.#rowBytes = startRow === 0 ? 0 : Number(sizes?.bytes ?? 0) / startRow;
		const types = toldTypes(engine, names[0] ?? '');
		this.#partitions = told.map((name, index) => {
			const values = this.#files.map((file) => file.values[index] ?? null);
			const type = types.get(name);
			const fits = type !== undefined && allFit(engine, values, type);
			return { name, type: fits ? type : guessPartitionType(values) };
		});
		if (this.#columns.length + this.#partitions.length > COLUMNS_MAX)
			throw new Stopped({ kind: 'too-large', source, limit: '20,000 columns' });
		if (startRow * (this.#columns.length + this.#partitions.length) > CELLS_MAX)
			throw new Stopped({ kind: 'too-large', source, limit: '20 billion cells' });
	}

	relation(): Omit<Relation, 'drop'> {
		const slice = (at: number, count: number): string => this.#slice(at, count);
		return { sql: slice(0, 100), slice, rowCount: this.#rowCount, rowBytes: this.#rowBytes };
	}

	#slice(at: number, count: number): string {
		const within = this.#files.filter((file) => file.startRow < at + count && file.startRow + file.rowCount > at);
		const [first, ...more] = within.length > 0 ? within : this.#files.slice(0, 1);
		if (!first) return '';
		const skipped = Math.max(0, at - first.startRow);
		if (more.length === 0) return this.#select([first], this.#rowsOf(first, skipped, count));
		const list = within.map(({ name }) => quoteText(name)).join(', ');
		return this.#select(
			within,
			sliceOf(`read_parquet([${list}], filename = ${quoteText(this.#fileColumn)})`, skipped, count)
		);
	}

	/** See note: why not LIMIT and OFFSET alone. */
	#rowsOf({ name }: OpenedFile, at: number, count: number): string {
		const file = quoteText(name);
		if (this.#columns.some((column) => column.name === 'file_row_number'))
			return sliceOf(`read_parquet(${file})`, at, count);
		return `(SELECT * FROM read_parquet(${file}, file_row_number = true)
			WHERE file_row_number >= ${at} AND file_row_number < ${at + count})`;
	}

	#select(files: readonly OpenedFile[], from: string): string {
		const first = this.#files.findIndex(({ name }) => name === files[0]?.name);
		const number = `CAST(regexp_extract(${quoteName(this.#fileColumn)}, '(\\d+)\\.parquet$', 1) AS INTEGER) - ${first} + 1`;
		const columns = [
			...this.#columns.map(({ name }) => quoteName(name)),
			...this.#partitions.map(({ name, type }, index) => {
				const texts = files.map(({ values }) => textOf(values[index] ?? null));
				const text = texts.length === 1 ? texts[0] : `list_extract([${texts.join(', ')}], ${number})`;
				return `CAST(${text} AS ${type}) AS ${quoteName(name)}`;
			})
		];
		return `(SELECT ${columns.join(', ')} FROM ${from})`;
	}
}

/** The columns of the first file, which all others have too. Throws Stopped. */
function agreedColumns(
	engine: Engine,
	source: string,
	files: readonly PathFile<Blob>[],
	names: readonly string[]
): readonly Column[] {
	const columnsOf = (index: number): readonly Column[] =>
		engine
			.query(`DESCRIBE SELECT * FROM read_parquet(${quoteText(names[index] ?? '')})`)
			.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
	const withFolders = (columns: readonly Column[], path: string): readonly Column[] => [
		...columns,
		...partitionColumns(path).filter(({ name }) => !columns.some((column) => isSameName(column.name, name)))
	];
	for (const { path } of files) {
		const repeated = repeatedPartition(path);
		const reason = `the folders of ${path} name ${repeated ?? ''} twice`;
		if (repeated !== null)
			throw new Stopped({ kind: 'unreadable-source', source, format: 'parquet', reason, line: null });
	}
	const columns = columnsOf(0);
	const first = files[0]?.path ?? '';
	const expected = withFolders(columns, first);
	for (const [index, { path }] of files.entries()) {
		const differences = columnDifferences(expected, withFolders(columnsOf(index), path));
		if (differences.length > 0) throw new Stopped({ kind: 'files-differ', source, file: path, first, differences });
	}
	return columns;
}

/** What the writer of a file says of its partition columns. */
function toldTypes(engine: Engine, name: string): ReadonlyMap<string, string> {
	const [told] = engine.query(
		`SELECT decode(value) AS types FROM parquet_kv_metadata(${quoteText(name)}) WHERE key = ${quoteText(PARTITION_TYPES_KEY)}::BLOB`
	);
	return parsePartitionTypes(typeof told?.['types'] === 'string' ? told['types'] : '');
}

function allFit(engine: Engine, values: readonly (string | null)[], type: string): boolean {
	const texts = [...new Set(values)].filter((value) => value !== null).map(quoteText);
	if (texts.length === 0) return true;
	const [row] = engine.query(
		`SELECT count(*) FILTER (WHERE TRY_CAST(t AS ${type}) IS NULL)::INTEGER AS misfits FROM (SELECT unnest([${texts.join(', ')}]) AS t)`
	);
	return row?.misfits === 0;
}

function textOf(text: string | null): string {
	return text === null ? 'NULL' : quoteText(text);
}
