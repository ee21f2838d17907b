// How many rows a query has.
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { Effects } from './effects.ts';
import { runSql, type RunSqlFailure } from './run-sql.ts';

export async function countRows(
	{ id, sql, signal }: { readonly id: ResultId; readonly sql: string; readonly signal?: AbortSignal | undefined },
	effects: Effects
): Promise<Result<number, RunSqlFailure>> {
	const ran = await runSql({ id, sql: `SELECT count(*)::DOUBLE AS rows FROM (\n${sql}\n)`, signal }, effects);
	if (!ran.ok) return ran;
	const bytes = await effects.engine.arrow(id);
	await effects.engine.release(id);
	return bytes.ok ? ok(Number(decodeRows(bytes.value)[0]?.['rows'] ?? 0)) : bytes;
}
