// Several tabs of one workspace: commits at once, what each sees of the others, and a tab that is too old for what is stored.
import { expect } from '@playwright/test';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test('two tabs that commit at once make one line of versions, and both see it', async ({ page, context }) => {
	test.setTimeout(120_000);
	const other = await context.newPage();
	await openWorkspace(page);
	await openWorkspace(other);
	await page.evaluate(() =>
		(globalThis as never as WithWeir).weir.save('ledger', 'select range as id, 0 as amount from range(40000)', {
			key: ['id']
		})
	);
	const commit = async (tab: typeof page, offset: number): Promise<{ made: string[]; refused: string[] }> =>
		tab.evaluate(async (first) => {
			const { weir } = globalThis as never as WithWeir;
			const made: string[] = [];
			const refused: string[] = [];
			for (let row = first; made.length < 5; row += 2) {
				const edited = await weir.edit('ledger', { change: [{ row, cells: { amount: 1 } }] });
				if (edited.ok) made.push(edited.value.version);
				else refused.push(edited.error.kind);
			}
			return { made, refused };
		}, offset);
	const [one, two] = await Promise.all([commit(page, 0), commit(other, 20_001)]);
	// Who came second was told so and did it again; nothing was overwritten.
	expect(new Set([...one.refused, ...two.refused])).toEqual(new Set(['moved']));
	const told = await other.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const versions = await weir.versions('ledger');
		const sum = await weir.sql('select sum(amount)::int as n from ledger');
		if (!versions.ok || !sum.ok) throw new Error('a verb failed');
		return { ids: versions.value.map(({ id }) => id), rows: await sum.value.rows() };
	});
	expect(told.ids).toHaveLength(11);
	expect(new Set(told.ids.slice(1))).toEqual(new Set([...one.made, ...two.made]));
	expect(told.rows).toEqual([{ n: 10 }]);
	for (const tab of [page, other]) await patient(tab.getByTitle(/^ledger: /)).toContainText('40');

	// A newer Weir in another tab changed the format: this one says so, and writes nothing.
	await other.evaluate(async () => {
		const db = await new Promise<IDBDatabase>((resolve, reject) => {
			const request = indexedDB.open('weir');
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(new Error('no database'));
		});
		const stored = db.transaction('settings', 'readwrite').objectStore('settings').put({ key: 'format', value: 99 });
		await new Promise((resolve) => (stored.onsuccess = resolve));
		db.close();
	});
	const refused = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const [edit, save] = [await weir.edit('ledger', { remove: [0] }), await weir.save('new', 'select 1 as one')];
		const staged = await weir.stage('ledger', { remove: [0] });
		const read = await weir.sql('select count(*)::int as n from ledger');
		return {
			kinds: [edit, save, staged].map((answer) => (answer.ok ? 'written' : answer.error.kind)),
			rows: read.ok ? await read.value.rows() : read.error.kind
		};
	});
	expect(refused).toEqual({ kinds: ['newer-format', 'newer-format', 'newer-format'], rows: [{ n: 40_000 }] });
	await page.getByRole('button', { name: 'Actions for ledger' }).click();
	await page.getByRole('menuitem', { name: 'Remove' }).click();
	await patient(page.getByText(/reload/i).first()).toBeVisible();
});

test('a query and an export of an old version end well while another tab lets it go, and a later one is told so', async ({
	page,
	context
}) => {
	test.setTimeout(120_000);
	const other = await context.newPage();
	await openWorkspace(page);
	await openWorkspace(other);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.save('big', 'select range as id, md5(range::varchar) as text from range(300000)');
		for (const amount of [1, 2, 3]) await weir.save('big', `select ${amount} as id, 'x' as text`, { replace: true });
	});
	const reading = page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const [sql, exported] = await Promise.all([
			weir.sql('select count(distinct a.text)::int as n from big@v1 a join big@v1 b on md5(a.text) = md5(b.text)'),
			weir.export('select * from big@v1 order by text', 'parquet')
		]);
		return [
			sql.ok ? await sql.value.rows() : sql.error,
			exported.ok ? exported.value.size > 1_000_000 : exported.error
		];
	});
	await other.evaluate(async () => {
		const needed = async (): Promise<boolean> =>
			((await navigator.locks.query()).held ?? []).some(({ name }) => name?.startsWith('weir:needs:'));
		while (!(await needed())) await new Promise((resolve) => setTimeout(resolve, 5));
	});
	const prune = () => other.evaluate(() => (globalThis as never as WithWeir).weir.prune('big', { keep: 1 }));
	expect(await prune()).toMatchObject({ ok: true, value: { versionCount: 2 } });
	expect(await reading).toEqual([[{ n: 300_000 }], true]);
	expect(await prune()).toMatchObject({ ok: true, value: { versionCount: 1 } });
	const late = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const [old, newest] = [await weir.sql('select * from big@v1'), await weir.sql('select id from big@v4')];
		return [old.ok ? 'read' : old.error.kind, newest.ok && (await newest.value.rows())];
	});
	expect(late).toEqual(['version-collected', [{ id: 3 }]]);
});
