// Tables and views that a user may read, as the database's catalogue has them: those of the database it connected to first.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listTables } from '#core/contract/database.ts';
import { duckDbTypeOf, mysqlTypeNames, type MysqlType } from './types.ts';
import { TABLES } from '../reach.ts';
import { run, type Database } from './open.ts';

type Table = AnswerOf<typeof listTables>['tables'][number];

const inner = "('information_schema', 'mysql', 'performance_schema', 'sys')";

export async function tablesOf(database: Database): Promise<AnswerOf<typeof listTables>> {
	// Of MySQL, counts may be a day old otherwise.
	if (!database.isMariaDb)
		await run(database, "SET SESSION time_zone = '+00:00' /*!80000 , SESSION information_schema_stats_expiry = 0 */");
	const found = await texts(
		database,
		`SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, TABLE_ROWS FROM information_schema.TABLES
		WHERE TABLE_SCHEMA NOT IN ${inner} ORDER BY TABLE_SCHEMA <> DATABASE(), TABLE_SCHEMA, TABLE_NAME LIMIT ${TABLES + 1}`
	);
	const columns = await texts(
		database,
		`SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, IS_NULLABLE, COLUMN_KEY
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA NOT IN ${inner} AND EXTRA NOT LIKE '%INVISIBLE%'
		ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`
	);
	const json = new Set(database.isMariaDb ? (await jsonColumns(database)).map((one) => JSON.stringify(one)) : []);
	const byTable = new Map<string, Table['columns'][number][]>();
	for (const [schema, table, name, native = '', data, precision, scale, nullable, key] of columns) {
		const isJson = json.has(JSON.stringify([schema, table, name]));
		const type = isJson ? jsonType : typeOf(data ?? '', { native, precision: Number(precision), scale: Number(scale) });
		const place = JSON.stringify([schema, table]);
		const known = byTable.get(place) ?? [];
		byTable.set(place, known);
		const isKey = key === 'PRI';
		known.push({
			name: name ?? '',
			native: native ?? '',
			type: duckDbTypeOf(type),
			isNullable: nullable === 'YES',
			isKey
		});
	}
	const tables = found.slice(0, TABLES).map(([schema, name, kind, estimate]): Table => {
		const isView = kind !== 'BASE TABLE' && kind !== 'SYSTEM VERSIONED';
		return {
			schema: schema ?? '',
			name: name ?? '',
			kind: isView ? 'view' : 'table',
			rowEstimate: estimate === null || estimate === undefined || isView ? null : Number(estimate),
			columns: byTable.get(JSON.stringify([schema, name])) ?? []
		};
	});
	return { tables, isMore: found.length > TABLES };
}

/** MariaDB keeps JSON as a text that is checked. */
async function jsonColumns(database: Database): Promise<readonly (readonly (string | null)[])[]> {
	return texts(
		database,
		`SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS
		WHERE CHECK_CLAUSE = CONCAT('json_valid(\`', CONSTRAINT_NAME, '\`)')`
	);
}

async function texts(database: Database, sql: string): Promise<readonly (readonly (string | null)[])[]> {
	const decoder = new TextDecoder();
	const { rows } = await run(database, sql);
	return rows.map((row) => row.map((value) => (value === null ? null : decoder.decode(value))));
}

const jsonType: MysqlType = { name: 'json', isUnsigned: false, precision: 0, scale: 0 };

type Catalogued = { readonly native: string | null; readonly precision: number; readonly scale: number };

function typeOf(data: string, { native, precision, scale }: Catalogued): MysqlType {
	const known = mysqlTypeNames.find((name) => name === data);
	const isBytes = /blob|binary/.test(data);
	const isShape = /^(?:point|linestring|polygon|multi\w+|geom(?:etry)?collection)$/.test(data);
	const name = known ?? (isBytes ? 'blob' : isShape ? 'geometry' : 'text');
	return { name, isUnsigned: /unsigned/.test(native ?? ''), precision, scale };
}
