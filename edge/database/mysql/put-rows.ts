// Puts rows into a table by its key, all of them in one transaction or none. See note: whose row is changed.
//
// Note: whose row is changed. ON DUPLICATE KEY changes the row that any unique index finds, and not that of the key alone. So the key has to be
// a unique index whose columns are never null, and each row that is changed is asked whether it has the key: where it has not, its key would
// become null, which the table refuses.
import { fromSql, quoteIdentifier, writtenLiteral, type MysqlColumn } from './plan-page.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Counts, PutAsked } from '../engine.ts';
import { databaseFailed, type DatabaseFailed } from '../failure.ts';
import { describe } from './describe.ts';
import { run, type Database } from './open.ts';

/** Of one statement, of which servers take 16 MB as usual. */
const STATEMENT_LENGTH = 1024 * 1024;

type Row = Readonly<Record<string, unknown>>;

export async function put(
	database: Database,
	{ into, columns, key, rows }: PutAsked
): Promise<Result<Counts, DatabaseFailed>> {
	const records = recordsOf(rows);
	if (!records) return err(databaseFailed('value'));
	const known = new Map((await describe(database, into)).map((column) => [column.name, column]));
	const unknown = [...columns, ...key].find((name) => !known.has(name));
	if (unknown !== undefined) return err(databaseFailed('no-column', null, unknown));
	const told = await keyProblem(database, { into, key, known });
	if (told) return err(told);
	const literals = columns.map((name) => (row: Row) => literalOf(row[name], known.get(name)));
	const keys = key.map((name) => (row: Row) => literalOf(row[name], known.get(name)));
	const counts = { addedCount: 0, changedCount: 0 };
	const seen = new Set<string>();
	let values: string[] = [];
	let places: string[] = [];
	let length = 0;
	const send = async (): Promise<void> => {
		if (values.length === 0) return;
		const done = await putSome(database, { into, columns, key, values, places });
		counts.addedCount += done.addedCount;
		counts.changedCount += done.changedCount;
		[values, places, length] = [[], [], 0];
	};
	for (const row of records) {
		const place = `(${keys.map((literal) => literal(row)).join(', ')})`;
		if (seen.has(place)) return err(databaseFailed('conflict'));
		seen.add(place);
		const value = `(${literals.map((literal) => literal(row)).join(', ')})`;
		values.push(value);
		places.push(place);
		length += value.length;
		if (length > STATEMENT_LENGTH) await send();
	}
	await send();
	return ok(counts);
}

type Some = Pick<PutAsked, 'into' | 'columns' | 'key'> & {
	readonly values: readonly string[];
	readonly places: readonly string[];
};

async function putSome(database: Database, { into, columns, key, values, places }: Some): Promise<Counts> {
	const names = key.map(quoteIdentifier);
	const others = columns.filter((name) => !key.includes(name)).map(quoteIdentifier);
	const counted = await run(
		database,
		`SELECT COUNT(*) FROM ${fromSql(into)} WHERE (${names.join(', ')}) IN (${places.join(', ')}) FOR UPDATE`
	);
	const changedCount = Number(new TextDecoder().decode(counted.rows[0]?.[0] ?? new Uint8Array()));
	const changes = [
		...names.map((name) => `${name} = IF(${name} <=> VALUES(${name}), ${name}, NULL)`),
		...others.map((name) => `${name} = VALUES(${name})`)
	];
	const table = `${quoteIdentifier(into.schema)}.${quoteIdentifier(into.name)}`;
	const list = columns.map(quoteIdentifier).join(', ');
	await run(
		database,
		`INSERT INTO ${table} (${list}) VALUES ${values.join(', ')} ON DUPLICATE KEY UPDATE ${changes.join(', ')}`
	);
	return { addedCount: values.length - changedCount, changedCount };
}

type Keyed = Pick<PutAsked, 'into' | 'key'> & { readonly known: ReadonlyMap<string, MysqlColumn> };

async function keyProblem(database: Database, { into, key, known }: Keyed): Promise<DatabaseFailed | null> {
	const [schema, name] = [into.schema, into.name].map((text) => writtenLiteral(text));
	const { rows } = await run(
		database,
		`SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
		WHERE NON_UNIQUE = 0 AND TABLE_SCHEMA = ${schema} AND TABLE_NAME = ${name}`
	);
	const decoder = new TextDecoder();
	const indexes = new Map<string, (string | null)[]>();
	for (const [index, column, part] of rows) {
		const place = decoder.decode(index ?? undefined);
		// Of a part of a column it says nothing of the whole.
		indexes.set(place, [...(indexes.get(place) ?? []), part ? null : decoder.decode(column ?? undefined)]);
	}
	const isUnique = [...indexes.values()].some(
		(columns) => columns.length === key.length && columns.every((one) => one !== null && key.includes(one))
	);
	const nullable = key.find((one) => known.get(one)?.isNullable);
	const names = key.join(', ');
	if (!isUnique) return databaseFailed('query', null, `no unique index of ${names}`);
	return nullable === undefined ? null : databaseFailed('query', null, `${nullable} may be null, and is no key`);
}

function literalOf(value: unknown, column: MysqlColumn | undefined): string {
	if (value === null || value === undefined) return 'NULL';
	if (typeof value === 'boolean' && column?.type.name !== 'json') return value ? '1' : '0';
	return writtenLiteral(typeof value === 'string' ? value : JSON.stringify(value), column?.type);
}

type WithSource = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

/** Null where it is no array of objects. A number that is not kept exactly is its text. */
function recordsOf(rows: string): readonly Row[] | null {
	const exact: WithSource = (_key, value, context) =>
		typeof value === 'number' && context?.source !== undefined && !Number.isSafeInteger(value) ? context.source : value;
	try {
		const parsed: unknown = JSON.parse(rows, exact);
		const isRow = (one: unknown): boolean => typeof one === 'object' && one !== null && !Array.isArray(one);
		return Array.isArray(parsed) && parsed.every(isRow) ? (parsed as Row[]) : null;
	} catch {
		return null;
	}
}
