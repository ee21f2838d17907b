// Reads files of any format as one table: each by its own reader, then all of them as a folder of Parquet, with what their folders tell as columns.
import { partitionsOf } from '#core/export/hive-path.ts';
import { typeOf } from '#core/ingest/guess-csv.ts';
import type { IngestOverrides, Preview } from '#core/ingest/options.ts';
import { guessPartitionType, isParquet, type PathFile } from '#core/ingest/partitioned-folder.ts';
import { createReadAhead } from './read-ahead.ts';
import type { IngestInput } from './api.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { readFolder } from './folder.ts';
import { Rejects } from './rejects.ts';
import type { Source } from './source.ts';

type ReadOne = (
	engine: Engine,
	file: PathFile<Blob>,
	overrides: IngestOverrides,
	context: ReadContext
) => Promise<ReadTable>;

/** Null where one reader reads all there is at once: one file without conditions, or Parquet alone. */
export function mixedFiles(
	{ name, blob, files }: IngestInput,
	{ format, filters = [] }: IngestOverrides
): readonly PathFile<Blob>[] | null {
	const all = files ?? [{ path: name, file: blob }];
	const isAllParquet = format === 'parquet' || (format === undefined && all.every(({ path }) => isParquet(path)));
	if (isAllParquet) return null;
	return files || filters.length > 0 ? all : null;
}

/** What the first file has says the types of the others. */
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
	const written: PathFile<Blob>[] = [];
	let found: Readonly<Record<string, string>> = {};
	let readBytes = 0;
	for (const [index, file] of files.entries()) {
		const before = readBytes;
		const onProgress: ReadContext['onProgress'] = (progress) =>
			context.onProgress({ ...progress, readBytes: before + progress.readBytes, totalBytes: source.blob.size });
		const given = { ...others, types: { ...found, ...types } };
		const read = await readOne(engine, file, given, { onProgress, ahead: createReadAhead() });
		rejects.take(file.path, read.rejects);
		const table = read.table.finish();
		if (index === 0) found = Object.fromEntries(table.schema.map(({ name, type }) => [name, type]));
		const folders = file.path.split('/').slice(0, -1).join('/');
		for (const [part, { blob }] of table.files.entries())
			written.push({ path: `${folders}/${index}-${part}.parquet`, file: blob });
		readBytes += file.file.size;
	}
	const asked = { filters, ...(only && { only }), ...(types && { types }), ...(names && { names }) };
	const all = await readFolder(engine, source, { files: written, zipped: [] }, asked, context);
	rejects.take('', all.rejects);
	return { ...all, rejects };
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
