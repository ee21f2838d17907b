// What `diffSql` means, against a plain reading of two tables.
import { tableFromIPC } from '@uwdata/flechette';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import { diffSql, type DiffSide } from '#core/version/diff-sql.ts';
import { createEngineHost } from '#lib/threads/engine-host.ts';

const host = createEngineHost();
afterAll(() => host.end());

let count = 0;
type Row = Record<string, unknown>;

async function query(sql: string): Promise<readonly Row[]> {
	const id = resultId(`d${count++}`);
	const ran = await host.api.run({ id, sql, params: [], relations: [] }, () => undefined);
	if (!ran.ok) throw new Error(JSON.stringify(ran.error));
	const bytes = await host.api.arrow(id);
	if (!bytes.ok) throw new Error(JSON.stringify(bytes.error));
	await host.api.release(id);
	return tableFromIPC(bytes.value).toArray();
}

const columns = [
	{ name: 'id', type: 'INTEGER' },
	{ name: 'city', type: 'VARCHAR' },
	{ name: 'size', type: 'DOUBLE' }
] as const;
const side = (table: string): DiffSide => ({ table, name: table, columns });
type Cells = readonly [number | null, string | null, number | null];

async function make(table: string, rows: readonly Cells[]): Promise<void> {
	const literal = (cell: string | number | null): string =>
		cell === null ? 'NULL' : typeof cell === 'string' ? `'${cell}'` : String(cell);
	const values = rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ');
	await query(
		`CREATE OR REPLACE TABLE ${table} (id INTEGER, city VARCHAR, size DOUBLE); ${rows.length === 0 ? '' : `INSERT INTO ${table} VALUES ${values}`}`
	);
}

const city = fc.constantFrom('Ulm', 'Bern', '', null);
const size = fc.constantFrom(1.5, 0, -2, null);
const byKey = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 8 }), city, size), {
	selector: ([id]) => id,
	maxLength: 8
});
const anyRows = fc.array(fc.tuple(fc.constantFrom(1, 2, null), city, size), { maxLength: 8 });

test('by key, what differs is every row of one side alone and every changed cell', async () => {
	await fc.assert(
		fc.asyncProperty(byKey, byKey, async (from, to) => {
			await make('a', from);
			await make('b', to);
			const rows = await query(`SELECT * FROM ${diffSql(side('a'), side('b'), ['id'])} ORDER BY id`);
			const ids = [...new Set([...from, ...to].map(([id]) => id))].sort((one, other) => one - other);
			const expected = ids.flatMap((id) => {
				const before = from.find((row) => row[0] === id);
				const after = to.find((row) => row[0] === id);
				if (before && after && before[1] === after[1] && before[2] === after[2]) return [];
				return [
					{
						diff_type: before ? (after ? 'changed' : 'removed') : 'added',
						id,
						from_city: before?.[1] ?? null,
						to_city: after?.[1] ?? null,
						from_size: before?.[2] ?? null,
						to_size: after?.[2] ?? null
					}
				];
			});
			expect(rows).toEqual(expected);
		}),
		{ numRuns: 60 }
	);
}, 120_000);

test('without a key, rows are counted: what left and what came is there as often as it did', async () => {
	await fc.assert(
		fc.asyncProperty(anyRows, anyRows, async (from, to) => {
			await make('a', from);
			await make('b', to);
			const rows = await query(`SELECT * FROM ${diffSql(side('a'), side('b'), [])}`);
			const tally = new Map<string, number>();
			const add = (cells: readonly unknown[], by: number): void => {
				const name = JSON.stringify(cells);
				tally.set(name, (tally.get(name) ?? 0) + by);
			};
			for (const row of from) add(row, 1);
			for (const { diff_type, id, city: where, size: much } of rows)
				add([id, where, much], diff_type === 'added' ? 1 : -1);
			for (const row of to) add(row, -1);
			expect([...tally.values()].every((left) => left === 0)).toBe(true);
			const both = new Set(
				rows.map(({ id, city: where, size: much, diff_type }) => JSON.stringify([id, where, much, diff_type]))
			);
			for (const row of rows) {
				const other = row.diff_type === 'added' ? 'removed' : 'added';
				expect(both.has(JSON.stringify([row.id, row.city, row.size, other]))).toBe(false);
			}
		}),
		{ numRuns: 60 }
	);
}, 120_000);

test('a column that came, left or changed its type is compared all the same', async () => {
	await query(`CREATE OR REPLACE TABLE a AS SELECT 1 AS id, '7' AS n, true AS gone`);
	await query(
		`CREATE OR REPLACE TABLE b AS SELECT 1 AS ID, 7 AS n, DATE '2024-01-02' AS new UNION ALL SELECT 2, 8, NULL`
	);
	const from = {
		table: 'a',
		name: 'a',
		columns: ['id', 'n', 'gone'].map((name, at) => ({ name, type: ['INTEGER', 'VARCHAR', 'BOOLEAN'][at] ?? '' }))
	};
	const to = {
		table: 'b',
		name: 'b',
		columns: ['ID', 'n', 'new'].map((name, at) => ({ name, type: ['INTEGER', 'INTEGER', 'DATE'][at] ?? '' }))
	};
	const rows = await query(
		`SELECT diff_type, "ID", from_n, to_n, to_new::VARCHAR AS new, from_gone FROM ${diffSql(from, to, ['id'])} ORDER BY "ID"`
	);
	expect(rows).toEqual([
		{ diff_type: 'changed', ID: 1, from_n: '7', to_n: 7, new: '2024-01-02', from_gone: true },
		{ diff_type: 'added', ID: 2, from_n: null, to_n: 8, new: null, from_gone: null }
	]);
	expect(await query(`SELECT diff_type FROM ${diffSql(from, to, [])}`)).toHaveLength(3);
});

test('a key that is null, not unique, or no column is an error that names it', async () => {
	await make('a', [
		[1, 'Ulm', 1],
		[1, 'Bern', 2]
	]);
	await make('b', [[null, 'Ulm', 1]]);
	await make('c', [[1, 'Ulm', 1]]);
	await expect(query(`FROM ${diffSql(side('a'), side('c'), ['id'])}`)).rejects.toThrow('The key id is not unique in a');
	await expect(query(`FROM ${diffSql(side('c'), side('b'), ['id'])}`)).rejects.toThrow('The key id is null in b');
	await expect(query(`FROM ${diffSql(side('c'), side('c'), ['nr'])}`)).rejects.toThrow(
		'The key nr is no column of both'
	);
});
