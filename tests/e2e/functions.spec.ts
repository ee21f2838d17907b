// User functions through `window.weir`: rows of the real engine, in workers of the built site.
import { expect } from '@playwright/test';
import { test, type WithWeir } from './workspace.ts';

test('a function of a script gives columns beside those of a query, row by row and in order', async ({ scripted }) => {
	const answer = await scripted.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const sql = `SELECT range AS id, if(range % 3 = 0, NULL, range / 4) AS price, 'name ' || range AS name,
			timestamp '2026-01-01' + INTERVAL (range) MINUTE AS at, [range, NULL] AS pair, 9007199254740993 + range AS big FROM range(40000)`;
		const applied = await weir.applyFunction(sql, {
			language: 'typescript',
			code: `type Row = { id: number; price: number | null; name: string; at: Date; pair: (number | null)[]; big: bigint };
				export default ({ id, price, name, at, pair, big }: Row, index: number) => ({
					price: price === null ? -1 : price * 2,
					length: name.length,
					minute: at.getUTCMinutes(),
					next: new Date(at.getTime() + 60_000),
					sum: pair.reduce((sum, one) => sum + (one ?? 0), 0),
					more: big + 1n,
					list: [index, null],
					isFirst: index === id
				});`,
			outputs: {
				price: 'DOUBLE',
				length: 'SMALLINT',
				minute: 'TINYINT',
				next: 'TIMESTAMP',
				sum: 'BIGINT',
				more: 'BIGINT',
				list: 'INTEGER[]',
				isFirst: 'BOOLEAN'
			}
		});
		if (!applied.ok) throw new Error(JSON.stringify(applied.error));
		const { columns, rowCount } = applied.value;
		const rows = await applied.value.rows();
		await applied.value.release();
		const left = await weir.sql("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name LIKE '%console%'");
		if (!left.ok) throw new Error(JSON.stringify(left.error));
		return {
			columns: columns.map(({ name, type }) => `${name} ${type}`),
			rowCount,
			isOrdered: rows.every((row, index) => row['id'] === index && row['isFirst'] === true),
			last: Object.entries(rows.at(-1) ?? {}).map(([name, value]) => `${name} ${String(value)}`),
			left: (await left.value.rows())[0]?.['n']
		};
	});
	expect(answer).toEqual({
		columns: [
			'id BIGINT',
			'price DOUBLE',
			'name VARCHAR',
			'at TIMESTAMP',
			'pair BIGINT[]',
			'big BIGINT',
			'length SMALLINT',
			'minute TINYINT',
			'next TIMESTAMP',
			'sum BIGINT',
			'more BIGINT',
			'list INTEGER[]',
			'isFirst BOOLEAN'
		],
		rowCount: 40_000,
		isOrdered: true,
		last: expect.arrayContaining([
			'price -1',
			'length 10',
			'minute 39',
			'sum 39999',
			'more 9007199254780993'
		]) as unknown,
		left: 0
	});
});

test('a function that never ends is ended, by its limit or by its caller, and tells the row', async ({ scripted }) => {
	const failures = await scripted.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const sql = 'SELECT range AS id FROM range(40000)';
		const late = await weir.applyFunction(sql, {
			code: 'export default ({ id }) => { while (id === 3); return id }',
			outputs: { x: 'DOUBLE' },
			limits: { timeoutMs: 2000 }
		});
		const stop = new AbortController();
		const endless = weir.applyFunction(
			sql,
			{ code: 'export default () => { for (;;); }', outputs: { x: 'DOUBLE' }, limits: { timeoutMs: 60_000 } },
			{ signal: stop.signal }
		);
		setTimeout(() => stop.abort(), 400);
		const cancelled = await endless;
		const wrong = await weir.applyFunction(sql, {
			code: 'export default ({ id }) => (id < 33000 ? id : "x")',
			outputs: { x: 'DOUBLE' }
		});
		const after = await weir.applyFunction(sql, {
			code: 'export default () => 1',
			inputs: [],
			outputs: { x: 'INTEGER' }
		});
		return [late, cancelled, wrong].map((one) => (one.ok ? null : one.error)).concat(after.ok ? null : after.error);
	});
	expect(failures).toEqual([
		{ kind: 'script-timeout', timeoutMs: 2000, row: 3 },
		{ kind: 'cancelled' },
		{ kind: 'script-output', column: 'x', type: 'DOUBLE', found: 'a text', row: 33_000 },
		null
	]);
});
