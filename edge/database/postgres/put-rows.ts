// Puts rows into a table by its key, all of them in one transaction or none.
import { quoteIdentifier } from '#core/source/sql/postgres-read.ts';
import { ok, type Result } from '#core/result.ts';
import type { Counts, PutAsked } from '../engine.ts';
import type { Database } from './open.ts';

/** The table itself says of which types the values are. */
export async function put(
	{ client }: Database,
	{ into, columns, key, rows }: PutAsked
): Promise<Result<Counts, never>> {
	const table = `${quoteIdentifier(into.schema)}.${quoteIdentifier(into.name)}`;
	const list = columns.map(quoteIdentifier).join(', ');
	const others = columns.filter((name) => !key.includes(name)).map(quoteIdentifier);
	const change =
		others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`;
	// A row that was changed carries the transaction which did it; one that was added does not.
	const sql = `WITH put AS (
			INSERT INTO ${table} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${table}, $1::json)
			ON CONFLICT (${key.map(quoteIdentifier).join(', ')}) DO ${change} RETURNING (xmax = 0) AS is_added
		) SELECT count(*) FILTER (WHERE is_added)::text AS added, count(*) FILTER (WHERE NOT is_added)::text AS changed FROM put`;
	const done = await client.query<{ readonly added: string; readonly changed: string }>(sql, [rows]);
	const [told] = done.rows;
	return ok({ addedCount: Number(told?.added ?? 0), changedCount: Number(told?.changed ?? 0) });
}
