// Tables stored in other ways, by the real engines: nothing is lost, later versions are stored so too, and narrowed columns widen.
import { expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import type { LayoutChoices } from '#core/version/layout.ts';
import { compose } from '#lib/compose.ts';
import { findNarrowings, proveNarrowings } from '#lib/flows/find-narrowings.ts';
import { SegmentWork } from '#lib/flows/segment-work.ts';

const { effects, console: weir } = compose();
let count = 0;
const freshName = (): string => `layout_${count++}`;

type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };
async function valueOf<T>(result: Promise<Settled<T>>): Promise<T> {
	const settled = await result;
	if (!settled.ok) throw new Error(JSON.stringify(settled.error));
	return settled.value;
}

async function rowsOf(sql: string): Promise<readonly Record<string, unknown>[]> {
	const answer = await valueOf(weir.sql(sql));
	const rows = await answer.rows();
	await answer.release();
	return rows;
}

async function saved(sql: string, key: readonly string[] = []): Promise<string> {
	const name = freshName();
	await valueOf(weir.save(name, sql, { key }));
	return name;
}

const newest = async (name: string) => {
	const versions = await valueOf(weir.versions(name));
	const version = versions.at(-1);
	if (!version) throw new Error('there is no version');
	return version;
};
const typesOf = async (name: string) =>
	Object.fromEntries((await newest(name)).schema.map((one) => [one.name, one.type]));
const optimised = (name: string, choices: LayoutChoices) => valueOf(weir.optimise(name, choices));

/** What the newest version's file says of how it is written. */
async function written(name: string): Promise<Record<string, unknown>> {
	await rowsOf(`SELECT count(*) FROM ${name}`);
	const { id } = await newest(name);
	const [row] =
		await rowsOf(`SELECT list_sort(list(DISTINCT compression)) AS codecs, list_sort(list(DISTINCT encodings)) AS encodings,
		count(*) FILTER (dictionary_page_offset IS NOT NULL) AS dictionaries, max(row_group_num_rows) AS longest,
		count(DISTINCT row_group_id) AS segments FROM parquet_metadata('versions/${id}/data.parquet')`);
	return { ...row };
}

const work = () => {
	const id = resultId(`layout-${count++}`);
	return new SegmentWork(id, effects.jobs.start('test'), effects);
};

test('a column is narrowed only where each value comes back bit by bit', async () => {
	const bits = (text: string): string => `'${text}'::BIT::DOUBLE`;
	const payload = bits(`0111111111110${'0'.repeat(48)}111`);
	const columns: readonly (readonly [string, string, string | null])[] = [
		['whole', 'VALUES (1::DOUBLE), (-70000), (NULL)', 'INTEGER'],
		['minus zero', "VALUES (1::DOUBLE), ('-0.0'::DOUBLE)", 'FLOAT'],
		['not a number', "VALUES (1::DOUBLE), ('nan'::DOUBLE), ('inf'::DOUBLE), ('-inf'::DOUBLE)", 'FLOAT'],
		['a nan of its own', `VALUES (0.5::DOUBLE), (${payload})`, null],
		['halves', 'VALUES (0.5::DOUBLE), (0.25)', 'FLOAT'],
		['tenths', 'VALUES (0.5::DOUBLE), (0.1::DOUBLE)', null],
		['large', 'VALUES (9007199254740993::DOUBLE), (9007199254740994::DOUBLE)', null],
		['tiny', 'VALUES (1e-300::DOUBLE)', null],
		['nothing', 'VALUES (NULL::DOUBLE)', null],
		['no rows', 'SELECT 1::DOUBLE WHERE false', null],
		['long', 'VALUES (2147483648::BIGINT)', null],
		['short', 'VALUES (2147483647::BIGINT), (NULL)', 'INTEGER'],
		['sum', 'SELECT sum(i)::DECIMAL(38, 0) FROM range(10) t(i)', 'INTEGER'],
		['money', 'VALUES (1234567.89::DECIMAL(18, 2)), (NULL)', 'DECIMAL(9,2)']
	];
	for (const [what, sql, expected] of columns) {
		const table = `(SELECT * FROM (${sql}) AS t(x))`;
		const [described] = await rowsOf(`SELECT column_type AS type FROM (DESCRIBE FROM ${table})`);
		const schema = [{ name: 'x', type: String(described?.['type']) }];
		const found = await valueOf(findNarrowings({ table, schema, relations: [] }, 'storage', work()));
		expect([what, found[0]?.narrow ?? null]).toEqual([what, expected]);
	}
	const table = '(SELECT unnest([1, 300, 70000])::BIGINT AS x)';
	const wrong = await proveNarrowings(
		{ table, relations: [] },
		[{ name: 'x', narrow: 'TINYINT', wide: 'BIGINT' }],
		work()
	);
	expect(wrong).toEqual({
		kind: 'values-do-not-fit',
		column: 'x',
		type: 'TINYINT',
		misfits: 2,
		examples: ['300', '70000']
	});
	expect(
		await weir.optimise(await saved('SELECT 300 AS x'), { narrow: [{ name: 'x', type: 'TINYINT' }] })
	).toMatchObject({
		ok: false,
		error: { kind: 'values-do-not-fit' }
	});
});

const WIDE = `SELECT i AS id, (hash(i) % 1000000)::BIGINT AS qty, (hash(i * 3) % 1000000)::DOUBLE AS amount,
	(hash(i * 5) % 1000000) / 8 AS ratio,
	'city ' || hash(i) % 90 AS city FROM range(40000) t(i)`;

test('a proposal tells what each choice saves, and applied it saves about that', async () => {
	const name = await saved(WIDE, ['id']);
	const before = await rowsOf(
		`SELECT sum(hash(id::BIGINT, qty::BIGINT, amount::DOUBLE, ratio::DOUBLE, city)) AS h FROM ${name}`
	);
	const proposal = await valueOf(weir.proposeLayout(name, { order: [{ column: 'city', descending: false }] }));
	expect(proposal.measured).toMatchObject({ rowCount: 40_000, isWhole: true });
	expect(proposal.narrow.map(({ choice }) => [choice.name, choice.narrow])).toEqual([
		['id', 'INTEGER'],
		['qty', 'INTEGER'],
		['amount', 'INTEGER'],
		['ratio', 'FLOAT']
	]);
	expect(proposal.settings.find(({ choice }) => choice.codec === 'snappy')?.savedBytes).toBeLessThan(0);
	expect(proposal.settings.find(({ choice }) => choice.encoding === 'delta')?.savedBytes).toBeGreaterThan(0);
	expect(proposal.orders[0]?.choice).toEqual([{ column: 'city', descending: false }]);
	expect(proposal.recommended).toMatchObject({ encoding: 'delta' });
	const { savedBytes, sizeBytes } = await optimised(name, proposal.recommended);
	expect(savedBytes).toBeGreaterThan(proposal.sizeBytes / 10);
	expect(sizeBytes).toBe(proposal.sizeBytes - savedBytes);
	expect(
		await rowsOf(`SELECT sum(hash(id::BIGINT, qty::BIGINT, amount::DOUBLE, ratio::DOUBLE, city)) AS h FROM ${name}`)
	).toEqual(before);
	const diff = await valueOf(weir.diff(`${name}@v1`, name));
	expect(diff.counts).toMatchObject({ added: 0, removed: 0, changed: 0 });
	expect(diff.schema.every(({ kind }) => kind === 'retyped')).toBe(true);
	const version = await newest(name);
	expect(version.lineage).toMatchObject({ operation: 'layout', parameters: proposal.recommended });
	expect(version.message).toContain('delta encoding');
	await valueOf(weir.undo());
	expect((await typesOf(name))['qty']).toBe('BIGINT');
});

test('other segments, codecs and orders change no value', async () => {
	const name = await saved(WIDE, ['id']);
	await optimised(name, { codec: 'snappy', segmentRows: 4096, dictionary: 'off' });
	expect(await written(name)).toMatchObject({ codecs: ['SNAPPY'], dictionaries: 0 });
	expect((await valueOf(weir.diff(`${name}@v1`, name))).counts).toMatchObject({ added: 0, removed: 0, changed: 0 });
	await optimised(name, { order: [{ column: 'city', descending: true }] });
	expect((await valueOf(weir.diff(`${name}@v1`, name))).counts).toMatchObject({ added: 0, removed: 0, changed: 0 });
	expect((await newest(name)).message).toBe('Store as chosen: sorted by city descending');
	const [ordered] = await rowsOf(
		`SELECT bool_and(city <= coalesce(before, city)) AS ok FROM (SELECT city, lag(city) OVER () AS before FROM ${name})`
	);
	expect(ordered?.['ok']).toBe(true);
});

test('whatever writes later versions writes them so', async () => {
	const name = await saved('SELECT i AS id, i % 7 AS kind, md5(i::VARCHAR) AS text FROM range(20000) t(i)', ['id']);
	await optimised(name, {
		codec: 'snappy',
		segmentRows: 4096,
		dictionary: 'off',
		encoding: 'delta',
		order: [{ column: 'kind', descending: false }]
	});
	const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
		[
			'edit',
			() => valueOf(weir.edit(name, { change: [{ row: 3, cells: { text: 'x' } }], add: [{ cells: { id: -1 } }] }))
		],
		['append', () => valueOf(weir.ingest(new Blob(['id,kind,text\n-2,3,y\n']), { into: name }))],
		['upsert', () => valueOf(weir.ingest(new Blob(['id,kind\n-2,4\n-3,5\n']), { into: name, mode: 'upsert' }))],
		['insert', () => rowsOf(`INSERT INTO ${name} SELECT 100000 + i, 1, 'z' FROM range(9000) t(i)`)],
		['update', () => rowsOf(`UPDATE ${name} SET text = upper(text) WHERE id % 3 = 0`)],
		['delete', () => rowsOf(`DELETE FROM ${name} WHERE id % 10 < 8`)],
		['add column', () => rowsOf(`ALTER TABLE ${name} ADD COLUMN more BIGINT DEFAULT 5`)],
		['retype', () => valueOf(weir.retype(name, 'more', 'VARCHAR'))],
		['save', () => valueOf(weir.save(name, `SELECT * FROM ${name} WHERE id % 11 > 0 ORDER BY id`, { replace: true }))],
		[
			'replace',
			() => valueOf(weir.ingest(new Blob(['id,kind,text\n1,2,a\n2,1,b\n3,1,c\n']), { into: name, mode: 'replace' }))
		]
	];
	for (const [what, step] of steps) {
		await step();
		const facts = await written(name);
		expect([what, facts['codecs'], Number(facts['dictionaries'])]).toEqual([what, ['SNAPPY'], 0]);
		expect(Number(facts['longest'])).toBeLessThanOrEqual(4 * 4096);
		expect(JSON.stringify(facts['encodings'])).toMatch(/DELTA/);
		const { layout } = await newest(name);
		expect(layout).toMatchObject({ codec: 'snappy', segmentRows: 4096, order: [{ column: 'kind' }] });
		if (what !== 'save' && what !== 'replace') continue;
		const kinds = (await rowsOf(`SELECT kind FROM ${name}`)).map((row) => Number(row['kind']));
		expect(kinds).toEqual(kinds.toSorted((one, other) => one - other));
	}
	expect((await rowsOf(`SELECT id FROM ${name}`)).map((row) => Number(row['id']))).toEqual([2, 3, 1]);
	await valueOf(weir.restore(name, 'v1'));
	expect((await newest(name)).layout).toBeUndefined();
	expect((await valueOf(weir.verify())).damages).toEqual([]);
});

/** 20,000 rows with `qty` as SMALLINT, `ratio` as FLOAT, and `whole` as INTEGER; they were BIGINT and DOUBLE. */
async function narrowed(): Promise<string> {
	const name = await saved(
		`SELECT i AS id, i % 50 AS qty, (i % 8) / 4.0 AS ratio, i::DOUBLE AS whole FROM range(40000) t(i)`,
		['id']
	);
	await optimised(name, {
		segmentRows: 8192,
		narrow: [
			{ name: 'qty', type: 'SMALLINT' },
			{ name: 'ratio', type: 'FLOAT' },
			{ name: 'whole', type: 'INTEGER' }
		]
	});
	return name;
}

const wideners: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
	append: (name) => valueOf(weir.ingest(new Blob(['id,qty,ratio,whole\n-1,70000,0.1,3.5\n']), { into: name })),
	upsert: (name) =>
		valueOf(
			weir.ingest(new Blob(['id,qty,ratio,whole\n-1,70000,0.1,3.5\n3,5,1.5,2\n']), { into: name, mode: 'upsert' })
		),
	edit: (name) =>
		valueOf(weir.edit(name, { change: [{ row: 20_000, cells: { id: -1, qty: 70_000, ratio: 0.1, whole: 3.5 } }] })),
	'working copy': async (name) => {
		await valueOf(
			weir.stage(name, { change: [{ row: 20_000, cells: { id: -1, qty: 70_000, ratio: 0.1, whole: 3.5 } }] })
		);
		await valueOf(weir.commit(name));
	},
	insert: (name) => rowsOf(`INSERT INTO ${name} VALUES (-1, 70000, 0.1, 3.5)`),
	update: (name) => rowsOf(`UPDATE ${name} SET id = -1, qty = 70000, ratio = 0.1, whole = 3.5 WHERE id = 20000`)
};

for (const [what, widen] of Object.entries(wideners))
	test(`a narrowed column that a new value does not fit gets its type back: ${what}`, async () => {
		const name = await narrowed();
		const before = await rowsOf(
			`SELECT sum(hash(id, qty::BIGINT, ratio::DOUBLE, whole::DOUBLE)) AS h FROM ${name} WHERE id NOT IN (-1, 3, 20000)`
		);
		await widen(name);
		expect(await typesOf(name)).toEqual({ id: 'BIGINT', qty: 'BIGINT', ratio: 'DOUBLE', whole: 'DOUBLE' });
		const [row] = await rowsOf(`SELECT qty, ratio, whole FROM ${name} WHERE id = -1`);
		expect(row).toMatchObject({ ratio: 0.1, whole: 3.5 });
		expect(Number(row?.['qty'])).toBe(70_000);
		expect(
			await rowsOf(`SELECT sum(hash(id, qty, ratio, whole)) AS h FROM ${name} WHERE id NOT IN (-1, 3, 20000)`)
		).toEqual(before);
		const version = await newest(name);
		expect(version.layout).toEqual({ segmentRows: 8192 });
		expect(await valueOf(weir.rejects(name))).toEqual([]);
	});

test('a narrowed column stays narrow as long as values fit, and what is no value of it is refused as ever', async () => {
	const name = await narrowed();
	const narrow = { id: 'BIGINT', qty: 'SMALLINT', ratio: 'FLOAT', whole: 'INTEGER' };
	await valueOf(weir.ingest(new Blob(['id,qty,ratio,whole\n-1,700,0.5,3\n-2,many,0.5,3\n']), { into: name }));
	expect(await typesOf(name)).toEqual(narrow);
	expect((await valueOf(weir.rejects(name))).map(({ column }) => column)).toEqual(['qty']);
	await rowsOf(`INSERT INTO ${name} VALUES (-3, 7, 0.5, 4)`);
	await rowsOf(`UPDATE ${name} SET qty = qty + 1 WHERE id < 10`);
	await valueOf(weir.edit(name, { change: [{ row: 1, cells: { qty: 30_000 } }] }));
	await valueOf(weir.ingest(new Blob(['id,qty\n1,9\n']), { into: name, mode: 'upsert' }));
	expect(await typesOf(name)).toEqual(narrow);
	await rowsOf(`ALTER TABLE ${name} RENAME COLUMN qty TO quantity`);
	await rowsOf(`INSERT INTO ${name} (id, quantity) VALUES (-4, 70000)`);
	expect(await typesOf(name)).toEqual({ id: 'BIGINT', quantity: 'BIGINT', ratio: 'FLOAT', whole: 'INTEGER' });
	expect(await weir.stage(name, { change: [{ row: 0, cells: { ratio: 'x' } }] })).toMatchObject({
		ok: false,
		error: { kind: 'values-do-not-fit', column: 'ratio' }
	});
});

test('branches merge though one of them was narrowed', async () => {
	const name = await saved('SELECT i AS id, i % 50 AS qty, i % 20 AS kind FROM range(20000) t(i)', ['id']);
	await valueOf(weir.branch(name, 'other'));
	await rowsOf(`UPDATE ${name} SET qty = 70000, kind = 19 WHERE id = 7`);
	await valueOf(weir.switchBranch(name, 'main'));
	await optimised(name, {
		segmentRows: 4096,
		narrow: [
			{ name: 'qty', type: 'SMALLINT' },
			{ name: 'kind', type: 'TINYINT' }
		]
	});
	const merged = await valueOf(weir.merge(name, 'other'));
	expect(merged.counts).toMatchObject({ changed: 1, added: 0, removed: 0 });
	expect(await typesOf(name)).toEqual({ id: 'BIGINT', qty: 'BIGINT', kind: 'TINYINT' });
	expect(await rowsOf(`SELECT qty::INTEGER AS qty, kind::INTEGER AS kind FROM ${name} WHERE id = 7`)).toEqual([
		{ qty: 70_000, kind: 19 }
	]);
	expect((await newest(name)).layout).toEqual({ segmentRows: 4096, narrowed: [{ name: 'kind', type: 'BIGINT' }] });
});

test('an import and a query can be stored smaller at once, and say what that saved', async () => {
	// Numbers without a pattern: the compression has nothing to make up for.
	const noise = (at: number): number => (Math.imul(at ^ (at >>> 7), 0x9e3779b1) ^ Math.imul(at, 0x85ebca6b)) >>> 15;
	const lines = Array.from({ length: 5000 }, (_, at) => `${at},${noise(at)}.0,${noise(at + 5000) / 8}`);
	const name = freshName();
	const report = await valueOf(weir.ingest(new Blob([`a,b,c\n${lines.join('\n')}\n`]), { name, optimise: true }));
	expect(report.savedBytes).toBeGreaterThan(0);
	expect(await typesOf(name)).toEqual({ a: 'BIGINT', b: 'INTEGER', c: 'FLOAT' });
	const query = freshName();
	const save = await valueOf(
		weir.save(query, 'SELECT (hash(i) % 100000)::BIGINT AS a FROM range(5000) t(i)', { optimise: true })
	);
	expect(save.savedBytes).toBeGreaterThan(0);
	expect((await newest(query)).layout).toEqual({ narrowed: [{ name: 'a', type: 'BIGINT' }] });
	const plain = await valueOf(weir.save(freshName(), "SELECT 'x' AS a", { optimise: true }));
	expect(plain.savedBytes).toBe(0);
});

test('a measurement can be cancelled', async () => {
	const name = await saved(WIDE);
	const stop = new AbortController();
	stop.abort();
	expect(await weir.proposeLayout(name, { signal: stop.signal })).toEqual({ ok: false, error: { kind: 'cancelled' } });
});
