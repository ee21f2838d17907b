// Gives DuckDB a view for each version a text reads, over Parquet Blobs that are only read where a query looks.
import { WorkspaceDb } from '#lib/db/schema.ts';
import { readTable, type TableChoice } from '#lib/db/tables.ts';
import type { VersionId } from '#core/ids.ts';
import { quoteName, quoteText } from '#core/sql/quote.ts';
import { numberRanges, type Relation } from '#core/sql/relation.ts';
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
};

export class Relations {
	readonly #duck: Duck;
	readonly #db = new WorkspaceDb();
	readonly #rows = new Map<string, Promise<RegisteredRows>>();
	/** What each view's name stands for now. */
	readonly #views = new Map<string, string>();
	/** Table in memory by `#key`. */
	readonly #loaded = new Map<string, string>();

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
		const loaded = this.#loaded.get(keyOf(relation));
		if (loaded !== undefined) return loaded;
		const { file, columns } = await this.rows(relation);
		if (file !== null) return `read_parquet(${quoteText(file)})`;
		const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`);
		return `(SELECT ${nulls.join(', ')} WHERE false)`;
	}

	/** The files of a relation, registered under names of their own. Fails with damaged-version. */
	rows(relation: Relation): Promise<RegisteredRows> {
		const key = keyOf(relation);
		const known = this.#rows.get(key);
		if (known) return known;
		const rows = this.#register(relation);
		this.#rows.set(key, rows);
		rows.catch(() => this.#rows.delete(key));
		return rows;
	}

	async load(relation: Relation): Promise<void> {
		const key = keyOf(relation);
		if (this.#loaded.has(key)) return;
		const table = `weir_held.${quoteName(this.#duck.freshName())}`;
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
		const { version, tree, file } = read.value;
		const columns = rows === 'data' ? version.schema : rejectColumns;
		if (!file || !tree || tree.rowCount === 0) return { file: null, rowCount: 0, columns };
		const name = `versions/${keyOf(relation)}.parquet`;
		this.#duck.registerBlob(name, file);
		return { file: name, rowCount: tree.rowCount, columns };
	}
}

const rejectColumns: readonly Column[] = [
	{ name: 'line', type: 'BIGINT' },
	{ name: 'column', type: 'VARCHAR' },
	{ name: 'reason', type: 'VARCHAR' },
	{ name: 'text', type: 'VARCHAR' }
];

// Without an equals sign, by which DuckDB would take it for the path of a partition.
function keyOf({ version, rows, unlike, segments, beside }: TableChoice): string {
	const choice = [
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
