// GET /api/v1/published/{publication}/rows.
import type { FailureOf } from '#core/contract/endpoint.ts';
import type { queryPublished } from '#core/contract/published.ts';
import { FIRST_ROWS, ROWS } from '#core/contract/published.ts';
import { parseColumns, parseOrder, parseWhere } from '#core/share/published-query.ts';
import { err, ok } from '#core/result.ts';
import { testsOf } from '#core/share/cells.ts';
import type { Handler } from '../mount.ts';
import { answerRows } from '../published/answer-rows.ts';
import { findOpen } from '../published/find-open.ts';
import { openParquet } from '../published/parquet-file.ts';
import { runQuery } from '../published/run-query.ts';

export const answerQueryPublished: Handler<typeof queryPublished> = async (request, env, call) => {
	const open = await findOpen(request, env, call);
	if (!open.ok) return open;
	const { published, headers, isUnchanged } = open.value;
	const { publication, limit: limitText, cursor, format = 'json' } = request;
	if (cursor !== undefined && !cursor.startsWith(`${published.file}.`)) return err({ kind: 'version-moved' });
	if (isUnchanged) return ok({ body: null, headers, status: 304 });
	const limit = Number(limitText ?? FIRST_ROWS);
	if (limit < 1 || limit > ROWS) return err({ kind: 'invalid-query', part: 'limit', reason: 'out-of-range', at: null });
	const known = published.columns.map(({ name }) => name);
	const columns = parseColumns(request.columns, known);
	if (!columns.ok) return columns;
	const where = parseWhere(request.where, known);
	if (!where.ok) return where;
	const order = parseOrder(request.order, known);
	if (!order.ok) return order;
	const start = Number(cursor?.split('.')[1] ?? 0);
	const query = { columns: columns.value, where: where.value, order: order.value, limit, start };
	const key = JSON.stringify([publication, published.file, format, query]);
	return answerRows<FailureOf<typeof queryPublished>>({ key, headers, format, version: published.file }, async () => {
		const parquet = await openParquet(env.OBJECTS, published);
		if (!parquet) return err(call.notFound);
		const tests = testsOf(query.where, new Map(parquet.columns.map(({ name, kind }) => [name, kind])));
		if (!tests.ok) return tests;
		const ran = await runQuery(parquet, { ...query, tests: tests.value.map((test) => [test]) });
		if (!ran.ok) return ran;
		const { next } = ran.value;
		return ok({
			rows: ran.value,
			next: next === null ? null : nextOf(call.origin, request, `${published.file}.${next}`)
		});
	});
};

function nextOf(
	origin: string,
	{ publication, columns, where, order, limit, format }: Parameters<typeof answerQueryPublished>[0],
	cursor: string
): string {
	const asked = { columns, where, order, limit, format, cursor };
	const query = new URLSearchParams(
		Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
	);
	return `${origin}/api/v1/published/${publication}/rows?${query.toString()}`;
}
