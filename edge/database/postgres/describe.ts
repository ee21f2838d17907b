// Which columns a table or a query has, with the types that PostgreSQL's catalogue gives them.
import type { Client, QueryConfig } from 'pg';
import { fromSql, type SqlColumn } from '#core/source/sql/postgres-read.ts';
import type { SqlSource } from '#core/source/sql/sql-read.ts';

type TypeRow = {
	readonly oid: string;
	readonly name: string;
	readonly element: string | null;
	readonly native: string;
	readonly modifier: string;
};

/** Asked by the extended protocol: a query that is two statements is refused here, before anything of it is run. */
export async function describe(client: Client, source: SqlSource): Promise<readonly SqlColumn[]> {
	const { fields } = await client.query({
		text: `SELECT * FROM ${fromSql(source)} LIMIT 0`,
		queryMode: 'extended'
	} as QueryConfig);
	const { rows } = await client.query<TypeRow>(
		`SELECT t.oid::text AS oid, b.typname AS name, CASE WHEN b.typcategory = 'A' THEN e.typname END AS element,
			format_type(t.oid, NULL) AS native, t.typtypmod::text AS modifier
		FROM pg_type t
		JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
		LEFT JOIN pg_type e ON e.oid = b.typelem
		WHERE t.oid = ANY ($1::oid[])`,
		[`{${[...new Set(fields.map(({ dataTypeID }) => dataTypeID))].join(',')}}`]
	);
	const byOid = new Map(rows.map((row) => [Number(row.oid), row]));
	return fields.map(({ name, dataTypeID, dataTypeModifier }) => {
		const found = byOid.get(dataTypeID);
		const modifier = dataTypeModifier === -1 ? Number(found?.modifier ?? -1) : dataTypeModifier;
		return {
			name,
			type: { name: found?.name ?? 'text', element: found?.element ?? null, modifier },
			native: found?.native ?? 'text'
		};
	});
}
