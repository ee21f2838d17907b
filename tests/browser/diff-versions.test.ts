// Comparisons of stored versions against a plain reading of their rows, and what of them is read.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { ChangeFilter } from '#core/diff/changes-sql.ts';
import { packId, resultId, versionId } from '#core/ids.ts';
import type { Version } from '#core/version/version.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { createLeases } from '#lib/db/leases.ts';
import { createStore } from '#lib/db/store.ts';
import {
	changedRows,
	closeDiff,
	compareVersions,
	countChanges,
	guessKey,
	type DiffInput
} from '#lib/flows/diff-versions.ts';
import { createJobs } from '#lib/flows/jobs.ts';
import { summariseDiff } from '#lib/flows/summarise-diff.ts';
import { createEngineHost } from '#lib/threads/engine-host.ts';
import { storeTable } from './store-table.ts';

const host = createEngineHost();
const db = new WorkspaceDb();
afterAll(() => {
	host.end();
	db.close();
});

let count = 0;
const effects = {
	engine: host.api,
	jobs: createJobs(() => count++),
	store: createStore(db, createLeases(db.name)),
	randomId: () => `r${count++}`
};

async function valueOf<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> {
	const settled = await result;
	if (!settled.ok) throw new Error(JSON.stringify(settled.error));
	return settled.value;
}

async function versionOf(sql: string): Promise<Version> {
	const id = versionId(`diff-${count++}`);
	const input = { id: resultId(`write-${id}`), sql, params: [], relations: [] };
	await storeTable(db, id, await valueOf(host.api.write(input, () => undefined)));
	const version = await db.versions.get(id);
	if (!version) throw new Error('the version is not stored');
	return version;
}

const sides = (left: Version, right: Version, key: readonly string[] = ['id']): DiffInput => ({
	id: resultId(`diff-${count++}`),
	left: { reference: 'people@v1', version: left },
	right: { reference: 'people', version: right },
	key
});
const compared = (input: DiffInput) => valueOf(compareVersions(input, effects));
const ALL: ChangeFilter = { kind: null, column: null };
const first = { filter: ALL, startRow: 0, endRow: 1000, form: 'values' } as const;

type Cells = readonly [number | null, string | null, number | null];

function sqlOf(rows: readonly Cells[]): string {
	const literal = (cell: string | number | null): string =>
		cell === null ? 'NULL' : typeof cell === 'string' || Number.isNaN(cell) ? `'${cell}'` : String(cell);
	const values = rows.map(([id, city, size]) => `(${literal(id)}, ${literal(city)}, ${literal(size)}::DOUBLE)`);
	const table = values.length === 0 ? '(NULL, NULL, NULL)' : values.join(', ');
	const filter = values.length === 0 ? 'WHERE false' : '';
	return `SELECT id::INTEGER AS id, city::VARCHAR AS city, size::DOUBLE AS size FROM (VALUES ${table}) t(id, city, size) ${filter}`;
}

const city = fc.constantFrom('Ulm', 'Bern', '', null);
const size = fc.constantFrom(1.5, 0, Number.NaN, null);
const byKey = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), city, size), {
	selector: ([id]) => id,
	maxLength: 9
});
const anyRows = fc.array(fc.tuple(fc.constantFrom(1, 2, null), city, size), { maxLength: 9 });

test('by key, counts, cells and rows are those of a plain reading', async () => {
	await fc.assert(
		fc.asyncProperty(byKey, byKey, async (from, to) => {
			const comparison = await compared(sides(await versionOf(sqlOf(from)), await versionOf(sqlOf(to))));
			const before = new Map(from.map((row) => [row[0], row]));
			const after = new Map(to.map((row) => [row[0], row]));
			const both = to.flatMap((row) => {
				const old = before.get(row[0]);
				return old ? [[old, row] as const] : [];
			});
			const differing = ([old, row]: readonly [Cells, Cells]): readonly string[] =>
				[1, 2].flatMap((at) => (Object.is(old[at], row[at]) ? [] : [['', 'city', 'size'][at] ?? '']));
			const cells = both.flatMap(differing);
			const changed = both.filter((pair) => differing(pair).length > 0);
			expect(comparison.counts).toEqual({
				added: to.filter(([id]) => !before.has(id)).length,
				removed: from.filter(([id]) => !after.has(id)).length,
				changed: changed.length,
				cellsChanged: cells.length,
				unchanged: both.length - changed.length
			});
			expect(comparison.cellsChanged).toEqual(
				['city', 'size'].map((name) => cells.filter((cell) => cell === name).length)
			);
			const rows = await valueOf(
				changedRows(comparison, { ...first, filter: { kind: 'changed', column: null } }, effects)
			);
			expect(rows).toEqual(
				changed.map(([old, row]) => ({
					kind: 'changed',
					k0: row[0],
					f0: old[1],
					t0: row[1],
					d0: !Object.is(old[1], row[1]),
					f1: old[2],
					t1: row[2],
					d1: !Object.is(old[2], row[2])
				}))
			);
			const inCity = { kind: null, column: 'city' } as const;
			expect(await valueOf(countChanges(comparison, inCity, effects))).toBe(comparison.cellsChanged?.[0]);
			const told = await valueOf(summariseDiff({ comparison }, effects));
			expect(told.map((column) => [column.after?.nullCount ?? null, column.after?.rowCount ?? null])).toEqual(
				told.map(({ isSame, name }) =>
					isSame
						? [null, null]
						: [to.filter((row) => row[['id', 'city', 'size'].indexOf(name)] === null).length, to.length]
				)
			);
			await closeDiff(comparison.id, effects);
		}),
		{ numRuns: 20 }
	);
}, 240_000);

test('without a key, every row is counted as often as it is there', async () => {
	await fc.assert(
		fc.asyncProperty(anyRows, anyRows, async (from, to) => {
			const comparison = await compared(sides(await versionOf(sqlOf(from)), await versionOf(sqlOf(to)), []));
			const tally = new Map<string, number>();
			const name = (cells: readonly unknown[]): string => cells.map(String).join('|');
			for (const row of to) tally.set(name(row), (tally.get(name(row)) ?? 0) + 1);
			for (const row of from) tally.set(name(row), (tally.get(name(row)) ?? 0) - 1);
			const counts = [...tally.values()];
			const added = counts.reduce((sum, times) => sum + Math.max(0, times), 0);
			expect(comparison.counts).toEqual({
				added,
				removed: counts.reduce((sum, times) => sum + Math.max(0, -times), 0),
				changed: 0,
				cellsChanged: 0,
				unchanged: to.length - added
			});
			for (const row of await valueOf(changedRows(comparison, first, effects))) {
				const letter = row['kind'] === 'added' ? 't' : 'f';
				const cells = name([row[`${letter}0`], row[`${letter}1`], row[`${letter}2`]]);
				tally.set(cells, (tally.get(cells) ?? 0) - (row['kind'] === 'added' ? 1 : -1));
			}
			expect([...tally.values()].every((times) => times === 0)).toBe(true);
			await closeDiff(comparison.id, effects);
		}),
		{ numRuns: 15 }
	);
}, 240_000);

const people = "SELECT range::INTEGER AS id, 'n' || range % 50 AS name, range / 8 AS score FROM range(60000)";

test('parts that both versions have are not read: without their bytes, rows and counts are the same', async () => {
	const left = await versionOf(people);
	const right = await versionOf(`SELECT * REPLACE (if(id = 20000, 'new', name) AS name) FROM (${people})`);
	const before = new Set(left.table.segments.map(({ id }) => id));
	const shared = right.table.segments.filter(({ id }) => before.has(id));
	expect(shared).toHaveLength(3);
	const parts = async (ids: readonly string[]): Promise<string[]> =>
		(await db.segments.toArray())
			.filter((segment) => ids.includes(segment.id))
			.flatMap(({ chunks }) => chunks.map(({ part }) => part));
	const unread = await parts(shared.map(({ id }) => id));
	const needed = new Set(
		await parts(
			[...left.table.segments, ...right.table.segments]
				.filter((one) => !shared.some(({ id }) => id === one.id))
				.map(({ id }) => id)
		)
	);
	await db.packs.bulkDelete(unread.filter((part) => !needed.has(part as never)).map(packId));

	const comparison = await compared(sides(left, right));
	expect(comparison.counts).toEqual({ added: 0, removed: 0, changed: 1, cellsChanged: 1, unchanged: 59_999 });
	expect(comparison.sharing).toEqual({ segmentCount: 3, rowCount: 60_000 - 16_384 });
	expect(await valueOf(changedRows(comparison, first, effects))).toEqual([
		{ kind: 'changed', k0: 20_000, f0: 'n0', t0: 'new', d0: true, f1: 2500, t1: 2500, d1: false }
	]);
	const rowsAlone = await compared(sides(left, right, []));
	expect(rowsAlone.counts).toMatchObject({ added: 1, removed: 1, unchanged: 59_999 });
	expect(await summariseDiff({ comparison }, effects)).toMatchObject({ ok: false, error: { kind: 'damaged-version' } });
	await closeDiff(comparison.id, effects);
	await closeDiff(rowsAlone.id, effects);
});

test('a column is summed up before and after, with the shift between the two', async () => {
	const left = await versionOf(`SELECT *, DATE '2024-01-01' + id AS day, id % 2 = 0 AS even FROM (${people})`);
	const right = await versionOf(
		`SELECT id, name, if(id % 10 = 0, NULL, score * 2) AS score, day, true AS even FROM (SELECT *, DATE '2024-01-01' + id AS day FROM (${people}))`
	);
	const comparison = await compared(sides(left, right));
	const told: string[] = [];
	const columns = await valueOf(summariseDiff({ comparison, onColumn: ({ name }) => told.push(name) }, effects));
	expect(told).toEqual(['score', 'even', 'id', 'name', 'day']);
	const [id, name, score, , even] = columns;
	expect(columns.map(({ isSame }) => isSame)).toEqual([true, true, false, true, false]);
	expect(id?.shift).toEqual({ stability: 0, variation: 0 });
	expect(name?.before).toBeNull();
	expect(score).toMatchObject({
		cellsChanged: 59_999 + 1,
		before: { rowCount: 60_000, nullCount: 0, min: '0.0', max: '7499.875' },
		after: { rowCount: 60_000, nullCount: 6000, max: '14999.75' }
	});
	expect(score?.before?.mean).toBeCloseTo(3749.9375, 6);
	// Of the population of n equal steps of s, s · √(n(n + 1) / 12) is the deviation of the sample.
	expect(score?.before?.standardDeviation).toBeCloseTo((1 / 8) * Math.sqrt((60_000 * 60_001) / 12), 3);
	// Half of the numbers are beyond the greatest one before, where a tenth was; a tenth is null, where none was.
	expect(score?.shift?.variation).toBeCloseTo(0.45, 1);
	expect(score?.shift?.stability).toBeGreaterThan(0.25);
	const drawn = score?.distribution;
	expect(
		drawn?.kind === 'histogram' && [drawn.low, drawn.high, drawn.before.slice(13), drawn.after.reduce((a, b) => a + b)]
	).toEqual([0, 14_999.75, Array.from({ length: 11 }, () => 0), 54_000]);
	expect(even).toMatchObject({
		shift: { variation: 0.5 },
		distribution: {
			kind: 'values',
			values: [
				{ value: 'true', before: 30_000, after: 60_000 },
				{ value: 'false', before: 30_000, after: 0 }
			]
		}
	});
	await closeDiff(comparison.id, effects);
});

test('a key is guessed where values are unique in both, and one that is not is refused with an example', async () => {
	const left = await versionOf(people);
	const doubled = await versionOf(`${people} UNION ALL SELECT 5, 'again', 0`);
	const keyless = await versionOf("SELECT range % 3 AS id, 'n' AS name, 0.5::DOUBLE AS score FROM range(9)");
	expect(await guessKey(sides(left, left), effects)).toEqual({ ok: true, value: 'id' });
	expect(await guessKey(sides(left, doubled), effects)).toEqual({ ok: true, value: null });
	expect(await guessKey(sides(keyless, left), effects)).toEqual({ ok: true, value: null });
	expect(await compareVersions(sides(left, keyless), effects)).toMatchObject({
		ok: false,
		error: { kind: 'key-not-unique', where: 'people', key: ['id'], nulls: 0 }
	});
	expect(await compareVersions(sides(left, doubled, ['nope']), effects)).toMatchObject({
		ok: false,
		error: { kind: 'unknown-column', column: 'nope' }
	});
	// The row that repeats a key stands in a segment of its own, and the key's first row in one that both have.
	const comparison = await compareVersions(sides(left, doubled), effects);
	const whole = comparison.ok ? await summariseDiff({ comparison: comparison.value }, effects) : comparison;
	expect(whole).toMatchObject({ ok: false, error: { kind: 'key-not-unique', where: 'people', examples: ['5'] } });
});

test('a column that came, left, changed its type or its name is compared as told', async () => {
	const left = await versionOf("SELECT 1 AS id, 7::INTEGER AS n, true AS gone, 'x' AS old, 1 AS wide");
	const right = await versionOf(
		"SELECT 1 AS ID, 7::DOUBLE AS n, DATE '2024-01-02' AS came, 'y' AS new, 1::BIGINT AS wide"
	);
	const apart = await compared(sides(left, right));
	expect(apart.schema.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
		'retyped n',
		'added came',
		'added new',
		'retyped wide',
		'removed gone',
		'removed old'
	]);
	expect(apart.counts).toMatchObject({ changed: 1, cellsChanged: 4 });
	const told = await compared({ ...sides(left, right), renames: { old: 'new' } });
	expect(told.schema).toContainEqual({
		kind: 'renamed',
		name: 'new',
		nameBefore: 'old',
		type: 'VARCHAR',
		typeBefore: 'VARCHAR'
	});
	expect(told.counts).toMatchObject({ changed: 1, cellsChanged: 3 });
	const columns = await valueOf(summariseDiff({ comparison: told }, effects));
	expect(columns.find(({ name }) => name === 'came')).toMatchObject({
		before: null,
		after: { rowCount: 1 },
		shift: null
	});
	for (const { id } of [apart, told]) await closeDiff(id, effects);
});

test('a comparison that is cancelled leaves nothing', async () => {
	const controller = new AbortController();
	controller.abort();
	const left = await versionOf(people);
	const right = await versionOf(`SELECT id, name, score + 1 AS score FROM (${people})`);
	const input = { ...sides(left, right), signal: controller.signal };
	expect(await compareVersions(input, effects)).toEqual({ ok: false, error: { kind: 'cancelled' } });
	const id = resultId(`tables-${count++}`);
	const sql = `SELECT * FROM duckdb_tables() WHERE table_name = '@diff ${input.id}'`;
	expect(await valueOf(host.api.run({ id, sql, params: [], relations: [] }, () => undefined))).toMatchObject({
		rowCount: 0
	});
});
