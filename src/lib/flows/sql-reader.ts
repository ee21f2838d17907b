// Reads a SQL connection through the edge: what tables there are, a first look, and rows page by page or all at once. See note: how pages follow.
//
// Note: how pages follow. Rows are asked for in the order of a column (or of the key), so many at once and those that have the same value as the
// last, so that a page ends between two values. The next one begins behind that value: no row that is added or changed meanwhile moves others
// from one page to another, and where a load was ended it goes on. Null values stand at the end, all on one page.
import type { Failure } from '../core/failure.ts';
import type { DatabaseServer } from '../core/contract/database.ts';
import { columnNames } from '../core/ingest/column-names.ts';
import type { CsvOptions } from '../core/ingest/options.ts';
import { err, ok, type Result } from '../core/result.ts';
import { onlyMembers } from '../core/source/rest/json-slices.ts';
import type { Mark } from '../core/source/rest/page.ts';
import { orderOf, type SqlConnection } from '../core/source/sql/sql-connection.ts';
import type { DatabaseNet, DatabaseTable, RowsAnswered, RowsAsked } from './database-net.ts';
import type {
	ReadFrom,
	SourceBatch,
	SourceEntry,
	SourceFacts,
	SourceFile,
	SourceReader,
	SourceRows
} from './source-reader.ts';

export type SqlReaderInput = {
	readonly connection: SqlConnection;
	/** By name, see the connection's `secrets`. */
	readonly secrets: ReadonlyMap<string, string>;
	readonly signal: AbortSignal;
	/** Of a page, at least. */
	readonly pageRows?: number;
};

const SHOWN_ROWS = 20;
const PAGE_ROWS = 20_000;

type After = NonNullable<RowsAsked['after']>;

export class SqlReader implements SourceReader {
	readonly #input: SqlReaderInput;
	readonly #net: DatabaseNet;
	#requests = 0;
	#tables: readonly DatabaseTable[] | null = null;

	constructor(input: SqlReaderInput, net: DatabaseNet) {
		this.#input = input;
		this.#net = net;
	}

	get isByMark(): boolean {
		const { since, load } = this.#input.connection;
		return since !== null && load.mode !== 'full';
	}

	get counts() {
		return { requests: this.#requests, retries: 0, waitedMs: 0 };
	}

	async list(): Promise<Result<readonly SourceEntry[], Failure>> {
		const server = serverOf(this.#input);
		if (!server.ok) return server;
		this.#requests++;
		const tables = await this.#net.tables(server.value, this.#input.signal);
		if (!tables.ok) return tables;
		this.#tables = tables.value;
		return ok(
			tables.value.map(({ schema, name, kind, rowEstimate, columns }) => ({
				name: `${schema}.${name}`,
				kind,
				rowCount: rowEstimate,
				sizeBytes: null,
				columns
			}))
		);
	}

	async describe(): Promise<Result<SourceFacts, Failure>> {
		const { source } = this.#input.connection;
		// Until one is chosen there is nothing to look at but what there is.
		if (!source) return ok({ first: { kind: 'rows', rows: [], keys: [], marks: [] }, total: null, paging: null });
		const answered = await this.#rows({ columns: this.#wanted, limit: SHOWN_ROWS });
		if (!answered.ok) return answered;
		const { content } = await pageOf(answered.value, this.#input.connection, null);
		const known =
			source.kind === 'table'
				? this.#tables?.find(({ schema, name }) => schema === source.schema && name === source.name)
				: undefined;
		return ok({ first: content, total: known?.rowEstimate ?? null, paging: null });
	}

	async *read({ position, batches, since, columns }: ReadFrom): AsyncGenerator<Result<SourceBatch, Failure>> {
		const { connection, pageRows = PAGE_ROWS } = this.#input;
		const order = orderOf(connection);
		const chosen = await this.#chosen(columns);
		if (!chosen.ok) {
			yield chosen;
			return;
		}
		if (order.length === 0) {
			yield await this.#whole(batches + 1, chosen.value);
			return;
		}
		let after = position === null ? startAt(since) : (JSON.parse(position) as After | null);
		for (let number = batches + 1; ; number++) {
			const here = JSON.stringify(after);
			const asked = { columns: chosen.value, order: [...order], after, limit: pageRows };
			const answered: Result<RowsAnswered, Failure> = await this.#rows(asked);
			const wrong: Failure | null = answered.ok ? unordered(answered.value, connection) : answered.error;
			if (!answered.ok || wrong) {
				yield err(wrong ?? { kind: 'cancelled' });
				return;
			}
			const { content, last } = await pageOf(answered.value, connection, columns);
			const isNull = last?.includes(null) ?? false;
			if (isNull && !connection.since) {
				yield err({ kind: 'no-mark', field: order.join(', '), page: number });
				return;
			}
			const isLast = last === null || isNull || answered.value.rowCount < pageRows;
			yield ok({ content, number, position: here, isLast });
			if (isLast) return;
			after = { values: last.map(String), isFrom: false };
		}
	}

	/** What rows are told apart and ordered by is read whether or not it is chosen; null reads all. */
	get #wanted(): string[] | null {
		const { columns, load, since } = this.#input.connection;
		return columns && [...new Set([...columns, ...load.key, ...(since ? [since.field] : [])])];
	}

	/** Those that are wanted, and that the dataset has; what rows are ordered by besides. */
	async #chosen(columns: readonly string[] | null): Promise<Result<string[] | null, Failure>> {
		if (columns === null) return ok(this.#wanted);
		const answered = await this.#rows({ columns: this.#wanted, limit: 1 });
		if (!answered.ok) return answered;
		const needed = new Set([...columns, ...orderOf(this.#input.connection)]);
		return ok(answered.value.columns.map(({ name }) => name).filter((name) => needed.has(name)));
	}

	async #whole(number: number, columns: string[] | null): Promise<Result<SourceBatch, Failure>> {
		const answered = await this.#rows({ columns, format: 'any' });
		if (!answered.ok) return answered;
		const name = this.#input.connection.place.replace(/^.*\//, '');
		const content: SourceFile = { kind: 'file', highest: null, ...fileOf(answered.value, name) };
		return ok({ content, number, position: 'null', isLast: true });
	}

	async #rows(asked: Omit<RowsAsked, 'from' | 'filters'>): Promise<Result<RowsAnswered, Failure>> {
		const { connection, signal } = this.#input;
		const { source, filters, place } = connection;
		const server = serverOf(this.#input);
		if (!server.ok) return server;
		if (!source) return err({ kind: 'no-table-chosen', place });
		this.#requests++;
		return this.#net.rows(server.value, { ...asked, from: source, filters: filtersOf(filters) }, signal);
	}
}

export function serverOf({
	connection,
	secrets
}: Pick<SqlReaderInput, 'connection' | 'secrets'>): Result<DatabaseServer, Failure> {
	const { kind: engine, host, port, database, user, tls } = connection;
	const [needed] = connection.secrets;
	const password = needed && secrets.get(needed.name);
	if (needed && password === undefined)
		return err({ kind: 'secret-missing', secret: needed.name, origin: needed.origin });
	return ok({ engine, host, port, database, user, tls, password: password ?? '' });
}

function filtersOf(filters: SqlConnection['filters']): NonNullable<RowsAsked['filters']> {
	return filters.map(({ column, op, values }) => ({ column, op, values: values.map(String) }));
}

function startAt(since: Mark | null): After | null {
	return since === null ? null : { values: [String(since)], isFrom: true };
}

function typesOf({ columns }: RowsAnswered): Readonly<Record<string, string>> {
	return Object.fromEntries(columns.map(({ name, type }) => [name, type]));
}

/** A file that import reads by what the database said of it, without a guess. */
function fileOf(answered: RowsAnswered, name: string): Pick<SourceFile, 'name' | 'blob' | 'overrides'> {
	const { rows, rowCount, columns, format } = answered;
	// Lines of JSON without a record tell of no column.
	if (format === 'ndjson' && rowCount > 0)
		return { name: `${name}.ndjson`, blob: rows, overrides: { format, types: typesOf(answered) } };
	// As import reads a header: of a name that it would change, the column's own is told beside.
	const given = columns.map((column) => column.name);
	const sources = columnNames(given, given.length);
	const header = sources.map((source) => `"${source.replaceAll('"', '""')}"`).join(',');
	const types = Object.fromEntries(columns.map(({ type }, index) => [sources[index] ?? '', type]));
	const changed = sources.flatMap((source, index) => (source === given[index] ? [] : [[source, given[index] ?? '']]));
	const names = Object.fromEntries(changed) as Readonly<Record<string, string>>;
	return {
		name: `${name}.csv`,
		blob: new Blob([`${header}\n`, rows]),
		overrides: { format: 'csv', csv: asWritten, types, names }
	};
}

/** As databases write it. */
const asWritten: CsvOptions = {
	...{ delimiter: ',', quote: '"', escape: '"', encoding: 'utf-8', header: true, skipLines: 0, comment: '' },
	...{ emptyTexts: true, nullTexts: [], decimal: '.', dateFormat: null, timestampFormat: null }
};

/** Numbers with a point travel as texts, and are not compared here. */
const isOrdered = /^(?:TINYINT|SMALLINT|INTEGER|BIGINT|DATE|TIMESTAMP.*|VARCHAR|UUID|DECIMAL\(\d+, 0\))$/;

function unordered({ columns }: RowsAnswered, { since }: SqlConnection): Failure | null {
	const type = columns.find(({ name }) => name === since?.field)?.type;
	return !since || type === undefined || isOrdered.test(type)
		? null
		: { kind: 'mark-unordered', field: since.field, type };
}

type PageRead = { readonly content: SourceRows; readonly last: readonly (string | null)[] | null };

/** `last` has the values of the last row by which rows are ordered; null of an empty page. */
async function pageOf(
	answered: RowsAnswered,
	connection: SqlConnection,
	columns: readonly string[] | null
): Promise<PageRead> {
	const { load, since } = connection;
	const lines = (await answered.rows.text()).split('\n').filter((line) => line !== '');
	const records = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
	const kept = columns && new Set(columns);
	const isWider = kept && answered.columns.some(({ name }) => !kept.has(name));
	const valueOf = (record: Readonly<Record<string, unknown>> | undefined, name: string): string | number | null => {
		const value = record?.[name];
		return typeof value === 'string' || typeof value === 'number' ? value : null;
	};
	const last = records.at(-1);
	return {
		content: {
			kind: 'rows',
			rows: isWider ? lines.map((line) => onlyMembers(line, kept)) : lines,
			keys:
				load.key.length === 0 ? [] : records.map((one) => JSON.stringify(load.key.map((name) => one[name] ?? null))),
			marks: since ? records.map((record) => valueOf(record, since.field)) : [],
			types: typesOf(answered)
		},
		last: last ? orderOf(connection).map((name) => valueOf(last, name)?.toString() ?? null) : null
	};
}
