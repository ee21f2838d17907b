// Changes of a few scattered rows against a plain table of the engine: whatever becomes a patch reads as if it were none.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import { decodeRows } from '#core/sql/arrow-rows.ts';
import type { Version } from '#core/version/version.ts';
import { compose, type Composed } from '#lib/compose.ts';
import { commitComposed } from '#lib/flows/commit-table.ts';
import { composeTable } from '#lib/flows/compose-table.ts';
import { listDatasets } from '#lib/flows/list-datasets.ts';

let composed: Composed;
beforeAll(async () => {
	composed = compose();
	for (const { name } of await value(composed.console.datasets())) await value(composed.console.remove(name));
	await value(composed.console.collect());
});
afterAll(async () => {
	for (const { name } of await value(composed.console.datasets())) await value(composed.console.remove(name));
});

async function value<T>(answer: Promise<Result<T, unknown>>): Promise<T> {
	const result = await answer;
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

async function rows(sql: string): Promise<readonly Record<string, unknown>[]> {
	const answer = await value(composed.console.sql(sql));
	const all = await answer.rows();
	await answer.release();
	return all;
}

/** Of rows in order. */
const hashSql = (of: string): string => `(select md5(string_agg(t::varchar, chr(10))) from (${of}) as t)`;
const MODEL = 'select * exclude (nth) from model order by nth';

async function head(name = 'items'): Promise<Version> {
	const item = (await value(listDatasets(composed.effects))).find(({ dataset }) => dataset.name === name);
	if (!item) throw new Error(`no ${name}`);
	return item.version;
}

async function expectSame(what: string, of = 'from items'): Promise<string> {
	const [row] = await rows(`select ${hashSql(of)} as own, ${hashSql(MODEL)} as model`);
	expect(row?.['own'], what).toBe(row?.['model']);
	return String(row?.['own']);
}

const patched = (version: Version): number => version.table.segments.filter(({ patch }) => patch).length;

/** `items` in four segments, with a column that DuckDB's row number would clash with, and the same rows in `model`. */
async function start(): Promise<void> {
	const made = (from: number, to: number): string => `select range::integer as id, 'city ' || hash(range) % 90 as city,
		(hash(range * 7) % 100000 / 100)::decimal(9, 2) as price, hash(range) as file_row_number, [range % 3, null] as tags,
		{a: range % 5, b: 'x'} as "k" from range(${from}, ${to})`;
	await value(composed.console.save('items', made(0, 2600), { replace: true }));
	for (const from of [2600, 3700, 4800]) await rows(`insert into items ${made(from, from + 1100)}`);
	await rows('create or replace temp table model as select row_number() over ()::double as nth, * from items');
}

function randomly(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

type Step = () => Promise<string>;

function stepsOf(random: (below: number) => number): readonly Step[] {
	const where = (): string => `hash(id * ${random(1000) + 1}) % ${[60, 150, 400][random(3)]} = 0`;
	const both = async (sql: string): Promise<string> => {
		await rows(sql);
		await rows(sql.replace(/\bitems\b/, 'model'));
		return sql;
	};
	const edit = async (adds: boolean): Promise<string> => {
		const { rowCount } = (await head()).table;
		const chosen = [...new Set(Array.from({ length: 6 }, () => random(rowCount)))];
		const [removed, changed] = [chosen.slice(0, 2), chosen.slice(2)];
		const found =
			await rows(`select r, nth from (select row_number() over (order by nth)::double - 1 as r, nth from model)
			where r in (${chosen.join(', ')})`);
		const nths = new Map(found.map((row) => [Number(row['r']), Number(row['nth'])]));
		const before = changed[0] ?? 0;
		const cells = { id: -1 - random(1_000_000), city: 'new' };
		const price = (row: number): string | null => (row % 2 === 0 ? null : '1.25');
		const edited = changed.map((row) => `(${nths.get(row)}, 'edited ${row}', ${price(row) ?? 'null'})`);
		const own = nths.get(before) ?? 0;
		await rows(`${adds ? `insert into model (nth, id, city) select (${own} + coalesce(max(nth), ${own} - 2)) / 2, ${cells.id}, 'new' from model where nth < ${own};` : ''}
			update model set city = e.city, price = e.price from (values ${edited.join(', ')}) as e(nth, city, price) where model.nth = e.nth;
			delete from model where nth in (${removed.map((row) => nths.get(row)).join(', ')})`);
		const edits = {
			change: changed.map((row) => ({ row, cells: { city: `edited ${row}`, price: price(row) } })),
			remove: removed,
			add: adds ? [{ before, cells }] : []
		};
		await value(composed.console.edit('items', edits));
		return JSON.stringify(edits);
	};
	return [
		() => both(`delete from items where ${where()}`),
		() => both(`update items set price = price + 1, city = upper(city) where ${where()}`),
		() => both(`delete from items where ${where()}`),
		() => both(`update items set tags = [id], "k" = null where ${where()}`),
		() => edit(false),
		() => edit(true)
	];
}

/** What a comparison finds is what a join of both versions finds that reads all their rows. */
async function expectDiff(from: string, what: string): Promise<void> {
	const found = `select diff_type, id from diff('${from}', 'items', 'id')`;
	const whole = `select case when a.id is null then 'added' when b.id is null then 'removed' else 'changed' end as diff_type, id
		from (select id, hash(t) as h from ${from} as t) as a full join (select id, hash(t) as h from items as t) as b using (id)
		where a.h is distinct from b.h`;
	const [row] =
		await rows(`select (select count(*) from (${found})) as n, (select count(*) from (${found} except ${whole}))
		+ (select count(*) from (${whole} except ${found})) as wrong`);
	expect(row, what).toMatchObject({ wrong: 0 });
	expect(Number(row?.['n']), what).toBeGreaterThan(0);
}

/** A grid's rows, by number. */
async function expectWindows(random: (below: number) => number): Promise<void> {
	const { engine } = composed.effects;
	const [id, version] = [resultId('browse'), await head()];
	await value(engine.browse(id, { name: 'items', version: version.id, rows: 'data' }));
	for (const size of [1, 1500]) {
		const from = random(Math.max(1, version.table.rowCount - size));
		const bytes = await value(engine.window(id, from, from + size));
		const ids = decodeRows(bytes).map((row) => Number(row['id']));
		const wanted = await rows(`select id from (${MODEL}) limit ${size} offset ${from}`);
		expect(ids, `${size} rows from ${from}`).toEqual(wanted.map((row) => Number(row['id'])));
	}
	await engine.release(id);
}

test('scattered changes, one after another, leave the rows that they leave in a table', async () => {
	const seed = Date.now() % 100_000;
	const random = randomly(seed);
	await start();
	const steps = stepsOf(random);
	let patches = 0;
	let before = await expectSame('at first');
	for (let at = 0; at < 8; at++) {
		const step = steps[at < steps.length ? at : random(steps.length)];
		const what = `seed ${seed}, step ${at}: ${await step?.()}`;
		const now = await expectSame(what);
		patches += patched(await head());
		await expectWindows(random);
		const [version] = (await value(composed.console.versions('items'))).slice(at % 2 === 0 ? -2 : -3);
		await expectDiff(`items@v${version?.number}`, what);
		if (at === 3) {
			await value(composed.console.undo());
			expect((await rows(`select ${hashSql('from items')} as own`))[0]?.['own'], `undo, ${what}`).toBe(before);
			await value(composed.console.redo());
			await expectSame(`redo, ${what}`);
		}
		before = now;
	}
	expect(patches).toBeGreaterThan(5);
}, 240_000);

const versionCount = async (): Promise<number> => (await value(composed.console.versions('items'))).length;
const different = async (from: string, to: string): Promise<number> =>
	Number((await rows(`select count(*) as n from diff('${from}', '${to}', 'id')`))[0]?.['n']);

test('a patched table costs what changed, and is compared, exported, kept and compacted as any other', async () => {
	await start();
	await value(composed.console.setKey('items', ['id']));
	const whole = (await head()).table.sizeBytes;
	for (const [sql, share] of [
		['delete from items where id % 101 = 4', 1 / 50],
		['update items set price = -1 where id % 97 = 3', 1 / 3]
	] as const) {
		await rows(sql);
		await rows(sql.replace('items', 'model'));
		const [newest] = await value(composed.console.history('items'));
		expect(Number(newest?.addedBytes), sql).toBeLessThan(whole * share);
	}
	const version = await head();
	expect([patched(version), version.format]).toEqual([4, 3]);
	const hash = await expectSame('patched');
	const at = await versionCount();
	expect(await different(`items@v${at - 2}`, 'items')).toBe(119);
	expect(await different('items@v2', 'items@v2')).toBe(0);

	const file = await value(composed.console.export('items', 'parquet'));
	await composed.effects.engine.register('patched.parquet', file);
	await expectSame('exported', `from 'patched.parquet'`);
	expect((await value(composed.console.verify())).damages).toEqual([]);
	const backup = await value(composed.console.backup());
	const restored = await value(composed.console.restoreBackup(backup));
	const name = restored.datasets.find(({ was }) => was === 'items')?.name ?? '';
	await expectSame('restored', `from "${name}"`);
	expect(patched(await head(name))).toBe(4);

	expect((await value(composed.console.compact('items'))).segmentCount).toBe(4);
	expect(await expectSame('compacted')).toBe(hash);
	expect([patched(await head()), await different(`items@v${at}`, 'items')]).toEqual([0, 0]);
	await value(composed.console.undo());
	expect(patched(await head())).toBe(4);
	await expectSame('compacted and undone');
	await value(composed.console.prune('items', { keep: 1 }));
	expect((await value(composed.console.verify())).damages).toEqual([]);

	// Another page, and so another engine.
	composed = compose();
	expect((await rows(`select ${hashSql('from items')} as own`))[0]?.['own']).toBe(hash);
}, 240_000);

test('rows that are taken in by key or merged, and columns that come and go, find a patched table as it reads', async () => {
	await start();
	await value(composed.console.setKey('items', ['id']));
	const both = async (sql: string): Promise<void> => {
		await rows(sql);
		await rows(sql.replace(/\bitems\b/, 'model'));
	};
	await both('delete from items where id % 101 = 4');
	const more = new Blob(['id,city\n7,seven\n3000,threethousand\n9999,new\n']);
	await value(composed.console.ingest(more, { into: 'items', mode: 'upsert', name: 'more' }));
	await rows(`update model set city = case id when 7 then 'seven' else 'threethousand' end where id in (7, 3000)`);
	await rows(`insert into model (nth, id, city) values (1000000, 9999, 'new')`);
	expect(patched(await head())).toBe(4);
	await expectSame('taken in');

	await value(composed.console.branch('items', 'trial'));
	await rows('update items set price = 5 where id % 200 = 6');
	await rows('delete from items where id in (8, 5000)');
	await value(composed.console.switchBranch('items', 'main'));
	await both('update items set price = 6 where id % 200 = 11');
	await value(composed.console.merge('items', 'trial'));
	await rows('update model set price = 5 where id % 200 = 6');
	await rows('delete from model where id in (8, 5000)');
	expect(patched(await head())).toBe(4);
	await expectSame('merged');

	await both('alter table items rename "k" to kept');
	await both('alter table items drop column tags');
	expect(patched(await head())).toBe(4);
	await expectSame('renamed and dropped');
	await rows('alter table items add column total integer default id + 1');
	await rows('alter table model add column total integer');
	await rows('update model set total = id + 1');
	expect(patched(await head())).toBe(0);
	await expectSame('added');
	await both('update items set total = null where id % 99 = 1');
	await both('alter table items alter total type varchar');
	await expectSame('retyped');
	expect((await value(composed.console.verify())).damages).toEqual([]);
}, 240_000);

/** A patch of the first segment with a changed row and a removed one, as versions of format 3 may have them. */
async function changeByPatch(changed: number, removed: number): Promise<void> {
	const { effects } = composed;
	const item = (await value(listDatasets(effects))).find(({ dataset }) => dataset.name === 'items');
	const key = await value(effects.store.idKey(effects.makeIdKey));
	if (!item) throw new Error('no items');
	const { dataset, version } = item;
	const id = resultId('patch');
	const sql = `select 0 as segment, row::integer as p, id = ${removed} as d, * exclude (row) replace ('patched' as city)
		from (select row_number() over () - 1 as row, * from items) where id in (${changed}, ${removed}) order by row`;
	const relations = [{ name: 'items', version: version.id, rows: 'data' }] as const;
	const [file] = await value(effects.engine.split({ id, sql, params: [], relations }));
	const [first] = version.table.segments;
	if (!file || !first) throw new Error('no patch');
	const of = { kind: 'kept', segments: version.table.segments } as const;
	const patches = [{ file, rowCount: first.rowCount - 1 }];
	const pieces = [{ kind: 'patched', of, numbers: [0], patches }] as const;
	const table = await value(composeTable({ id, base: version, schema: version.schema, pieces }, key, effects));
	const { schema, lineage } = version;
	await value(
		commitComposed({ name: 'items', onto: dataset, message: 'Patch', schema, table, rejects: null, lineage }, effects)
	);
	await rows(`update model set city = 'patched' where id = ${changed}; delete from model where id = ${removed}`);
}

test('a patch with a changed row, which Weir wrote once, is read in its place and goes with the next change', async () => {
	await start();
	await value(composed.console.setKey('items', ['id']));
	await value(composed.console.tag('items', 'whole'));
	await changeByPatch(7, 9);
	await expectSame('patched');
	await expectWindows(() => 5);
	await expectDiff('items@whole', 'patched');
	await value(composed.console.removeTag('items', 'whole'));
	for (const sql of ['delete from items where id in (7, 5000)', 'update items set price = 3 where id in (1, 4000)']) {
		await rows(sql);
		await rows(sql.replace('items', 'model'));
		await expectSame(sql);
		expect((await head()).table.segments[0]?.patch, sql).toBeUndefined();
		if (sql.startsWith('delete')) await changeByPatch(20, 21);
	}
}, 120_000);
