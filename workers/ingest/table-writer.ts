// Writes query results as Parquet blobs and gathers their statistics. Holds no file inside the engine longer than needed.
import { quoteName, quoteText } from '#core/ingest/cast-sql.ts';
import { isShort, segmentParquet, STORED_PARQUET } from '#core/parquet/writer.ts';
import { USUAL_WRITER } from '#core/version/layout.ts';
import type { Column, ColumnStatistics } from '#core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Engine, Row } from './engine.ts';

/** One Parquet file, and the bounds its footer tells. */
export type WrittenFile = { readonly rowCount: number; readonly blob: Blob; readonly bounds: readonly Bound[] };

/** A text with the extremes of more columns takes long to plan. */
const COLUMNS_A_QUERY = 200;

type Bound = {
	readonly column: string;
	readonly nulls: number | null;
	readonly min: string | null;
	readonly max: string | null;
};

/** Runs `select` into a file; throws what the engine throws. */
export function writeFile(engine: Engine, select: string): WrittenFile {
	const written = engine.parquetOf(select, STORED_PARQUET);
	return asFile(engine, written, (name) => {
		const rowCount = Number(engine.query(`SELECT num_rows AS n FROM parquet_file_metadata('${name}')`)[0]?.n ?? 0);
		if (rowCount === 0) return { rowCount, blob: written, bounds: [] };
		if (!isShort(USUAL_WRITER, rowCount)) return { rowCount, blob: written, bounds: boundsOf(engine, name) };
		const blob = engine.parquetOf(`FROM read_parquet('${name}')`, segmentParquet(USUAL_WRITER, rowCount));
		return { rowCount, blob, bounds: asFile(engine, blob, (again) => boundsOf(engine, again)) };
	});
}

function asFile<T>(engine: Engine, blob: Blob, use: (name: string) => T): T {
	const name = engine.freshName('parquet');
	engine.handle(name, blob);
	try {
		return use(name);
	} finally {
		engine.drop(name);
	}
}

function boundsOf(engine: Engine, file: string): Bound[] {
	const found = engine.query(
		`SELECT path_in_schema AS "column", sum(stats_null_count) AS nulls,
			count(stats_null_count) = count(*) AS counted,
			list(coalesce(stats_min_value, stats_min)) AS mins, list(coalesce(stats_max_value, stats_max)) AS maxs
		 FROM parquet_metadata('${file}') GROUP BY ALL`
	);
	return found.flatMap((row) => {
		const mins = textsOf(row.mins);
		const maxs = textsOf(row.maxs);
		const nulls = row.counted === true ? Number(row.nulls) : null;
		return Array.from({ length: Math.max(mins.length, 1) }, (_, group) => ({
			column: String(row.column),
			nulls: group === 0 ? nulls : 0,
			min: mins[group] ?? null,
			max: maxs[group] ?? null
		}));
	});
}

export class TableWriter {
	readonly #engine: Engine;
	readonly #schema: readonly Column[];
	readonly #files: { rowCount: number; blob: Blob }[] = [];
	readonly #bounds: Bound[] = [];
	#rowCount = 0;

	constructor(engine: Engine, schema: readonly Column[]) {
		this.#engine = engine;
		this.#schema = schema;
	}

	get rowCount(): number {
		return this.#rowCount;
	}

	/** Runs `select`, whose columns are the schema's, into one more file; throws what the engine throws, then nothing is kept. */
	write(select: string): void {
		this.add(writeFile(this.#engine, select));
	}

	/** The next file, wherever it was written. Of files without rows only a first one is kept. */
	add({ rowCount, blob, bounds }: WrittenFile): void {
		if (rowCount === 0 && this.#files.length > 0) return;
		this.#files.push({ rowCount, blob });
		this.#bounds.push(...bounds);
		this.#rowCount += rowCount;
	}

	/** The table so far; an empty one has a file too, which carries the schema. */
	finish(): WrittenTable {
		if (this.#files.length === 0) {
			const columns = this.#schema.map(({ name, type }) => `NULL::${type} AS ${quoteName(name)}`);
			this.write(`SELECT ${columns.join(', ')} WHERE false`);
		}
		return {
			schema: this.#schema,
			statistics: this.#statistics(),
			rowCount: this.#rowCount,
			files: this.#files
		};
	}

	#statistics(): ColumnStatistics[] {
		const boundsByColumn = Map.groupBy(this.#bounds, ({ column }) => column);
		const statistics: ColumnStatistics[] = [];
		for (let at = 0; at < this.#schema.length; at += COLUMNS_A_QUERY) {
			const columns = this.#schema.slice(at, at + COLUMNS_A_QUERY);
			const extremes = this.#extremes(columns, boundsByColumn);
			for (const [index, { name }] of columns.entries()) {
				const bounds = boundsByColumn.get(name) ?? [];
				const counted = bounds.length > 0 && bounds.every((bound) => bound.nulls !== null);
				statistics.push({
					column: name,
					nullCount: counted ? bounds.reduce((sum, bound) => sum + (bound.nulls ?? 0), 0) : null,
					min: textOf(extremes[`min${index}`]),
					max: textOf(extremes[`max${index}`])
				});
			}
		}
		return statistics;
	}

	/** The least and greatest of each column's bounds as values of its type, in one query; a column of nulls alone has none. */
	#extremes(columns: readonly Column[], boundsByColumn: ReadonlyMap<string, readonly Bound[]>): Row {
		const asked = columns.flatMap(({ name, type }, index) =>
			(['min', 'max'] as const).flatMap((which) => {
				const texts = new Set((boundsByColumn.get(name) ?? []).map((bound) => bound[which]));
				texts.delete(null);
				if (texts.size === 0 || /[[(]/.test(type.replace(/^DECIMAL\([^)]*\)$/, ''))) return [];
				const values = [...texts].map((text) => `TRY_CAST(${quoteText(text ?? '')} AS ${type})`);
				return [`list_${which}([${values.join(', ')}])::VARCHAR AS ${which}${index}`];
			})
		);
		return asked.length === 0 ? {} : (this.#engine.query(`SELECT ${asked.join(', ')}`)[0] ?? {});
	}
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function textsOf(list: unknown): (string | null)[] {
	if (list === null || typeof list !== 'object' || !(Symbol.iterator in list)) return [];
	return Array.from(list as Iterable<unknown>, (text) => (typeof text === 'string' ? text : null));
}
