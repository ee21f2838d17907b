// Reads files of any format as one table: each by its own reader, then all of them as a folder of Parquet, with what their folders tell as columns.
import { partitionsOf } from '#core/export/hive-path.ts';
import { quoteName } from '#core/ingest/cast-sql.ts';
import { typeOf } from '#core/ingest/guess-csv.ts';
import type { IngestOverrides, Preview, PreviewNote } from '#core/ingest/options.ts';
import { guessPartitionType, isParquet, type PathFile } from '#core/ingest/partitioned-folder.ts';
import { createReadAhead } from './read-ahead.ts';
import type { IngestInput } from './api.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import { readFolder } from './folder.ts';
import { Rejects } from './rejects.ts';
import type { Source } from './source.ts';
import { writeFile } from './table-writer.ts';

type ReadOne = (
	engine: Engine,
	file: PathFile<Blob>,
	overrides: IngestOverrides,
	context: ReadContext
) => Promise<ReadTable>;

/** Null where one reader reads all there is at once: one file without conditions, or Parquet alone. */
export function mixedFiles(
	{ name, blob, files, log }: IngestInput,
	{ format, filters = [] }: IngestOverrides
): readonly PathFile<Blob>[] | null {
	const all = files ?? [{ path: name, file: blob, ...(log !== undefined && { log }) }];
	const isAllParquet = format === 'parquet' || (format === undefined && all.every(({ path }) => isParquet(path)));
	if (isAllParquet) return null;
	return files || filters.length > 0 ? all : null;
}

/** What the first file has says the types of the others. Records of JSON need not have the same keys: there each file may bring its own. */
export async function readMixed(
	engine: Engine,
	source: Source,
	files: readonly PathFile<Blob>[],
	overrides: IngestOverrides,
	context: ReadContext,
	readOne: ReadOne
): Promise<ReadTable> {
	const { filters = [], only, types, names, ...others } = overrides;
	const rejects = new Rejects(engine);
	const written: { readonly path: string; readonly file: Blob; readonly mayLack: boolean }[] = [];
	let found: Readonly<Record<string, string>> = {};
	const notes = new Set<PreviewNote>();
	let readBytes = 0;
	for (const [index, file] of files.entries()) {
		const before = readBytes;
		const onProgress: ReadContext['onProgress'] = (progress) =>
			context.onProgress({ ...progress, readBytes: before + progress.readBytes, totalBytes: source.blob.size });
		const given = { ...others, types: { ...found, ...types } };
		const read = await readOne(engine, file, given, { onProgress, ahead: createReadAhead() });
		rejects.take(file.path, read.rejects);
		for (const note of read.notes ?? []) notes.add(note);
		readBytes += file.file.size;
		// Not one line of it is a record: they are told, and the other files are read.
		if (read.options.columns.length === 0) continue;
		const table = read.table.finish();
		const mayLack = read.options.json !== null;
		if (written.length === 0 || mayLack)
			for (const { name, type } of table.schema) if (!Object.hasOwn(found, name)) found = { ...found, [name]: type };
		const folders = file.path.split('/').slice(0, -1).join('/');
		for (const [part, { blob }] of table.files.entries())
			written.push({ path: `${folders}/${index}-${part}.parquet`, file: blob, mayLack });
	}
	if (written.length === 0) throw new Stopped({ kind: 'no-rows-fit', source: source.name, rejects: rejects.first });
	const asked = { filters, ...(only && { only }), ...(types && { types }), ...(names && { names }) };
	const whole = written.map(({ path, file, mayLack }) => ({
		path,
		file: mayLack ? widened(engine, file, found) : file
	}));
	const all = await readFolder(engine, source, { files: whole, zipped: [] }, asked, context);
	rejects.take('', all.rejects);
	return { ...all, rejects, notes: [...notes] };
}

/** The same rows with all columns that were found; those that it lacks are empty. */
function widened(engine: Engine, file: Blob, found: Readonly<Record<string, string>>): Blob {
	const name = engine.freshName('parquet');
	engine.handle(name, file);
	try {
		const own = new Set(
			engine.query(`DESCRIBE SELECT * FROM read_parquet('${name}')`).map((row) => String(row['column_name']))
		);
		if (Object.keys(found).every((column) => own.has(column))) return file;
		const columns = Object.entries(found).map(([column, type]) =>
			own.has(column) ? quoteName(column) : `NULL::${type} AS ${quoteName(column)}`
		);
		return writeFile(engine, `SELECT ${columns.join(', ')} FROM read_parquet('${name}')`).blob;
	} finally {
		engine.drop(name);
	}
}

/** A first file's preview with what the folders of all tell. */
export function withPartitions(
	preview: Preview,
	files: readonly PathFile<Blob>[],
	overrides: IngestOverrides
): Preview {
	const partitions = files.map(({ path }) => partitionsOf(path));
	const told = (partitions[0] ?? []).filter(
		({ column }) => !preview.options.columns.some(({ source }) => source === column)
	);
	const columns = told.map(({ column }) => {
		const texts = partitions.map((one) => one.find((other) => other.column === column)?.text ?? null);
		return { source: column, name: column, type: typeOf(column, guessPartitionType(texts), overrides) };
	});
	const taken = preview.options.columns.map((column) => ({
		...column,
		type: column.type === null ? null : typeOf(column.source, column.type, overrides)
	}));
	const shown = taken.filter((_column, index) => preview.options.columns[index]?.type !== null);
	const rows = preview.rows.map((cells) => [
		...cells.filter((_cell, index) => shown[index]?.type !== null),
		...told.flatMap(({ text }, index) => (columns[index]?.type === null ? [] : [text]))
	]);
	return {
		...preview,
		options: { ...preview.options, columns: [...taken, ...columns] },
		rows,
		exact: preview.exact && files.length === 1
	};
}
