// Writes query results as Parquet blobs and gathers their statistics. Holds no file inside the engine longer than needed.
import { quoteName, quoteText } from '#core/ingest/cast-sql.ts';
import type { Column, ColumnStatistics } from '#core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Engine } from './engine.ts';

type Bound = {
	readonly column: string;
	readonly nulls: number | null;
	readonly min: string | null;
	readonly max: string | null;
};

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
	write(select: string): number {
		return this.#keep(this.#engine.parquetOf(select));
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

	#keep(blob: Blob): number {
		const file = this.#engine.freshName('parquet');
		this.#engine.handle(file, blob);
		try {
			const rows = this.#measure(file);
			if (rows > 0 || this.#files.length === 0) this.#files.push({ rowCount: rows, blob });
			this.#rowCount += rows;
			return rows;
		} finally {
			this.#engine.drop(file);
		}
	}

	/** Notes the bounds of a file's columns, and gives its row count. */
	#measure(file: string): number {
		const rows = Number(this.#engine.query(`SELECT num_rows AS n FROM parquet_file_metadata('${file}')`)[0]?.n ?? 0);
		if (rows === 0 && this.#files.length > 0) return 0;
		const found = this.#engine.query(
			`SELECT path_in_schema AS "column", sum(stats_null_count) AS nulls,
				count(stats_null_count) = count(*) AS counted,
				list(coalesce(stats_min_value, stats_min)) AS mins, list(coalesce(stats_max_value, stats_max)) AS maxs
			 FROM parquet_metadata('${file}') GROUP BY ALL`
		);
		for (const row of found) {
			const mins = textsOf(row.mins);
			const maxs = textsOf(row.maxs);
			const nulls = row.counted === true ? Number(row.nulls) : null;
			for (let group = 0; group < Math.max(mins.length, 1); group++) {
				this.#bounds.push({
					column: String(row.column),
					nulls: group === 0 ? nulls : 0,
					min: mins[group] ?? null,
					max: maxs[group] ?? null
				});
			}
		}
		return rows;
	}

	#statistics(): ColumnStatistics[] {
		return this.#schema.map(({ name, type }) => {
			const bounds = this.#bounds.filter((bound) => bound.column === name);
			const counted = bounds.length > 0 && bounds.every((bound) => bound.nulls !== null);
			const nullCount = counted ? bounds.reduce((sum, bound) => sum + (bound.nulls ?? 0), 0) : null;
			return {
				column: name,
				nullCount,
				min: this.#extreme(
					'min',
					type,
					bounds.map((bound) => bound.min)
				),
				max: this.#extreme(
					'max',
					type,
					bounds.map((bound) => bound.max)
				)
			};
		});
	}

	/** The least or greatest of texts as values of the type; a file of nulls alone has none. */
	#extreme(which: 'min' | 'max', type: string, texts: readonly (string | null)[]): string | null {
		const known = [...new Set(texts.filter((text) => text !== null))];
		if (known.length === 0 || /[[(]/.test(type.replace(/^DECIMAL\([^)]*\)$/, ''))) return null;
		const values = known.map((text) => `TRY_CAST(${quoteText(text)} AS ${type})`).join(', ');
		const found = this.#engine.query(`SELECT ${which}(v)::VARCHAR AS v FROM (SELECT unnest([${values}]) AS v)`)[0]?.v;
		return typeof found === 'string' ? found : null;
	}
}

function textsOf(list: unknown): (string | null)[] {
	if (list === null || typeof list !== 'object' || !(Symbol.iterator in list)) return [];
	return Array.from(list as Iterable<unknown>, (text) => (typeof text === 'string' ? text : null));
}
