// Unusual rows and metrics over the engine of a page: many segments, the worker that scores, and versions that were made.
import { columnFromArray, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import { afterAll, expect, test } from 'vitest';
import { NO_RANKING, mergeRankings } from '#core/check/anomaly/row-ranking.ts';
import { invariant, type Result } from '#core/result.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { createCheckHost } from '#lib/threads/check-host.ts';

await new WorkspaceDb().delete();
const { console: weir } = compose();
afterAll(async () => {
	for (const { name } of valueOf(await weir.datasets())) await weir.remove(name);
});

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

function rows(from: number, to: number): Uint8Array<ArrayBuffer> {
	const numbers = Array.from({ length: to - from }, (_, at) => from + at);
	const wave = (of: number) => columnFromArray(numbers.map((row) => Math.sin(row * of) + (row === 700 ? 9 : 0)));
	return tableToIPC(tableFromColumns({ a: wave(1.3), b: wave(2.7) }), { format: 'stream' }) as Uint8Array<ArrayBuffer>;
}

test('a forest that scores rows as they stream finds in its worker what it finds of all at once', async () => {
	const host = createCheckHost();
	const { grown, left } = valueOf(await host.api.grow(rows(0, 2000), { rowCount: 2000, isChosen: false, seed: 5 }));
	invariant(grown, 'both columns are looked at');
	expect(left).toEqual([]);
	const atOnce = valueOf(await host.api.rank(grown, rows(0, 2000), 10));
	let streamed = NO_RANKING;
	for (const [from, to] of [
		[0, 1],
		[1, 900],
		[900, 2000]
	] as const)
		streamed = mergeRankings(streamed, valueOf(await host.api.rank(grown, rows(from, to), 10)), 10);
	expect(streamed).toEqual(atOnce);
	expect(valueOf(await host.api.causes(grown, atOnce.rows))[0]).toMatchObject({ row: 700 });
	expect(await host.api.rank(grown, new Uint8Array([1, 2, 3]), 1)).toMatchObject({ ok: false });
	host.end();
});

test('of 160,000 rows those that were made unusual are found, the same ones for a seed, and their SQL gives them', async () => {
	const planted = 'CASE WHEN range % 60000 = 33333 THEN 500 ELSE 20 + (range * 7919 % 1000) / 100.0 END AS price';
	const country = "CASE WHEN range = 123456 THEN 'XX' ELSE ['DE', 'FR', 'IT'][1 + range % 3] END AS country";
	valueOf(
		await weir.save(
			'orders',
			`SELECT range + 1 AS id, ${planted}, ${country}, range % 5 AS quantity, TIMESTAMP '2026-01-01' + INTERVAL (range) SECOND AS at FROM range(160000)`
		)
	);
	const found = valueOf(await weir.anomalies('orders', { limit: 4, seed: 7 }));
	expect(found.columns).toEqual(['price', 'country', 'quantity']);
	expect(found.left.map(({ name, reason }) => [name, reason])).toEqual([
		['id', 'row-number'],
		['at', 'time']
	]);
	expect(found.rows.map(({ row }) => row)).toEqual([123456, 33333, 93333, 153333]);
	expect(found.rows.map(({ causes }) => causes[0]?.column)).toEqual(['country', 'price', 'price', 'price']);
	expect(found.rows[1]?.values).toMatchObject({ price: 500, country: 'DE' });
	expect(found.scoreCounts.reduce((sum, count) => sum + count, 0)).toBe(160_000);
	expect(valueOf(await weir.anomalies('orders', { limit: 4, seed: 7 }))).toEqual(found);
	const answer = valueOf(await weir.sql(found.rowsSql));
	expect((await answer.rows()).map(({ id }) => id)).toEqual([123457, 33334, 93334, 153334]);
	await answer.release();

	const chosen = valueOf(await weir.anomalies('orders', { columns: ['country', 'quantity'], limit: 1 }));
	expect(chosen.columns).toEqual(['country', 'quantity']);
	expect(await weir.anomalies('orders', { columns: ['nope'] })).toMatchObject({
		ok: false,
		error: { kind: 'unknown-column', column: 'nope' }
	});
	const stopped = new AbortController();
	stopped.abort();
	expect(await weir.anomalies('orders', { signal: stopped.signal })).toMatchObject({ error: { kind: 'cancelled' } });
	valueOf(await weir.save('names', "SELECT 'name ' || range AS name FROM range(500)"));
	expect(await weir.anomalies('names')).toMatchObject({ error: { kind: 'nothing-to-tell-rows-apart' } });
});

test('a version with other prices is outside the band of their mean, and all versions before it are not', async () => {
	for (let day = 0; day < 12; day++) {
		const price = day === 11 ? 90 : 20;
		valueOf(
			await weir.save('daily', `SELECT ${price} + (range * 37 + ${day} * 11) % 10 AS price FROM range(${1000 + day})`, {
				replace: true
			})
		);
	}
	const { series } = valueOf(await weir.metrics('daily', { columns: ['PRICE'], metrics: ['rowCount', 'mean'] }));
	expect(series.map(({ metric, column }) => [metric, column])).toEqual([
		['rowCount', null],
		['mean', 'price']
	]);
	const outside = series.map(({ points }) => points.flatMap(({ isAnomaly, number }) => (isAnomaly ? [number] : [])));
	expect(outside[1]).toEqual([12]);
	expect(await weir.metrics('daily', { columns: ['nope'] })).toMatchObject({ error: { kind: 'unknown-column' } });
	expect(await weir.metrics('daily', { seasonality: 'moon' as never })).toMatchObject({
		error: { kind: 'invalid-argument', argument: 'seasonality' }
	});
});
