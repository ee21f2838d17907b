// Puts rows into a table by its key, all of them in one transaction or none. See note: whose row is changed.
//
// Note: whose row is changed. ON DUPLICATE KEY changes the row that any unique index finds, and not that of the key alone. So the key has to be
// a unique index whose columns are never null, and each row that is changed is asked whether it has the key: where it has not, its key would
// become null, which the table refuses.
import { comparedSql, fromSql, quoteIdentifier, writtenLiteral, type MysqlColumn } from './plan-page.ts';
import { exactSql, LONGITUDE_FIRST } from './types.ts';
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
	{ into, columns: asked, key, rows }: PutAsked
): Promise<Result<Counts, DatabaseFailed>> {
	const records = recordsOf(rows);
	if (!records) return err(databaseFailed('value'));
	const known = new Map((await describe(database, into)).map((column) => [column.name, column]));
	const unknown = [...asked, ...key].find((name) => !known.has(name));
	if (unknown !== undefined) return err(databaseFailed('no-column', null, unknown));
	const told = await keyProblem(database, { into, key, known });
	if (told) return err(told);
	const catalogued = await catalogue(database, into);
	// What the database computes is its own.
	const columns = asked.filter((name) => key.includes(name) || !catalogued.get(name)?.isGenerated);
	const literal = (name: string) => (row: Row) =>
		literalOf(row[name], known.get(name), catalogued.get(name)?.referenceSystem);
	const literals = columns.map(literal);
	const keys = key.map(literal);
	const counts = { addedCount: 0, changedCount: 0 };
	const seen = new Set<string>();
	let values: string[] = [];
	let places: string[] = [];
	let length = 0;
	const send = async (): Promise<void> => {
		if (values.length === 0) return;
		const done = await putSome(database, { into, columns, key, known, values, places });
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

type Some = Pick<PutAsked, 'columns'> &
	Keyed & {
		readonly values: readonly string[];
		readonly places: readonly string[];
	};

async function putSome(database: Database, { into, columns, key, known, values, places }: Some): Promise<Counts> {
	const names = key.map(quoteIdentifier);
	const counted = await run(
		database,
		`SELECT COUNT(*) FROM ${fromSql(into)} WHERE (${names.join(', ')}) IN (${places.join(', ')}) FOR UPDATE`
	);
	const changedCount = Number(new TextDecoder().decode(counted.rows[0]?.[0] ?? new Uint8Array()));
	const changes = columns.map((column) => {
		const name = quoteIdentifier(column);
		return `${name} = ${key.includes(column) ? sameKey(name, known.get(column)) : changed(name, known.get(column))}`;
	});
	const table = `${quoteIdentifier(into.schema)}.${quoteIdentifier(into.name)}`;
	const list = columns.map(quoteIdentifier).join(', ');
	await run(
		database,
		`INSERT INTO ${table} (${list}) VALUES ${values.join(', ')} ON DUPLICATE KEY UPDATE ${changes.join(', ')}`
	);
	return { addedCount: values.length - changedCount, changedCount };
}

/** Texts by their bytes: what a language takes for the same is another key here. */
function sameKey(name: string, column: MysqlColumn | undefined): string {
	const [one, other] = [name, `VALUES(${name})`].map((sql) => (column ? comparedSql(sql, column.type) : sql));
	return `IF(${one} <=> ${other}, ${name}, NULL)`;
}

/** A shape stays in the system of reference that it has there, which its text does not say. */
function changed(name: string, column: MysqlColumn | undefined): string {
	if (column?.type.name !== 'geometry') return `VALUES(${name})`;
	const system = `COALESCE(ST_SRID(${name}), ST_SRID(VALUES(${name})))`;
	return `ST_GeomFromText(${exactSql(`VALUES(${name})`, column.type)}, ${system}${LONGITUDE_FIRST})`;
}

type Catalogued = { readonly isGenerated: boolean; readonly referenceSystem: number };

async function catalogue(
	database: Database,
	{ schema, name }: PutAsked['into']
): Promise<ReadonlyMap<string, Catalogued>> {
	const { rows } = await run(
		database,
		`SELECT COLUMN_NAME, EXTRA REGEXP '(VIRTUAL|STORED|PERSISTENT) GENERATED', /*!80000 SRS_ID + */ 0 FROM information_schema.COLUMNS
		WHERE TABLE_SCHEMA = ${writtenLiteral(schema)} AND TABLE_NAME = ${writtenLiteral(name)}`
	);
	const decoder = new TextDecoder();
	return new Map(
		rows.map((row) => {
			const [column, generated, system] = row.map((value) => decoder.decode(value ?? undefined));
			return [column ?? '', { isGenerated: generated === '1', referenceSystem: Number(system) }];
		})
	);
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

function literalOf(value: unknown, column: MysqlColumn | undefined, referenceSystem?: number): string {
	if (value === null || value === undefined) return 'NULL';
	if (typeof value === 'boolean' && column?.type.name !== 'json') return value ? '1' : '0';
	return writtenLiteral(typeof value === 'string' ? value : JSON.stringify(value), column?.type, referenceSystem);
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
