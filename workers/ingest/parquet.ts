// Reads Parquet: looks at the footer before anything else, then copies rows in files of a bounded size.
import { quoteName } from '#core/ingest/cast-sql.ts';
import { columnNames } from '#core/ingest/column-names.ts';
import { typeOf } from '#core/ingest/guess-csv.ts';
import { lacksMembers } from '#core/ingest/nested-members.ts';
import type { IngestOptions, IngestOverrides, IngestProgress, Preview } from '#core/ingest/options.ts';
import { SEGMENT_ROWS } from '#core/version/segment.ts';
import { footerProblem } from '#core/parquet/footer-problem.ts';
import { filtersSql, type RowFilter } from '#core/source/row-filter.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import { Rejects } from './rejects.ts';
import { readWhole, type Source } from './source.ts';
import { TableWriter } from './table-writer.ts';

const FOOTER_MAX_BYTES = 16 * 1024 * 1024;
export const CELLS_MAX = 20e9;
export const COLUMNS_MAX = 20_000;
/** Of a source that must be unpacked into memory first. */
export const WHOLE_MAX_BYTES = 512 * 1024 * 1024;
const SLICE_CELLS = 5_000_000;
const SLICE_BYTES = 24 * 1024 * 1024;

/** Something with columns that SQL can read: a Parquet file, or a table made from another format. */
export type Relation = {
	readonly sql: string;
	/** A FROM item with `rowCount` rows from the row `at` on, in order. */
	slice(at: number, rowCount: number): string;
	readonly rowCount: number;
	readonly rowBytes: number;
	drop(): void;
};

export async function openParquet(engine: Engine, source: Source): Promise<Relation> {
	const blob = source.compression === 'none' ? source.blob : await unpacked(source);
	await checkFooter(source.name, blob);
	const file = engine.freshName('parquet');
	engine.handle(file, blob);
	const [facts] = engine.query(`SELECT num_rows AS n FROM parquet_file_metadata('${file}')`);
	const rowCount = Number(facts?.n ?? 0);
	const [sizes] = engine.query(
		`SELECT sum(total_uncompressed_size)::DOUBLE AS bytes, count(DISTINCT path_in_schema) AS columns,
			bool_or(path_in_schema = 'file_row_number') AS numbered FROM parquet_metadata('${file}')`
	);
	const columns = Number(sizes?.columns ?? 0);
	const tooLarge = (limit: string): Stopped => new Stopped({ kind: 'too-large', source: source.name, limit });
	if (columns > COLUMNS_MAX) throw tooLarge('20,000 columns');
	if (rowCount * columns > CELLS_MAX) throw tooLarge('20 billion cells');
	if (Number(sizes?.bytes ?? 0) > 64 * 1024 ** 3) throw tooLarge('64 GB uncompressed');
	const sql = `read_parquet('${file}')`;
	const numbered = `read_parquet('${file}', file_row_number = true)`;
	return {
		sql,
		// Note: why not LIMIT and OFFSET alone. DuckDB then decodes every row before the slice, for each slice again.
		slice: (at, count) =>
			sizes?.numbered === true
				? sliceOf(sql, at, count)
				: `(SELECT * EXCLUDE (file_row_number) FROM ${numbered}
					WHERE file_row_number >= ${at} AND file_row_number < ${at + count})`,
		rowCount,
		rowBytes: rowCount === 0 ? 0 : Number(sizes?.bytes ?? 0) / rowCount,
		drop: () => engine.drop(file)
	};
}

/** A slice of any table; costs the rows before it too. */
export function sliceOf(table: string, at: number, rowCount: number): string {
	return `(SELECT * FROM ${table} LIMIT ${rowCount} OFFSET ${at})`;
}

async function unpacked(source: Source): Promise<Blob> {
	const bytes = await readWhole(source, WHOLE_MAX_BYTES);
	if (bytes === null) throw new Stopped({ kind: 'too-large', source: source.name, limit: '512 MB unpacked' });
	return new Blob([bytes]);
}

/** The footer's length is the file's own claim, so it is checked before anything of that length is read. */
export async function checkFooter(name: string, blob: Blob): Promise<void> {
	const unreadable = (reason: string): Stopped =>
		new Stopped({ kind: 'unreadable-source', source: name, format: 'parquet', reason, line: null });
	if (blob.size < 12) throw unreadable('the file is too short to be Parquet');
	const tail = new DataView(await blob.slice(blob.size - 8).arrayBuffer());
	const magic = tail.getUint32(4);
	if (magic === 0x50415245) throw unreadable('the file is encrypted');
	if (magic !== 0x50415231) throw unreadable('the end of the file is missing: it is cut off or damaged');
	const length = tail.getUint32(0, true);
	if (length > blob.size - 12) throw unreadable('the footer claims to be longer than the file');
	if (length > FOOTER_MAX_BYTES)
		throw new Stopped({ kind: 'too-large', source: name, limit: '16 MB of Parquet footer' });
	// DuckDB believes the counts in it, and may follow a wrong one for minutes.
	const footer = await blob.slice(blob.size - 8 - length, blob.size - 8).arrayBuffer();
	const problem = footerProblem(new Uint8Array(footer));
	if (problem !== null) throw unreadable(problem);
}

type Planned = { readonly columns: IngestOptions['columns']; readonly types: readonly string[] };

export function planRelation(engine: Engine, relation: Relation, overrides: IngestOverrides): Planned {
	const found = engine.query(`DESCRIBE SELECT * FROM ${relation.sql}`);
	const sources = columnNames(
		found.map((row) => String(row.column_name)),
		found.length
	);
	const types = found.map((row) => String(row.column_type));
	const columns = sources.map((source, index) => ({
		source,
		name: overrides.names?.[source] ?? source,
		type: typeOf(source, types[index] ?? 'VARCHAR', overrides)
	}));
	return { columns, types };
}

export function guessRelation(engine: Engine, relation: Relation, options: IngestOptions): Preview {
	const shown = options.columns
		.filter(({ type }) => type !== null)
		.map(({ source }, index) => `${quoteName(source)}::VARCHAR AS c${index}`);
	return {
		options,
		rows: shown.length === 0 ? [] : engine.rows(`SELECT ${shown.join(', ')} FROM ${relation.sql} LIMIT 100`),
		rejects: [],
		rowEstimate: relation.rowCount,
		exact: true,
		tables: [],
		notes: [],
		recordPaths: []
	};
}

type Copying = {
	readonly options: IngestOptions;
	/** Of the columns as they come. */
	readonly types: readonly string[];
	readonly filters?: readonly RowFilter[] | undefined;
};

/** Copies slices of rows into a table; rows whose value does not fit an asked-for type are rejected with their number. */
export class SliceCopier {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly #engine: Engine;
	readonly #kept: readonly { readonly from: string; readonly name: string; readonly type: string }[];
	readonly #columns: string;
	readonly #misfit: string | null;
	readonly #wanted: string | null;

	constructor(engine: Engine, { options, types, filters = [] }: Copying) {
		this.#engine = engine;
		const kept = options.columns.flatMap(({ source: from, name, type }, index) =>
			type === null ? [] : [{ from, name, type, own: types[index] ?? type }]
		);
		this.#kept = kept;
		this.table = new TableWriter(
			engine,
			kept.map(({ name, type }) => ({ name, type }))
		);
		this.rejects = new Rejects(engine);
		// A struct is cast by the names of its members, and what the other type does not name would be gone.
		const cast = kept.map(({ from, type, own }) =>
			type === own
				? quoteName(from)
				: lacksMembers(type, own)
					? `NULL::${type}`
					: `TRY_CAST(${quoteName(from)} AS ${type})`
		);
		const misfits = kept.flatMap(({ from, type, own }, index) => {
			if (type === own) return [];
			const [value, made] = [quoteName(from), cast[index] ?? 'NULL'];
			const isLost = `WHEN ${value} IS NOT NULL AND ${made} IS NULL THEN ${index}`;
			const isLoose = /\bJSON\b/.test(own) && /[[(]/.test(type);
			return isLoose ? [isLost, `WHEN ${valueCountSql(value)} <> ${valueCountSql(made)} THEN ${index}`] : [isLost];
		});
		this.#misfit = misfits.length === 0 ? null : `CASE ${misfits.join(' ')} END`;
		this.#wanted = filtersSql(filters);
		this.#columns = kept.map(({ name }, index) => `${cast[index]} AS ${quoteName(name)}`).join(', ');
	}

	get width(): number {
		return this.#kept.length;
	}

	/** `from` has the rows behind the first `at`. */
	copy(from: string, at: number): void {
		const [misfit, wanted] = [this.#misfit, this.#wanted];
		const slice = wanted === null ? from : `(SELECT * FROM ${from} WHERE ${wanted})`;
		if (misfit === null) {
			this.table.write(`SELECT ${this.#columns} FROM ${slice}`);
			return;
		}
		this.table.write(`SELECT ${this.#columns} FROM ${slice} WHERE ${misfit} IS NULL`);
		const bad = this.#engine.query(
			`SELECT n, bad, text FROM (SELECT row_number() OVER () AS n, ${misfit} AS bad, s::VARCHAR AS text FROM ${slice} s) WHERE bad IS NOT NULL`
		);
		this.rejects.add(
			bad.map((row) => {
				const column = this.#kept[Number(row.bad)];
				return {
					line: at + Number(row.n),
					column: column?.name ?? null,
					reason: `the value is no ${column?.type ?? ''}`,
					text: String(row.text).slice(0, 2000)
				};
			})
		);
	}
}

/** How many values are within one that is nested. Of JSON, the engine makes nothing of a value that its place does not take. */
function valueCountSql(nested: string): string {
	const json = `to_json(${nested})`;
	const valid = `CASE WHEN json_valid(${json}) THEN ${json} END`;
	return `(SELECT count(*) FROM json_tree(${valid}) AS one WHERE one.type NOT IN ('OBJECT', 'ARRAY', 'NULL'))`;
}

export function readRelation(
	engine: Engine,
	{ relation, source, ...copying }: Copying & { readonly relation: Relation; readonly source: Source },
	onProgress: (progress: IngestProgress) => void
): ReadTable {
	const copier = new SliceCopier(engine, copying);
	const { table, rejects } = copier;
	const fitting = Math.min(
		Math.floor(SLICE_CELLS / Math.max(copier.width, 1)),
		Math.floor(SLICE_BYTES / Math.max(relation.rowBytes, 1))
	);
	const step = fitting < SEGMENT_ROWS ? Math.max(2048, fitting) : fitting - (fitting % SEGMENT_ROWS);
	for (let at = 0; at < relation.rowCount; at += step) {
		copier.copy(relation.slice(at, step), at);
		const share = Math.min(at + step, relation.rowCount) / relation.rowCount;
		const totalBytes = source.blob.size;
		onProgress({ readBytes: Math.round(totalBytes * share), totalBytes, rowCount: table.rowCount });
	}
	return { table, rejects, options: copying.options, sha256: null };
}

export async function guessParquet(engine: Engine, source: Source, overrides: IngestOverrides): Promise<Preview> {
	const relation = await openParquet(engine, source);
	try {
		return guessRelation(engine, relation, parquetOptions(source, planRelation(engine, relation, overrides)));
	} finally {
		relation.drop();
	}
}

export async function readParquet(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	{ onProgress }: Pick<ReadContext, 'onProgress'>
): Promise<ReadTable> {
	const relation = await openParquet(engine, source);
	try {
		const planned = planRelation(engine, relation, overrides);
		const options = parquetOptions(source, planned);
		const { filters } = overrides;
		return readRelation(engine, { relation, source, options, types: planned.types, filters }, onProgress);
	} finally {
		relation.drop();
	}
}

export const parquetOptions = (source: Source, { columns }: Planned): IngestOptions => ({
	format: 'parquet',
	compression: source.compression,
	csv: null,
	json: null,
	excel: null,
	columns
});
