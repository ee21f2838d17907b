// Rows edited, appended, replaced and taken in by key: what a version then holds, and what it costs.
import { expect, type Page } from '@playwright/test';
import {
	chooseAction,
	expectRow,
	expectRows,
	openWorkspace,
	patient,
	storedBytes,
	test,
	type WithWeir
} from './workspace.ts';

test.setTimeout(180_000);

const ROWS = 40_000;

/** A dataset `people` of ids 0, 2, 4, …, a name and a number, in three segments. */
async function withPeople(page: Page): Promise<void> {
	await openWorkspace(page);
	const made = await page.evaluate(async (rows) => {
		const { weir } = globalThis as never as WithWeir;
		return weir.save(
			'people',
			`select range * 2 as id, 'name ' || (hash(range) % 100000) as name, hash(range * 7) % 1000 / 10 as score from range(${rows})`
		);
	}, ROWS);
	expect(made.ok).toBe(true);
}

/** All rows of a reference, and the bytes of all stored packs. */
async function look(page: Page, reference: string): Promise<{ rows: unknown[][]; storedBytes: number }> {
	// As one text: Playwright looks at every value that it passes on, which takes seconds.
	const text = await page.evaluate(async (from) => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.sql(`select * from ${from}`);
		if (!answer.ok) throw new Error(JSON.stringify(answer.error));
		const all = (await answer.value.rows()).map((row) => Object.values(row));
		await answer.value.release();
		return JSON.stringify(all);
	}, reference);
	return { rows: JSON.parse(text) as unknown[][], storedBytes: await storedBytes(page) };
}

test('cells change, rows come and go where they were asked to, and only touched segments are stored again', async ({
	scripted: page
}) => {
	await withPeople(page);
	const before = await look(page, 'people');
	const told = await page.evaluate(async (rows) => {
		const { weir } = globalThis as never as WithWeir;
		return weir.edit('people', {
			change: [
				{ row: 1, cells: { name: "O'Neil", score: null } },
				{ row: 1, cells: { score: 7.5 } },
				{ row: rows - 1, cells: { name: null } }
			],
			remove: [0, 5],
			add: [
				{ before: 3, cells: { id: 5n } },
				{ before: 3, cells: { id: 5, name: 'second' } },
				{ cells: { id: -1, name: 'last' } }
			]
		});
	}, ROWS);
	expect(told).toMatchObject({ ok: true, value: { dataset: 'people', rowCount: ROWS + 1 } });
	const expected = before.rows.map((row) => [...row]);
	expected[1] = [2, "O'Neil", 7.5];
	expected[ROWS - 1] = [(ROWS - 1) * 2, null, before.rows[ROWS - 1]?.[2]];
	expected.push([-1, 'last', null]);
	expected.splice(5, 1);
	expected.splice(3, 0, [5, null, null], [5, 'second', null]);
	expected.splice(0, 1);
	const after = await look(page, 'people');
	expect(after.rows).toEqual(expected);
	expect((await look(page, 'people@v1')).rows).toEqual(before.rows);
	// Two of three segments were touched, one of them the short last one.
	expect(after.storedBytes - before.storedBytes).toBeLessThan(before.storedBytes * 0.65);

	const versions = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const all = await weir.versions('people');
		return all.ok ? all.value.map(({ message, statistics, lineage }) => ({ message, statistics, lineage })) : [];
	});
	expect(versions[1]).toMatchObject({
		message: 'Change 3 rows, add 3, remove 2',
		lineage: { operation: 'edit' },
		statistics: [{ column: 'id', nullCount: 0, min: '-1', max: String((ROWS - 1) * 2) }, { nullCount: 2 }, {}]
	});
});

test('one changed column costs that column alone', async ({ scripted: page }) => {
	await withPeople(page);
	const before = await look(page, 'people');
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const edited = await weir.edit('people', { change: [{ row: 20_000, cells: { score: 1 } }] });
		if (!edited.ok) throw new Error(JSON.stringify(edited.error));
	});
	const after = await look(page, 'people');
	// The middle one of three segments, and of its three columns the one of numbers.
	expect(after.storedBytes - before.storedBytes).toBeLessThan(before.storedBytes * 0.2);
	expect(after.rows[20_000]).toEqual([40_000, before.rows[20_000]?.[1], 1]);
});

test('a file is appended, taken in by key, or put in the place of all rows', async ({ scripted: page }) => {
	await withPeople(page);
	const before = await look(page, 'people');
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const file = (text: string): Blob => new Blob([text]);
		const done = [];
		done.push(
			await weir.ingest(file('score,id,name\n1.5,90001,Ann\nno number,90003,Bob\n'), {
				name: 'more.csv',
				into: 'people'
			})
		);
		done.push(
			await weir.ingest(file('id,name\n90005,new one\n4,changed\n90001,Ann\n39998,changed too\n'), {
				into: 'people',
				mode: 'upsert',
				key: ['id']
			})
		);
		return done;
	});
	expect(told).toMatchObject([
		{ ok: true, value: { rowCount: ROWS + 1, rejectCount: 1 } },
		{ ok: true, value: { rowCount: ROWS + 2, rejectCount: 0 } }
	]);
	const expected = before.rows.map((row) => [...row]);
	expected.push([90_001, 'Ann', 1.5], [90_005, 'new one', null]);
	expected[2] = [4, 'changed', before.rows[2]?.[2]];
	expected[19_999] = [39_998, 'changed too', before.rows[19_999]?.[2]];
	const after = await look(page, 'people');
	expect(after.rows).toEqual(expected);
	expect(after.storedBytes - before.storedBytes).toBeLessThan(before.storedBytes * 0.7);

	const replaced = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.ingest(new Blob(['other\n1\n']), { into: 'people', mode: 'replace' });
		const undone = await weir.undo();
		return [answer, undone];
	});
	expect(replaced).toMatchObject([{ ok: true, value: { rowCount: 1 } }, { ok: true }]);
	expect((await look(page, 'people')).rows).toEqual(expected);
});

test('what cannot be taken in is told, and nothing changes', async ({ scripted: page }) => {
	await openWorkspace(page);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const file = (text: string): Blob => new Blob([text]);
		await weir.ingest(file('id,name\n1,Ann\n2,Bob\n2,Bert\n'), { name: 'people' });
		const upsert = (text: string, key: readonly string[]) =>
			weir.ingest(file(text), { name: 'in.csv', into: 'people', mode: 'upsert', key });
		const answers = [
			await upsert('id,name\n1,x\n', ['id']),
			await upsert('id,name\n1,x\n1,y\n', ['id']),
			await upsert('id,name\n,x\n3,y\n', ['id']),
			await upsert('id\n1\n', []),
			await upsert('id\n1\n', ['nope']),
			await upsert('id\n1\n', ['name']),
			await weir.ingest(file('id,surname\n1,x\n'), { into: 'people' }),
			await weir.ingest(file('id\n1\n'), { into: 'nobody' }),
			await weir.ingest(file('id\n1\n'), { into: 'people', mode: 'merge' as never }),
			await weir.edit('people', {}),
			await weir.edit('people', { remove: [3] }),
			await weir.edit('people', { change: [{ row: 0, cells: { surname: 'x' } }] }),
			await weir.edit('people', { change: [{ row: 0, cells: { id: 'x' } }] }),
			await weir.edit('people', { change: [{ row: 0 }] } as never)
		];
		const versions = await weir.versions('people');
		return {
			errors: answers.map((answer) => (answer.ok ? 'ok' : answer.error)),
			versionCount: versions.ok ? versions.value.length : 0
		};
	});
	expect(told.errors).toMatchObject([
		{ kind: 'key-not-unique', where: 'people', key: ['id'], nulls: 0, examples: ['2'] },
		{ kind: 'key-not-unique', where: 'in.csv', examples: ['1'] },
		{ kind: 'key-not-unique', where: 'in.csv', nulls: 1 },
		{ kind: 'no-key' },
		{ kind: 'unknown-column', column: 'nope' },
		{ kind: 'unknown-column', column: 'name' },
		{ kind: 'columns-differ', dataset: 'people', extra: ['surname'] },
		{ kind: 'unknown-dataset', name: 'nobody' },
		{ kind: 'invalid-argument', argument: 'mode' },
		{ kind: 'no-edits' },
		{ kind: 'unknown-row', row: 3, rowCount: 3 },
		{ kind: 'unknown-column', column: 'surname' },
		{ kind: 'sql-error', type: 'Conversion' },
		{ kind: 'invalid-argument', argument: 'edits.change' }
	]);
	expect(told.versionCount).toBe(1);
});

test('all rows can be removed, and rows added to none', async ({ scripted: page }) => {
	await openWorkspace(page);
	const counts = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.ingest(new Blob(['id,name\n1,Ann\n2,Bob\n']), { name: 'people' });
		const emptied = await weir.edit('people', { remove: [0, 1] });
		const filled = await weir.edit('people', { add: [{ cells: { id: 7, name: 'Zoë' } }] });
		const rows = await weir.sql('select id::int as id, name from people');
		return [
			emptied.ok ? emptied.value.rowCount : emptied.error,
			filled.ok ? filled.value.rowCount : filled.error,
			rows.ok ? await rows.value.rows() : rows.error
		];
	});
	expect(counts).toEqual([0, 1, [{ id: 7, name: 'Zoë' }]]);
});

test('the import dialog takes a file into a dataset that is there', async ({ scripted: page }) => {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.ingest(new Blob(['id,name\n1,Ann\n2,Bob\n']), { name: 'people' });
	});
	await page
		.getByLabel('Files to import')
		.setInputFiles({ name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from('id,name\n2,Bert\n3,Cleo\n') });
	const dialog = page.getByRole('dialog', { name: 'Import more.csv' });
	await dialog.getByLabel('Into').selectOption('people');
	await dialog.getByLabel('How').selectOption({ label: 'update rows by a key, add new ones' });
	const accept = dialog.getByRole('button', { name: 'Import', exact: true });
	await expect(dialog.getByText('Choose what tells rows apart.')).toBeVisible();
	await expect(accept).toBeDisabled();
	await dialog.getByRole('checkbox', { name: 'id' }).check();
	await accept.click();
	await patient(page.getByText('Imported people')).toBeVisible();
	await expectRows(page, 3);
	await expectRow(page, 2, ['2', 'Bert']);
	await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
	await expectRows(page, 2);
});

test('with a key, a table written anew shares what stayed the same, wherever it moved', async ({ scripted: page }) => {
	await openWorkspace(page);
	const { refused, key, middle, front, cast, rowCount } = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value;
		};
		const cells = "'n' || hash(id) as name, hash(id * 7) % 1000 / 10 as score";
		must(
			await weir.save(
				'lines',
				`select range * 2 as id, 'n' || hash(range * 2) as name, hash(range * 14) % 1000 / 10 as score from range(150000)`
			)
		);
		const repeated = await weir.setKey('lines', ['score']);
		must(await weir.setKey('lines', ['id']));
		const added = async (): Promise<number> => {
			const [newest] = must(await weir.history('lines'));
			return (newest?.addedBytes ?? NaN) / (newest?.sizeBytes ?? NaN);
		};
		const setKey = await added();
		const inserted = `select * from lines union all (select id, ${cells} from (select 150001 as id)) order by id`;
		must(await weir.save('lines', inserted, { replace: true }));
		const insertedInMiddle = await added();
		must(await weir.save('lines', 'select * from lines where id > 0 order by id', { replace: true }));
		const removedAtFront = await added();
		must(await weir.retype('lines', 'score', 'FLOAT'));
		const retyped = await added();
		const versions = must(await weir.versions('lines'));
		return {
			refused: repeated.ok ? null : repeated.error.kind,
			key: setKey,
			middle: insertedInMiddle,
			front: removedAtFront,
			cast: retyped,
			rowCount: versions.at(-1)?.rowCount
		};
	});
	expect(refused).toBe('key-not-unique');
	expect(key).toBe(0);
	// Of ten segments, the one that changed.
	expect(middle).toBeGreaterThan(0);
	expect(middle).toBeLessThan(0.2);
	expect(front).toBeGreaterThan(0);
	expect(front).toBeLessThan(0.2);
	// Of three columns, one: not the long one.
	expect(cast).toBeLessThan(0.35);
	expect(rowCount).toBe(150_000);
});

test('rows cut anew stay in order and share, across the files that they were written in', async ({
	scripted: page
}) => {
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value;
		};
		const ask = async (sql: string): Promise<readonly Record<string, unknown>[]> => must(await weir.sql(sql)).rows();
		// Enough bytes for several files of eight megabytes.
		await weir.save(
			'texts',
			'select range as id, md5(range::varchar) as one, md5((range * 3)::varchar) as other from range(600000)',
			{ key: ['id'] }
		);
		must(await weir.save('texts', 'select * from texts where id <> 0', { replace: true }));
		const [newest] = must(await weir.history('texts'));
		return {
			unordered: await ask(
				'select count(*)::int as n from (select id, lag(id) over () as before from texts) where id < before'
			),
			all: await ask(
				'select count(*)::int as n, min(id)::int as low, count(*) filter (one = md5(id::varchar) and other = md5((id * 3)::varchar))::int as whole from texts'
			),
			added: (newest?.addedBytes ?? NaN) / (newest?.sizeBytes ?? NaN)
		};
	});
	expect(told.unordered).toEqual([{ n: 0 }]);
	expect(told.all).toEqual([{ n: 599_999, low: 1, whole: 599_999 }]);
	// The first of some thirty segments.
	expect(told.added).toBeLessThan(0.06);
});

test('the key is set in the page, and merging begins with it', async ({ scripted: page }) => {
	await withPeople(page);
	await chooseAction(page, 'people', 'Set the key…');
	const dialog = page.getByRole('dialog', { name: 'Key of people' });
	await dialog.getByRole('checkbox', { name: 'score' }).check();
	await dialog.getByRole('button', { name: 'Set the key' }).click();
	await patient(dialog.getByRole('alert')).toContainText('score');
	await dialog.getByRole('checkbox', { name: 'score' }).uncheck();
	await dialog.getByRole('checkbox', { name: 'id' }).check();
	await dialog.getByRole('button', { name: 'Set the key' }).click();
	await patient(dialog).toBeHidden();
	await chooseAction(page, 'people', 'Open');
	await patient(page.getByRole('definition').filter({ hasText: /^id$/ })).toBeVisible();
	const merged = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.branch('people', 'other');
		await weir.edit('people', { change: [{ row: 7, cells: { name: 'changed' } }] });
		await weir.switchBranch('people', 'main');
		await weir.edit('people', { change: [{ row: 8, cells: { name: 'mine' } }] });
		const merge = await weir.merge('people', 'other');
		const diff = await weir.diff('people@v2', 'people');
		const changes = diff.ok ? diff.value.rows : [];
		return {
			changed: merge.ok && merge.value.counts.changed,
			differs: changes.map(({ kind, key, after }) => [kind, Number(key['id']), after?.['name']])
		};
	});
	expect(merged).toEqual({
		changed: 1,
		differs: [
			['changed', 14, 'changed'],
			['changed', 16, 'mine']
		]
	});
});
