// Branches merged by key: against a model on random tables, with their conflicts, schemas, and what cannot be merged.
import { expect, type Page } from '@playwright/test';
import fc from 'fast-check';
import { mergeModel, type Cells, type Rows } from '../merge-model.ts';
import { expectRows, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(240_000);

/** A table of `id`, `a` and `b` as a query. */
function sqlOf(rows: Rows): string {
	const text = (value: string | null | undefined): string =>
		value === null || value === undefined ? 'NULL' : `'${value}'`;
	const values = [...rows].map(([id, { a, b }]) => `(${id}::BIGINT, ${text(a)}::VARCHAR, ${text(b)}::VARCHAR)`);
	const all = values.length === 0 ? '(NULL::BIGINT, NULL::VARCHAR, NULL::VARCHAR)' : values.join(', ');
	return `SELECT * FROM (VALUES ${all}) t(id, a, b) WHERE id IS NOT NULL`;
}

/** Makes a dataset whose open branch is `ours`, with `theirs` beside it, both from one version. */
async function withLines(page: Page, name: string, base: string, ours: string, theirs: string): Promise<void> {
	await page.evaluate(
		async ([dataset, o, a, b]) => {
			const { weir } = globalThis as never as WithWeir;
			const must = async (answer: Promise<{ ok: boolean; error?: unknown }>): Promise<void> => {
				const result = await answer;
				if (!result.ok) throw new Error(JSON.stringify(result.error));
			};
			await must(weir.save(dataset, o));
			await must(weir.branch(dataset, 'theirs'));
			await must(weir.save(dataset, b, { replace: true }));
			await must(weir.switchBranch(dataset, 'main'));
			await must(weir.save(dataset, a, { replace: true }));
		},
		[name, base, ours, theirs] as const
	);
}

async function rowsOf(page: Page, from: string): Promise<unknown[][]> {
	return page.evaluate(async (reference) => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.sql(`select * from ${reference}`);
		if (!answer.ok) throw new Error(JSON.stringify(answer.error));
		return (await answer.value.rows()).map((row) => Object.values(row));
	}, from);
}

test('random lines merge as the model says, and both directions alike', async ({ scripted: page }) => {
	await openWorkspace(page);
	const cell = fc.constantFrom(null, 'x', 'y');
	const table: fc.Arbitrary<Rows> = fc
		.array(fc.tuple(fc.nat(6), fc.record({ a: cell, b: cell })), { maxLength: 7 })
		.map((rows) => new Map<number, Cells>(rows));
	const sorted = (rows: unknown[][]): unknown[][] => rows.sort(([one], [other]) => Number(one) - Number(other));
	const asRows = (rows: Rows): unknown[][] => [...rows].map(([id, { a, b }]) => [id, a, b]);
	let run = 0;
	await fc.assert(
		fc.asyncProperty(table, table, table, async (o, a, b) => {
			const name = `random_${run++}`;
			// Lines without a change of their own would be told apart before any row is looked at.
			const own = (rows: Rows, id: number): Rows => new Map([...rows, [id, { a: 'own', b: null }]]);
			const [ours, theirs] = [own(a, 101), own(b, 102)];
			await withLines(page, name, sqlOf(o), sqlOf(ours), sqlOf(theirs));
			const told = await page.evaluate(async (dataset) => {
				const { weir } = globalThis as never as WithWeir;
				const preview = await weir.previewMerge(dataset, 'theirs', { key: ['id'] });
				const refused = await weir.merge(dataset, 'theirs', { key: ['id'] });
				const merged = refused.ok ? refused : await weir.merge(dataset, 'theirs', { key: ['id'], settle: 'ours' });
				return {
					conflicts: preview.ok ? preview.value.conflicts.map(({ key }) => Number(key[0])) : preview.error,
					refused: refused.ok ? null : refused.error,
					merged: merged.ok ? null : merged.error
				};
			}, name);
			const model = mergeModel(o, ours, theirs);
			expect(told.merged).toBeNull();
			expect((told.conflicts as number[]).sort()).toEqual([...model.conflicts].sort());
			expect(told.refused).toEqual(
				model.conflicts.size === 0 ? null : { kind: 'merge-conflicts', count: model.conflicts.size }
			);
			const here = sorted(await rowsOf(page, name));
			expect(here).toEqual(sorted(asRows(model.rows)));
			// The other way round: theirs takes what ours was.
			const back = await page.evaluate(async (dataset) => {
				const { weir } = globalThis as never as WithWeir;
				await weir.undo();
				await weir.switchBranch(dataset, 'theirs');
				const merged = await weir.merge(dataset, 'main', { key: ['id'], settle: 'theirs' });
				return merged.ok ? null : merged.error;
			}, name);
			expect(back).toBeNull();
			expect(sorted(await rowsOf(page, name))).toEqual(here);
		}),
		{ numRuns: 12, seed: 20_261_123 }
	);
});

test('a merge keeps order, costs only what changed, has two parents, and can be undone', async ({ scripted: page }) => {
	await openWorkspace(page);
	const base = "select range as id, 'n' || range % 100 as name, range / 8 as score from range(40000)";
	await withLines(
		page,
		'people',
		base,
		`select id, if(id = 20000, 'ours', name) as name, score from (${base}) where id <> 5`,
		`select id, name, if(id = 20000, -1, score) as score from (${base}) union all select 90000, 'new', 1`
	);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const merged = await weir.merge('people', 'theirs', { key: ['id'] });
		const versions = await weir.versions('people');
		const again = await weir.merge('people', 'theirs', { key: ['id'] });
		const changes = await weir.diff('people@v2', 'people', { key: ['id'] });
		return {
			merged: merged.ok ? merged.value : merged.error,
			lineage: versions.ok ? versions.value.at(-1)?.lineage : null,
			again: again.ok ? null : again.error,
			changes: changes.ok ? changes.value.rows : changes.error
		};
	});
	expect(told.merged).toMatchObject({ rowCount: 40_000, counts: { changed: 1, added: 1, removed: 0, conflicts: 0 } });
	expect(told.lineage).toMatchObject({ operation: 'merge' });
	expect(told.again).toEqual({ kind: 'nothing-to-merge', from: 'theirs' });
	// What was merged stays in the history though its branch goes.
	const kept = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.removeBranch('people', 'theirs');
		const history = await weir.history('people');
		await weir.undo();
		return history.ok ? history.value.length : history.error;
	});
	expect(kept).toBe(4);
	expect(told.changes).toMatchObject([
		{
			kind: 'changed',
			key: { id: 20_000 },
			before: { name: 'ours', score: 2500 },
			after: { name: 'ours', score: -1 },
			changed: ['score']
		},
		{ kind: 'added', key: { id: 90_000 }, before: null, after: { name: 'new' } }
	]);
	const rows = await rowsOf(page, 'people');
	expect(rows.slice(0, 6).map(([id]) => id)).toEqual([0, 1, 2, 3, 4, 6]);
	expect(rows.at(-1)).toEqual([90_000, 'new', 1]);
	await page.evaluate(() => (globalThis as never as WithWeir).weir.undo());
	expect(await rowsOf(page, 'people')).toHaveLength(39_999);
});

test('conflicts are told with all three sides, and settled one by one or in bulk', async ({ scripted: page }) => {
	await openWorkspace(page);
	await withLines(
		page,
		'people',
		"select * from (values (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'x')) t(id, name, note)",
		"select * from (values (1, 'A', 'ours'), (2, 'B', 'x')) t(id, name, note)",
		"select * from (values (1, 'Å', 'theirs'), (3, 'C', 'x')) t(id, name, note)"
	);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const key = ['id'];
		const preview = await weir.previewMerge('people', 'theirs', { key });
		const choices = [
			{ key: ['1'], column: 'name', take: 'theirs' },
			{ key: ['1'], column: 'note', take: 'base' },
			{ key: ['3'], column: null, take: 'theirs' }
		] as const;
		const some = await weir.merge('people', 'theirs', { key, choices });
		const all = await weir.merge('people', 'theirs', { key, choices, settle: 'ours', message: 'Settled' });
		return [
			preview.ok ? preview.value : preview.error,
			some.ok ? null : some.error,
			all.ok ? all.value.counts : all.error
		];
	});
	expect(told[0]).toMatchObject({
		kind: 'merge',
		counts: { conflicts: 3, open: 3 },
		conflicts: [
			{
				key: ['1'],
				kind: 'cells',
				cells: [
					{ column: 'id', isConflict: false },
					{ column: 'name', isConflict: true, base: 'a', ours: 'A', theirs: 'Å' },
					{ column: 'note', isConflict: true, base: 'x', ours: 'ours', theirs: 'theirs' }
				]
			},
			{ key: ['3'], kind: 'removed', removedBy: 'ours' },
			{ key: ['2'], kind: 'removed', removedBy: 'theirs' }
		]
	});
	expect(told[1]).toEqual({ kind: 'merge-conflicts', count: 1 });
	expect(told[2]).toMatchObject({ conflicts: 3, open: 0 });
	expect(await rowsOf(page, 'people')).toEqual([
		[1, 'Å', 'x'],
		[2, 'B', 'x'],
		[3, 'C', 'x']
	]);
});

test('schemas merge, and what clashes is told', async ({ scripted: page }) => {
	await openWorkspace(page);
	const base = "select range as id, 'n' || range as name, range as gone from range(10)";
	await withLines(
		page,
		'grown',
		base,
		`select *, id * 2 as twice from (${base})`,
		`select id::DOUBLE as id, upper(name) as name, 'new' as extra from (${base})`
	);
	await withLines(
		page,
		'clash',
		base,
		`select * exclude (gone) from (${base})`,
		`select * replace (gone + 1 as gone) from (${base})`
	);
	await withLines(
		page,
		'keyless',
		base,
		`select * from (${base}) union all select 1, 'again', 0`,
		`select id, name, gone from (${base}) where id > 1`
	);
	await withLines(
		page,
		'sorted',
		base,
		`select * from (${base}) order by id desc`,
		`select * replace (if(id = 4, 'four', name) as name) from (${base})`
	);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const key = ['id'];
		const answers = [
			await weir.merge('grown', 'theirs', { key }),
			await weir.merge('clash', 'theirs', { key }),
			await weir.merge('keyless', 'theirs', { key }),
			await weir.merge('sorted', 'theirs', { key }),
			await weir.merge('sorted', 'nowhere', { key }),
			await weir.merge('keyless', 'theirs', { key: [] }),
			await weir.merge('sorted', 'theirs', { key: 'id' } as never)
		];
		await weir.switchBranch('clash', 'theirs');
		await weir.branch('clash', 'ahead');
		await weir.save('clash', 'select * from clash where id = 1', { replace: true });
		await weir.switchBranch('clash', 'theirs');
		answers.push(await weir.merge('clash', 'ahead', { key }));
		return answers.map((answer) => (answer.ok ? answer.value : answer.error));
	});
	expect(told).toMatchObject([
		{ counts: { changed: 10, conflicts: 0 } },
		{
			kind: 'schemas-clash',
			clashes: [{ kind: 'dropped-and-changed', column: 'gone', droppedBy: 'ours', rowCount: 10 }]
		},
		{ kind: 'key-not-unique', where: 'main', key: ['id'], examples: ['1'] },
		{ counts: { changed: 1, added: 0, removed: 0 } },
		{ kind: 'unknown-ref', name: 'nowhere' },
		{ kind: 'no-key' },
		{ kind: 'invalid-argument', argument: 'key' },
		{ rowCount: 1, counts: { changed: 0 } }
	]);
	expect((await rowsOf(page, 'grown'))[3]).toEqual([3, 'N3', 6, 'new']);
	expect((await rowsOf(page, 'sorted')).map(([id, name]) => `${String(id)} ${String(name)}`).slice(4, 7)).toEqual([
		'5 n5',
		'4 four',
		'3 n3'
	]);
});

test('in the page, conflicts are settled by keys, and the merge is undone', async ({ scripted: page }) => {
	await openWorkspace(page);
	await withLines(
		page,
		'people',
		"select * from (values (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'x')) t(id, name, note)",
		"select * from (values (1, 'A', 'ours'), (2, 'B', 'x'), (3, 'c', 'x')) t(id, name, note)",
		"select * from (values (1, 'Å', 'theirs'), (3, 'C', 'x'), (4, 'd', 'x')) t(id, name, note)"
	);
	await page.getByTitle(/^people: /).click();
	await expectRows(page, 3);
	await page.getByRole('button', { name: 'Branches and tags of people' }).click();
	await page.getByRole('menuitem', { name: 'Merge theirs into main…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Merge into main of people' });
	await expect(dialog.getByRole('checkbox', { name: 'id' })).toBeChecked();
	await dialog.getByRole('button', { name: 'Look at it' }).click();
	await patient(dialog.getByRole('heading', { name: '3 conflicts' })).toBeVisible();
	await expect(dialog.getByRole('status')).toContainText('1 row changed, 1 row added');
	await expect(dialog.getByRole('button', { name: 'Merge', exact: true })).toBeDisabled();

	const group = (name: string) => dialog.getByRole('group', { name });
	await group('1 name').getByRole('radio').first().focus();
	await page.keyboard.press('t');
	await expect(group('1 name').getByRole('radio', { name: 'Theirs Å' })).toBeChecked();
	await expect(group('1 note').getByRole('radio').first()).toBeFocused();
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('b');
	await expect(group('1 note').getByRole('radio', { name: 'Before x' })).toBeChecked();
	await expect(dialog.getByText('1 to settle')).toBeVisible();
	await page.keyboard.press('o');
	await page.keyboard.press('Enter');
	await patient(page.getByText('Merged theirs into people')).toBeVisible();
	await expect(dialog).toBeHidden();
	await expectRows(page, 4);
	expect(await rowsOf(page, 'people')).toEqual([
		[1, 'Å', 'x'],
		[2, 'B', 'x'],
		[3, 'C', 'x'],
		[4, 'd', 'x']
	]);
	await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
	await expectRows(page, 3);
});
