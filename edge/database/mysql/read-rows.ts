// Rows of MySQL or MariaDB as lines, in a transaction that may read alone and sees one state of the data.
import { planPage } from './plan-page.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Env } from '../../env.ts';
import type { RowsAsked } from '../engine.ts';
import { databaseFailed, type DatabaseFailed, type OpenFailure } from '../failure.ts';
import { READ_MS } from '../reach.ts';
import { rowStream } from '../row-stream.ts';
import { describe } from './describe.ts';
import { failureOf } from './failure.ts';
import { begin, openDatabase, run, type Database } from './open.ts';
import { rowsOut } from './rows-out.ts';

export async function linesOf(asked: RowsAsked, env: Env): Promise<Result<ReadableStream<Uint8Array>, OpenFailure>> {
	const opened = await openDatabase(asked.server, env);
	if (!opened.ok) return opened;
	const database = opened.value;
	const { socket } = database;
	try {
		const planned = await plan(database, asked);
		if (!planned.ok) {
			socket.end();
			return planned;
		}
		const { sql, columns, format, lineOf } = planned.value;
		return ok(rowStream({ columns, format }, rowsOut(database, sql, lineOf), () => socket.end()));
	} catch (error) {
		socket.end();
		return err(failureOf(error, true));
	}
}

type Planned = Exclude<ReturnType<typeof planPage>, { kind: string }> & { readonly sql: string };

async function plan(database: Database, asked: RowsAsked): Promise<Result<Planned, DatabaseFailed>> {
	await begin(database, { isReadOnly: true, timeoutMs: READ_MS });
	const known = await describe(database, asked.from);
	const planned = planPage({ ...asked, source: asked.from, known });
	if ('kind' in planned)
		return err(databaseFailed(planned.kind === 'unknown-column' ? 'no-column' : 'value', null, planned.column));
	const [end] = planned.endSql === null ? [] : (await run(database, planned.endSql)).rows;
	const decoder = new TextDecoder();
	const sql = planned.rowsSql(end ? end.map((value) => (value ? decoder.decode(value) : '')) : null);
	return sql === null ? err(databaseFailed('value', null, asked.order[0] ?? null)) : ok({ ...planned, sql });
}
