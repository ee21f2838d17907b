// Rows of a database as lines that stream: what columns they have first, and at last whether that was all.
import type { ParsedRequestOf } from '#core/contract/endpoint.ts';
import type { readRows } from '#core/contract/database.ts';
import type { RowsEnd, RowsHead } from '#core/source/sql/row-lines.ts';
import { planRead } from '#core/source/sql/postgres-read.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Env } from '../env.ts';
import { CopyOut } from './copy-out.ts';
import { describe } from './describe.ts';
import { databaseFailed, failureOf, type DatabaseFailed } from './failure.ts';
import { begin, openDatabase, type Database, type OpenFailure } from './open.ts';

const READ_MS = 10 * 60_000;
/** Of one answer. */
const READ_BYTES = 1024 ** 3;

type Asked = Omit<ParsedRequestOf<typeof readRows>, 'workspace'>;

export async function linesOf(asked: Asked, env: Env): Promise<Result<ReadableStream<Uint8Array>, OpenFailure>> {
	const opened = await openDatabase(asked.server, env);
	if (!opened.ok) return opened;
	const { socket } = opened.value;
	try {
		const planned = await plan(opened.value, asked);
		if (planned.ok) return ok(stream(opened.value, planned.value));
		socket.end();
		return planned;
	} catch (error) {
		socket.end();
		return err(failureOf(error, true));
	}
}

type Planned = { readonly copy: string; readonly head: RowsHead };

async function plan(database: Database, asked: Asked): Promise<Result<Planned, DatabaseFailed>> {
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
	const { copy, settings, columns } = planned;
	if (settings.length > 0) {
		const calls = settings.map((_value, index) => `set_config('weir.p${index}', $${index + 1}, true)`);
		await client.query(`SELECT ${calls.join(', ')}`, [...settings]);
	}
	return ok({ copy, head: { columns } });
}

function stream({ client, socket }: Database, { copy, head }: Planned): ReadableStream<Uint8Array> {
	const rows = new CopyOut(copy, socket, () => socket.end());
	client.query(rows as never);
	const reader = rows.chunks.getReader();
	let sizeBytes = 0;
	return new ReadableStream<Uint8Array>(
		{
			start: (controller) => controller.enqueue(lineOf(head)),
			pull: async (controller) => {
				const read = await reader.read();
				const isTooLarge = sizeBytes > READ_BYTES;
				if (read.value && !isTooLarge) {
					sizeBytes += read.value.length;
					controller.enqueue(read.value);
					return;
				}
				const { rowCount, error } = isTooLarge ? { rowCount: 0, error: null } : await rows.ended;
				const failed = isTooLarge ? databaseFailed('too-large') : error === null ? null : failureOf(error, true);
				const end: RowsEnd = failed ? { failed } : { end: rowCount };
				controller.enqueue(lineOf(end));
				controller.close();
				socket.end();
			},
			cancel: () => {
				socket.end();
			}
		},
		{ highWaterMark: 0 }
	);
}

function lineOf(line: RowsHead | RowsEnd): Uint8Array {
	return new TextEncoder().encode(`${JSON.stringify(line)}\n`);
}
