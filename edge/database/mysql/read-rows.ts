// Rows of MySQL or MariaDB as lines.
import { err, ok, type Result } from '#core/result.ts';
import type { Rows, RowsAsked } from '../engine.ts';
import { databaseFailed, type DatabaseFailed } from '../failure.ts';
import { describe } from './describe.ts';
import { run, type Database } from './open.ts';
import { planPage } from './plan-page.ts';
import { rowsOut } from './rows-out.ts';

export async function rowsOf(database: Database, asked: RowsAsked): Promise<Result<Rows, DatabaseFailed>> {
	const known = await describe(database, asked.from);
	const planned = planPage({ ...asked, source: asked.from, known });
	if ('kind' in planned)
		return err(databaseFailed(planned.kind === 'unknown-column' ? 'no-column' : 'value', null, planned.column));
	const { endSql, rowsSql, columns, format, lineOf } = planned;
	const [end] = endSql === null ? [] : (await run(database, endSql)).rows;
	const decoder = new TextDecoder();
	const sql = rowsSql(end ? end.map((value) => (value ? decoder.decode(value) : '')) : null);
	if (sql === null) return err(databaseFailed('value', null, asked.order[0] ?? null));
	return ok({ head: { columns, format }, out: (onCancel) => rowsOut(database, sql, lineOf, onCancel) });
}
