// Rows of PostgreSQL as lines: one COPY.
import { planRead } from '#core/source/sql/postgres-read.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Rows, RowsAsked } from '../engine.ts';
import { databaseFailed, type DatabaseFailed } from '../failure.ts';
import { CopyOut } from './copy-out.ts';
import { describe } from './describe.ts';
import type { Database } from './open.ts';

export async function rowsOf({ client, socket }: Database, asked: RowsAsked): Promise<Result<Rows, DatabaseFailed>> {
	const known = await describe(client, asked.from);
	const planned = planRead({ ...asked, source: asked.from, known });
	if ('kind' in planned)
		return err(databaseFailed(planned.kind === 'unknown-column' ? 'no-column' : 'value', null, planned.column));
	const { copy, settings, columns, format } = planned;
	if (settings.length > 0) {
		const calls = settings.map((_value, index) => `set_config('weir.p${index}', $${index + 1}, true)`);
		await client.query(`SELECT ${calls.join(', ')}`, [...settings]);
	}
	const out: Rows['out'] = (onCancel) => {
		const rows = new CopyOut(copy, socket, onCancel);
		client.query(rows as never);
		return rows;
	};
	return ok({ head: { columns, format }, out });
}
