// Gives DuckDB a view for each version a text reads, over Parquet Blobs that are only read where a query looks.
import { WorkspaceDb } from '#lib/db/schema.ts';
import { readTable, type StoredPatches, type TableChoice } from '#lib/db/tables.ts';
import type { VersionId } from '#core/ids.ts';
import { heldTableSql } from '#core/sql/held.ts';
import { quoteName, quoteText } from '#core/sql/quote.ts';
import { numberRanges, type Relation } from '#core/sql/relation.ts';
import { goneSql, patchTableSql, patchedSql, removesOnly, type PatchedTable } from '#core/version/patch-sql.ts';
import type { PatchedRows } from '#core/version/patch.ts';
import type { Column } from '#core/version/version.ts';
import { FailureError } from './attempt.ts';
import type { Duck } from './duck.ts';
import { Job } from './job.ts';

export type RegisteredRows = {
	/** The Parquet file's name in the engine; null when there are no rows. */
	readonly file: string | null;
	readonly rowCount: number;
	/** The stored schema; for refused rows, as their files have it. */
	readonly columns: readonly Column[];
	/** Where segments have patches, or a change of patches asks: then the file's columns are `c0`, `c1`, … */
	readonly patched: { readonly table: PatchedTable; readonly segments: readonly PatchedRows[] } | null;
};

/** Tables of patches that stay in memory although many were used since, and their rows that do. */
const PATCH_TABLES_MIN = 12;
const PATCH_ROWS_MAX = 500_000;

export class Relations {
	readonly #duck: Duck;
	readonly #db = new WorkspaceDb();
	readonly #rows = new Map<string, Promise<RegisteredRows>>();
	/** What each view's name stands for now. */
	readonly #views = new Map<string, string>();
	/** Table in memory by `#key`. */
	readonly #loaded = new Map<string, string>();
	/** Tables of patches by `#key`, the one used last at the end. */
	readonly #patches = new Map<string, { readonly table: string; readonly rowCount: number }>();

	constructor(duck: Duck) {
		this.#duck = duck;
	}

	/** Makes the views that are missing or mean another version by now. */
	async ensure(relations: readonly Relation[]): Promise<void> {
		for (const relation of relations) {
			const source = await this.source(relation);
			if (this.#views.get(relation.name) === source) continue;
			const sql = `CREATE OR REPLACE VIEW main.${quoteName(relation.name)} AS SELECT * FROM ${source}`;
			await this.#duck.using((connection) => this.#duck.execute(connection, sql, new Job()));
			this.#views.set(relation.name, source);
		}
	}

	/** A FROM item with the relation's rows. */
	async source(relation: Relation): Promise<string> {
		const { gone } = relation;
		if (gone) {
			const segments = {
				version: relation.version,
				rows: relation.rows,
				segments: relation.segments,
				form: 'placed'
			} as const;
			const [one, other] = [
				await this.rows({ name: '', ...segments }),
				await this.rows({ name: '', ...segments, ...gone })
			];
			if (one.patched && other.patched) return goneSql(one.patched.table, other.patched.table);
			throw new FailureError({ kind: 'damaged-version', version: relation.version });
		}
		const loaded = this.#loaded.get(keyOf(relation));
		if (loaded !== undefined) return loaded;
		const { file, columns, patched } = await this.rows(relation);
		if (patched) return patchedSql(patched.table, relation.form ?? null);
		if (file !== null) return `read_parquet(${quoteText(file)})`;
		const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`);
		return `(SELECT ${nulls.join(', ')} WHERE false)`;
	}

	/** The files of a relation, registered under names of their own. Fails with damaged-version. */
	rows(relation: Relation): Promise<RegisteredRows> {
		const key = keyOf(relation);
		const known = this.#rows.get(key);
		const used = this.#patches.get(key);
		if (used) {
			this.#patches.delete(key);
			this.#patches.set(key, used);
		}
		if (known) return known;
		const rows = this.#register(relation);
		this.#rows.set(key, rows);
		rows.catch(() => this.#rows.delete(key));
		return rows;
	}

	async load(relation: Relation): Promise<void> {
		const key = keyOf(relation);
		if (this.#loaded.has(key)) return;
		const table = heldTableSql(this.#duck.freshName());
		const sql = `CREATE TABLE ${table} AS SELECT * FROM ${await this.source(relation)}`;
		await this.#duck.using((connection) => this.#duck.execute(connection, sql, new Job()));
		this.#loaded.set(key, table);
	}

	async unload(version: VersionId): Promise<void> {
		for (const rows of ['data', 'rejects'] as const) {
			const key = keyOf({ version, rows });
			const table = this.#loaded.get(key);
			if (table === undefined) continue;
			this.#loaded.delete(key);
			for (const [name, source] of this.#views) if (source === table) this.#views.delete(name);
			await this.#duck.using((connection) => this.#duck.execute(connection, `DROP TABLE ${table}`, new Job()));
		}
	}

	async #register(relation: Relation): Promise<RegisteredRows> {
		const { version: id, rows } = relation;
		const read = await readTable(this.#db, relation);
		if (!read.ok) throw new FailureError({ kind: 'damaged-version', version: id });
		const { version, tree, file, runs, patches } = read.value;
		const columns = rows === 'data' ? version.schema : rejectColumns;
		if (!file || !tree || (tree.rowCount === 0 && !patches)) return { file: null, rowCount: 0, columns, patched: null };
		const name = `versions/${keyOf(relation)}.parquet`;
		this.#duck.registerRuns(name, runs);
		const patched = patches && (await this.#patched(relation, name, patches, columns));
		return { file: name, rowCount: tree.rowCount, columns, patched };
	}

	/**
	 * Note: why patches are held in memory. They are at most a tenth of the rows, but each is a row group of its own, and opening
	 * one takes longer than reading its few rows.
	 */
	async #patched(
		relation: Relation,
		name: string,
		{ file, segments }: StoredPatches,
		schema: readonly Column[]
	): Promise<RegisteredRows['patched']> {
		const facts = { file: name, removesOnly: removesOnly(segments), schema };
		if (!file) return { table: { ...facts, patches: null }, segments };
		const fresh = this.#duck.freshName();
		const [table, source] = [heldTableSql(fresh), `${fresh}.parquet`];
		this.#duck.registerBlob(source, file);
		try {
			const sql = `CREATE TABLE ${table} AS ${patchTableSql(source, segments, facts)}`;
			await this.#duck.using((connection) => this.#duck.execute(connection, sql, new Job()));
		} finally {
			this.#duck.db.dropFile(source);
		}
		const rowCount = segments.reduce((sum, { patchRows }) => sum + patchRows, 0);
		this.#patches.set(keyOf(relation), { table, rowCount });
		await this.#forgetPatches();
		return { table: { ...facts, patches: table }, segments };
	}

	/** Those used longest ago; they are made again when they are asked for. */
	async #forgetPatches(): Promise<void> {
		let rowCount = [...this.#patches.values()].reduce((sum, patches) => sum + patches.rowCount, 0);
		for (const [key, patches] of this.#patches) {
			if (rowCount <= PATCH_ROWS_MAX || this.#patches.size <= PATCH_TABLES_MIN) return;
			rowCount -= patches.rowCount;
			this.#patches.delete(key);
			this.#rows.delete(key);
			for (const [name, source] of this.#views) if (source.includes(patches.table)) this.#views.delete(name);
			await this.#duck.using((connection) => this.#duck.execute(connection, `DROP TABLE ${patches.table}`, new Job()));
		}
	}
}

const rejectColumns: readonly Column[] = [
	{ name: 'line', type: 'BIGINT' },
	{ name: 'column', type: 'VARCHAR' },
	{ name: 'reason', type: 'VARCHAR' },
	{ name: 'text', type: 'VARCHAR' }
];

// Without an equals sign, by which DuckDB would take it for the path of a partition.
function keyOf({ version, rows, unlike, segments, beside, form }: TableChoice): string {
	const choice = [
		...(form === undefined ? [] : [form]),
		...(unlike === undefined ? [] : [`without-${unlike}`]),
		...(segments === undefined ? [] : [numberRanges(segments)]),
		...(beside === undefined
			? []
			: [
					`beside-${beside.version}`,
					numberRanges(beside.segments),
					...beside.columns.map(({ name, from, column }) => `${name ?? ''}-${from}-${column}`)
				])
	];
	return [version, rows, ...choice].join('/');
}
