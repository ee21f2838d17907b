// DuckDB itself in plain Node, behind the engine's interface: rows are real, and what is stored of a table is its sorted rows as text.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '#core/result.ts';
import type { VersionId } from '#core/ids.ts';
import { PURE_FUNCTIONS_SQL } from '#core/pipeline/repeatable.ts';
import { decodeRows } from '#core/sql/arrow-rows.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import { HELD_SCHEMA } from '#core/sql/held.ts';
import { quoteName } from '#core/sql/quote.ts';
import type { Relation } from '#core/sql/relation.ts';
import type { EngineApi, WrittenTable } from '#workers/engine/api.ts';
import type { Column } from '#core/version/version.ts';
import { parquetOf } from './unit/parquet.ts';

type Blocking = {
	readonly createDuckDB: (bundles: object, logger: object, runtime: object) => Promise<Database>;
	readonly VoidLogger: new () => object;
	readonly NODE_RUNTIME: object;
};
type Database = {
	instantiate(onProgress: () => void): Promise<unknown>;
	open(config: object): void;
	connect(): { readonly conn?: number; readonly _conn?: number };
	runQuery(connection: number, sql: string): Uint8Array<ArrayBuffer>;
};

export type NodeEngine = {
	readonly api: Partial<EngineApi>;
	/** Rows of a query over what is in the database itself. */
	rows(sql: string): readonly Record<string, unknown>[];
	/** Begins with an empty database: thousands of tables would fill the engine's memory. */
	fresh(): void;
	/** The table that a written version's rows are in. */
	tableOf(statistics: readonly { readonly min: string | null }[]): string;
};

/** `findTable` names the table of a stored version, as `tableOf` does. */
export async function nodeEngine(findTable: (version: VersionId) => Promise<string>): Promise<NodeEngine> {
	const duck = createRequire(import.meta.url)('@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs') as Blocking;
	const wasm = join(
		dirname(createRequire(import.meta.url).resolve('@duckdb/duckdb-wasm/dist/duckdb-eh.wasm')),
		'duckdb-eh.wasm'
	);
	const bundle = { mainModule: wasm, mainWorker: '' };
	const database = await duck.createDuckDB({ mvp: bundle, eh: bundle }, new duck.VoidLogger(), duck.NODE_RUNTIME);
	await database.instantiate(() => undefined);
	database.open({ query: { castBigIntToDouble: false } });
	const connected = database.connect();
	const connection = connected._conn ?? connected.conn ?? 0;
	const arrow = (sql: string): Uint8Array<ArrayBuffer> => database.runQuery(connection, sql);
	// Nothing is fetched; so there are no time zones either, which an extension brings.
	arrow('SET autoload_known_extensions = false');
	arrow(`CREATE SCHEMA ${HELD_SCHEMA}`);
	const pureFunctions = arrow(PURE_FUNCTIONS_SQL.replace("current_setting('TimeZone')", "'UTC'"));
	const answer = (sql: string): Uint8Array<ArrayBuffer> => (sql === PURE_FUNCTIONS_SQL ? pureFunctions : arrow(sql));
	const rows = (sql: string): readonly Record<string, unknown>[] => decodeRows(arrow(sql));
	const asked = new Map<string, { readonly sql: string; readonly relations: readonly Relation[] }>();
	const tables = new Set<string>();
	const viewed = new Map<string, VersionId>();
	let databases = 0;
	const look = async (relations: readonly Relation[]): Promise<void> => {
		for (const { name, version } of relations) {
			if (viewed.get(name) === version) continue;
			arrow(`CREATE OR REPLACE VIEW ${quoteName(name)} AS SELECT * FROM ${quoteName(await findTable(version))}`);
			viewed.set(name, version);
		}
	};
	const told = async <T>(work: () => Promise<T>): Promise<Result<T, SqlFailure>> => {
		try {
			return ok(await work());
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			return err({ kind: 'sql-error', type: 'Binder', message, position: null, candidates: [] });
		}
	};
	const columnsOf = (sql: string): readonly Column[] =>
		rows(`DESCRIBE ${sql}`).map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
	const write = (sql: string): WrittenTable => {
		arrow(`CREATE OR REPLACE TABLE written AS ${sql}`);
		const schema = columnsOf('written');
		const lines = rows('SELECT * FROM written ORDER BY ALL').map((row) => JSON.stringify(Object.values(row)));
		const text = JSON.stringify([schema, lines]);
		const name = `t_${createHash('sha256').update(text).digest('hex')}`;
		if (!tables.has(name)) arrow(`ALTER TABLE written RENAME TO ${name}`);
		tables.add(name);
		const bytes = new TextEncoder().encode(text);
		return {
			schema,
			statistics: schema.map(({ name: column }) => ({ column, nullCount: 0, min: name, max: name })),
			rowCount: lines.length,
			files: [{ rowCount: lines.length, blob: parquetOf([schema.map(() => bytes)], lines.length) }]
		};
	};
	return {
		rows,
		fresh: () => {
			arrow(`ATTACH ':memory:' AS fresh${++databases}`);
			arrow(`USE fresh${databases}`);
			arrow(`CREATE SCHEMA ${HELD_SCHEMA}`);
			if (databases > 1) arrow(`DETACH fresh${databases - 1}`);
			tables.clear();
			viewed.clear();
		},
		tableOf: ([first]) => first?.min ?? '',
		api: {
			open: () => Promise.resolve(ok({ version: 'DuckDB in Node' })),
			run: ({ id, sql, relations }) =>
				told(async () => {
					await look(relations);
					asked.set(id, { sql, relations });
					return { columns: [], rowCount: 0, elapsedMs: 0, sizeBytes: 0 };
				}),
			arrow: (id) => told(() => Promise.resolve(answer(asked.get(id)?.sql ?? ''))),
			answer: ({ sql, relations }) =>
				told(async () => {
					await look(relations);
					return answer(sql);
				}),
			describe: ({ sql, relations }) =>
				told(async () => {
					await look(relations);
					return columnsOf(sql);
				}),
			write: ({ sql, relations }) =>
				told(async () => {
					await look(relations);
					return write(sql);
				}),
			release: (id) => {
				asked.delete(id);
				return Promise.resolve();
			}
		}
	};
}
