// Asks the engine for the parse tree of a query.
import { queryOf, type Tree } from '../core/lineage/tree.ts';
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import { quoteText } from '../core/sql/quote.ts';
import type { Effects } from './effects.ts';

/** Null where the engine gives none. */
export async function treeOf(
	sql: string,
	id: ResultId,
	{ engine }: Pick<Effects, 'engine'>
): Promise<Result<Tree | null, SqlFailure>> {
	const asked = `SELECT json_serialize_sql(${quoteText(sql)}::VARCHAR)::VARCHAR AS tree`;
	const bytes = await engine.answer({ id, sql: asked, params: [], relations: [] });
	if (!bytes.ok) return bytes.error.kind === 'sql-error' ? ok(null) : bytes;
	const text = decodeRows(bytes.value)[0]?.['tree'];
	return ok(typeof text === 'string' ? queryOf(JSON.parse(text) as unknown) : null);
}
