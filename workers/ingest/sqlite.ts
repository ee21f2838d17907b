// Reads SQLite databases: one table or view becomes a table, its types found in all of its values.
import { quoteName } from '#core/ingest/cast-sql.ts';
import { columnNames } from '#core/ingest/column-names.ts';
import { typeOf } from '#core/ingest/guess-csv.ts';
import type { IngestOptions, IngestOverrides, Preview, PreviewNote } from '#core/ingest/options.ts';
import { noValues, sqliteCellSql, sqliteCellText, typeOfValues } from '#core/ingest/sqlite-values.ts';
import { SEGMENT_ROWS } from '#core/version/segment.ts';
import { BlobPages, readRange } from '../blob-pages.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import { SliceCopier, WHOLE_MAX_BYTES } from './parquet.ts';
import { readWhole, type Source } from './source.ts';
import { cellsOf } from './sqlite-columns.ts';
import { SqliteFile, type SqliteTable } from './sqlite-file.ts';

const PAGES_BYTES = 8 * 1024 * 1024;
/** A preview looks no further. */
const COUNTED_ROWS = 100_000;
const SHOWN_ROWS = 100;
/** What is held before it goes to the engine; half of it where the rows make whole segments. */
const BATCH_BYTES = 24 * 1024 * 1024;

export async function guessSqlite(source: Source, overrides: IngestOverrides): Promise<Preview> {
	return withFile(source, (file) => {
		const { table, tables } = chosen(file, source, overrides);
		const { rowCount, counts } = file.count(table, COUNTED_ROWS);
		const types = table.columns.map(({ declared }, index) => typeOfValues(declared, counts[index] ?? noValues()));
		const options = optionsOf(source, table, types, overrides);
		const shown = options.columns.map(({ type }) => type !== null);
		const rows = Array.from(file.read(table, SHOWN_ROWS), (values) =>
			values.flatMap((value, index) => (shown[index] ? [sqliteCellText(value, types[index] ?? 'VARCHAR')] : []))
		);
		return {
			options,
			rows,
			rejects: [],
			rowEstimate: rowCount,
			exact: rowCount < COUNTED_ROWS,
			tables: tables.map(({ name, kind, columns }) => ({
				...{ name, kind, isHidden: false },
				columns: columns.map(({ name: column, declared, isKey }) => ({ name: column, type: declared, isKey }))
			})),
			notes: notesOf(file),
			recordPaths: []
		};
	});
}

export async function readSqlite(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	{ onProgress }: Pick<ReadContext, 'onProgress'>
): Promise<ReadTable> {
	return withFile(source, (file) => {
		const { table } = chosen(file, source, overrides);
		const { rowCount, counts } = file.count(table, null);
		const types = table.columns.map(({ declared }, index) => typeOfValues(declared, counts[index] ?? noValues()));
		const options = optionsOf(source, table, types, overrides);
		const copier = new SliceCopier(engine, { options, types });
		const cells = types.map(cellsOf);
		const sql = options.columns.map(
			({ source: name }, index) => `${sqliteCellSql(`c${index}`, types[index] ?? 'VARCHAR')} AS ${quoteName(name)}`
		);
		let [held, length, copied] = [0, 0, 0];
		const flush = (): void => {
			if (held === 0) return;
			engine.insertColumns(
				'sqlite_rows',
				Object.fromEntries(cells.map((column, index) => [`c${index}`, column.take()]))
			);
			try {
				copier.copy(`(SELECT ${sql.join(', ')} FROM sqlite_rows)`, copied);
			} finally {
				engine.query('DROP TABLE sqlite_rows');
			}
			copied += held;
			[held, length] = [0, 0];
			const totalBytes = source.blob.size;
			const readBytes = Math.round(totalBytes * Math.min(1, copied / Math.max(rowCount, 1)));
			onProgress({ readBytes, totalBytes, rowCount: copier.table.rowCount });
		};
		file.select(table, null, (row) => {
			for (let column = 0; column < cells.length; column++) length += cells[column]?.add(row, column) ?? 0;
			held++;
			if (length > (held % SEGMENT_ROWS === 0 ? BATCH_BYTES / 2 : BATCH_BYTES)) flush();
		});
		flush();
		return { table: copier.table, rejects: copier.rejects, options, notes: notesOf(file), sha256: null };
	});
}

async function withFile<T>(source: Source, use: (file: SqliteFile) => T): Promise<T> {
	const blob = source.compression === 'none' ? source.blob : await unpacked(source);
	const pages = new BlobPages(PAGES_BYTES, readRange);
	const log = source.log && pages.handle(source.log);
	const file = await SqliteFile.open(source.name, pages.handle(blob), log);
	try {
		return use(file);
	} finally {
		file.close();
	}
}

function notesOf({ lacksLog }: SqliteFile): readonly PreviewNote[] {
	return lacksLog ? ['log-beside'] : [];
}

async function unpacked(source: Source): Promise<Blob> {
	const bytes = await readWhole(source, WHOLE_MAX_BYTES);
	if (bytes === null)
		throw new Stopped({ kind: 'too-large', source: source.name, limit: '512 MB unpacked; unpack it first' });
	return new Blob([bytes]);
}

/** The one that is asked for, else the first that has rows. */
function chosen(
	file: SqliteFile,
	source: Source,
	{ sqlite }: IngestOverrides
): { readonly table: SqliteTable; readonly tables: readonly SqliteTable[] } {
	const tables = file.tables();
	const asked = sqlite?.table;
	const table =
		asked === undefined
			? (tables.find((one) => one.kind === 'table' && hasRows(file, one)) ?? tables[0])
			: (tables.find(({ name }) => name === asked) ??
				tables.find(({ name }) => name.toLowerCase() === asked.toLowerCase()));
	if (table) return { table, tables };
	if (tables.length === 0) throw new Stopped({ kind: 'empty-source', source: source.name });
	const names = tables.map(({ name }) => name).join(', ');
	const reason = `the database has ${names}`;
	throw new Stopped({ kind: 'unsupported-option', option: 'table', value: asked ?? '', reason });
}

function hasRows(file: SqliteFile, table: SqliteTable): boolean {
	if (table.columns.length === 0) return false;
	for (const _row of file.read(table, 1)) return true;
	return false;
}

function optionsOf(
	source: Source,
	table: SqliteTable,
	types: readonly string[],
	overrides: IngestOverrides
): IngestOptions {
	const names = columnNames(
		table.columns.map(({ name }) => name),
		table.columns.length
	);
	return {
		format: 'sqlite',
		compression: source.compression,
		csv: null,
		json: null,
		excel: null,
		sqlite: { table: table.name },
		columns: names.map((name, index) => ({
			source: name,
			name: overrides.names?.[name] ?? name,
			type: typeOf(name, types[index] ?? 'VARCHAR', overrides)
		}))
	};
}
