// Tables and views that a user may read, as the database's catalogue has them.
import type { Client } from 'pg';
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listTables } from '#core/contract/database.ts';
import { duckDbTypeOf } from '#core/source/sql/postgres-types.ts';
import { TABLES } from '../reach.ts';

type ColumnRow = {
	readonly name: string;
	readonly native: string;
	readonly base: string;
	readonly element: string | null;
	readonly modifier: number;
	readonly isNullable: boolean;
	readonly isKey: boolean;
};
type TableRow = {
	readonly schema: string;
	readonly name: string;
	readonly kind: string;
	readonly estimate: string;
	readonly columns: string | null;
};

export async function tablesOf(client: Client): Promise<AnswerOf<typeof listTables>> {
	const { rows } = await client.query<TableRow>(
		`SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.reltuples::bigint AS estimate,
			(SELECT json_agg(json_build_object('name', a.attname, 'native', format_type(a.atttypid, a.atttypmod),
				'base', b.typname, 'element', CASE WHEN b.typcategory = 'A' THEN e.typname END,
				'modifier', CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
				'isNullable', NOT a.attnotnull, 'isKey', coalesce(a.attnum = ANY (k.indkey), false)) ORDER BY a.attnum)
			FROM pg_attribute a
			JOIN pg_type t ON t.oid = a.atttypid
			JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
			LEFT JOIN pg_type e ON e.oid = b.typelem
			LEFT JOIN pg_index k ON k.indrelid = c.oid AND k.indisprimary
			WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
			AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
			AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
		ORDER BY 1, 2 LIMIT ${TABLES + 1}`
	);
	const tables = rows.slice(0, TABLES).map(({ schema, name, kind, estimate, columns }) => ({
		schema,
		name,
		kind: kind === 'v' || kind === 'm' ? ('view' as const) : ('table' as const),
		rowEstimate: Number(estimate) < 0 || kind === 'v' ? null : Number(estimate),
		columns: ((columns === null ? [] : JSON.parse(columns)) as readonly ColumnRow[]).map(
			({ base, element, modifier, ...column }) => ({ ...column, type: duckDbTypeOf({ name: base, element, modifier }) })
		)
	}));
	return { tables, isMore: rows.length > TABLES };
}
