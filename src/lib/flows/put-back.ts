// Puts the rows of a version into the table that a connection reads: by its key, in one transaction of the database, and only when it is asked to.
import type { Failure } from '../core/failure.ts';
import { resultId } from '../core/ids.ts';
import { PUT_BYTES } from '../core/contract/database.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { isOfDatabase } from '../core/source/connection.ts';
import type { SqlConnection, SqlKind } from '../core/source/sql/sql-connection.ts';
import { findConnection, knownSecrets } from './connections.ts';
import type { DatabaseNet } from './database-net.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { openDatabases } from './open-database.ts';
import { answerSql, describeSql } from './run-sql.ts';
import { serverOf } from './sql-reader.ts';

export type PutBackInput = {
	/** A connection's name. */
	readonly name: string;
	/** A dataset's name, or `name@version`. */
	readonly dataset: string;
	readonly signal?: AbortSignal | undefined;
};

/** What would be put where. */
export type PutBackPlan = {
	readonly place: string;
	readonly table: string;
	readonly columns: readonly string[];
	readonly key: readonly string[];
	readonly rowCount: number;
};
export type PutBackReport = PutBackPlan & { readonly addedCount: number; readonly changedCount: number };

/** Changes nothing. */
export async function planPutBack(input: PutBackInput, effects: Effects): Promise<Result<PutBackPlan, Failure>> {
	const prepared = await prepare(input, effects);
	return prepared.ok ? ok(prepared.value.plan) : prepared;
}

export async function putBack(input: PutBackInput, effects: Effects): Promise<Result<PutBackReport, Failure>> {
	return asJob(effects.jobs, `Put ${input.dataset} back by ${input.name}`, input.signal, async (job) => {
		const prepared = await prepare({ ...input, signal: job.signal }, effects);
		if (!prepared.ok) return prepared;
		const { plan, connection, net, server } = prepared.value;
		const { columns, key, rowCount } = plan;
		const id = resultId(`put-${effects.randomId()}`);
		const from = rowsSql(input.dataset, prepared.value.types, connection.kind);
		const sized = await answerSql(
			{ id, sql: `SELECT sum(strlen(line)) AS size FROM (${from})`, signal: job.signal },
			effects
		);
		if (!sized.ok) return sized;
		// Commas and brackets beside the rows.
		if (Number(sized.value[0]?.['size'] ?? 0) + rowCount + 2 > PUT_BYTES)
			return err({ kind: 'put-too-large', rowCount });
		const sql = `SELECT '[' || coalesce(string_agg(line, ','), '') || ']' AS lines FROM (${from})`;
		const answered = await answerSql({ id, sql, signal: job.signal }, effects);
		if (!answered.ok) return answered;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		const { source } = connection;
		if (source?.kind !== 'table') return err({ kind: 'not-writable', connection: input.name });
		const lines = answered.value[0]?.['lines'];
		const rows = typeof lines === 'string' ? lines : '[]';
		const done = await net.put(server, { into: source, columns: [...columns], key: [...key], rows });
		return done.ok ? ok({ ...plan, ...done.value }) : done;
	});
}

type Prepared = {
	readonly plan: PutBackPlan;
	readonly connection: SqlConnection;
	readonly net: DatabaseNet;
	readonly server: Parameters<DatabaseNet['put']>[0];
	readonly types: readonly { readonly name: string; readonly type: string }[];
};

async function prepare({ name, dataset, signal }: PutBackInput, effects: Effects): Promise<Result<Prepared, Failure>> {
	const found = await findConnection(name, effects);
	if (!found.ok) return found;
	const { connection } = found.value;
	if (!isOfDatabase(connection) || !connection.mayWrite || connection.source?.kind !== 'table')
		return err({ kind: 'not-writable', connection: name });
	const secrets = await knownSecrets(found.value, effects);
	if (!secrets.ok) return secrets;
	const server = serverOf({ connection, secrets: secrets.value });
	if (!server.ok) return server;
	const databases = await openDatabases(effects);
	if (!databases.ok) return databases;
	const net = databases.value;
	const tables = await net.tables(server.value, signal);
	if (!tables.ok) return tables;
	const { schema, name: tableName } = connection.source;
	const table = tables.value.find((one) => one.schema === schema && one.name === tableName);
	const { place } = connection;
	if (!table) return err({ kind: 'database-failed', place, reason: 'no-table', code: null, words: null });
	const id = resultId(`put-${effects.randomId()}`);
	const sql = `SELECT * FROM ${relationSql(dataset)}`;
	const types = await describeSql({ id, sql, signal }, effects);
	if (!types.ok) return types;
	const columns = types.value.map((column) => column.name);
	const key = connection.load.key.length > 0 ? connection.load.key : keyOf(table);
	if (key.length === 0) return err({ kind: 'no-key' });
	const unknown =
		columns.find((column) => !table.columns.some((one) => one.name === column)) ??
		key.find((one) => !columns.includes(one));
	if (unknown !== undefined) return err({ kind: 'unknown-column', column: unknown });
	const counted = await answerSql(
		{ id, sql: `SELECT count(*)::DOUBLE AS n FROM ${relationSql(dataset)}`, signal },
		effects
	);
	if (!counted.ok) return counted;
	const rowCount = Number(counted.value[0]?.['n'] ?? 0);
	const plan = { place, table: `${schema}.${tableName}`, columns, key, rowCount };
	return ok({ plan, connection, net, server: server.value, types: types.value });
}

function keyOf({
	columns
}: {
	readonly columns: readonly { readonly name: string; readonly isKey: boolean }[];
}): readonly string[] {
	return columns.filter(({ isKey }) => isKey).map(({ name }) => name);
}

/** As queries name it. */
function relationSql(dataset: string): string {
	const [, name = dataset, version] = /^(.+?)(?:@([\w.:-]+))?$/.exec(dataset) ?? [];
	return version === undefined ? quoteName(name) : `${quoteName(name)}@${version}`;
}

/** A row a line of JSON; bytes as `\x` and their hex. */
function rowsSql(dataset: string, types: Prepared['types'], kind: SqlKind): string {
	const columns = types.map(({ name, type }) => {
		const column = quoteName(name);
		// MySQL has no lists: they go into a text or a column of JSON.
		if (kind === 'mysql' && /\]$|^(?:STRUCT|MAP|JSON)/.test(type)) return `to_json(${column})::VARCHAR AS ${column}`;
		return type === 'BLOB' ? `'\\x' || hex(${column}) AS ${column}` : column;
	});
	return `SELECT to_json(t)::VARCHAR AS line FROM (SELECT ${columns.join(', ')} FROM ${relationSql(dataset)}) AS t`;
}
