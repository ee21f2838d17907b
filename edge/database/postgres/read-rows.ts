// Rows of PostgreSQL as lines: one COPY in a transaction that may read alone.
import type { RowsHead } from '#core/source/sql/row-lines.ts';
import { planRead } from '#core/source/sql/postgres-read.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Env } from '../../env.ts';
import type { RowsAsked } from '../engine.ts';
import { databaseFailed, type DatabaseFailed, type OpenFailure } from '../failure.ts';
import { READ_MS } from '../reach.ts';
import { rowStream } from '../row-stream.ts';
import { CopyOut } from './copy-out.ts';
import { describe } from './describe.ts';
import { failureOf } from './failure.ts';
import { begin, openDatabase, type Database } from './open.ts';

export async function linesOf(asked: RowsAsked, env: Env): Promise<Result<ReadableStream<Uint8Array>, OpenFailure>> {
	const opened = await openDatabase(asked.server, env);
	if (!opened.ok) return opened;
	const { socket } = opened.value;
	try {
		const planned = await plan(opened.value, asked);
		if (!planned.ok) {
			socket.end();
			return planned;
		}
		const { copy, head } = planned.value;
		const rows = new CopyOut(copy, socket, () => socket.end());
		opened.value.client.query(rows as never);
		return ok(rowStream(head, rows, () => socket.end()));
	} catch (error) {
		socket.end();
		return err(failureOf(error, true));
	}
}

type Planned = { readonly copy: string; readonly head: RowsHead };

async function plan(database: Database, asked: RowsAsked): Promise<Result<Planned, DatabaseFailed>> {
	const { client } = database;
	await begin(database, { isReadOnly: true, timeoutMs: READ_MS });
	const known = await describe(client, asked.from);
	const planned = planRead({ ...asked, source: asked.from, known });
	if ('kind' in planned)
		return err(
			planned.kind === 'unknown-column'
				? databaseFailed('no-column', null, planned.column)
				: databaseFailed('value', null, planned.column)
		);
	const { copy, settings, columns, format } = planned;
	if (settings.length > 0) {
		const calls = settings.map((_value, index) => `set_config('weir.p${index}', $${index + 1}, true)`);
		await client.query(`SELECT ${calls.join(', ')}`, [...settings]);
	}
	return ok({ copy, head: { columns, format } });
}
