// Cells edited in the grid: by keys, by a pasted block, across a reload, back and forth, until they are committed.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { chooseAction, expectRow, grid, openWorkspace, patient, row, test, type WithWeir } from './workspace.ts';

test.setTimeout(120_000);
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

async function withPeople(page: Page): Promise<void> {
	await openWorkspace(page);
	const saved = await page.evaluate(() =>
		(globalThis as never as WithWeir).weir.save(
			'people',
			"select * from (values (1, 'Ann', 1.5), (2, 'Bob', null), (3, 'Cid', 2.5), (4, 'Dee', 4.0)) as t(id, name, score)"
		)
	);
	expect(saved.ok).toBe(true);
	await chooseAction(page, 'people', 'Open');
	await expectRow(page, 1, ['1', 'Ann', '1.5']);
}

async function paste(page: Page, text: string): Promise<void> {
	await page.evaluate((put) => navigator.clipboard.writeText(put), text);
	await page.keyboard.press('ControlOrMeta+V');
}

async function stored(page: Page): Promise<unknown[][]> {
	return page.evaluate(async () => {
		const answer = await (globalThis as never as WithWeir).weir.sql('select * from people');
		if (!answer.ok) throw new Error(answer.error.kind);
		return (await answer.value.rows()).map((of) => Object.values(of).map(String));
	});
}

test('cells are edited by keys and a pasted block, kept across a reload, taken back, and committed', async ({
	page
}) => {
	await withPeople(page);
	const bar = page.getByRole('group', { name: 'Edits of people' });
	await grid(page).focus();
	// Down to Bob's name: typing begins the editor, Enter goes down, Tab right.
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowRight');
	await page.keyboard.type('Bo');
	await expect(page.getByRole('textbox', { name: 'name of row 2' })).toHaveValue('Bo');
	await page.keyboard.press('Tab');
	await expectRow(page, 2, ['2', 'Bo', 'null']);
	await page.keyboard.press('F2');
	await page.keyboard.type('many');
	await page.keyboard.press('Enter');
	const editor = page.getByRole('textbox', { name: 'score of row 2' });
	await patient(page.getByRole('alert')).toContainText('“many”');
	await expect(editor).toHaveAttribute('aria-invalid', 'true');
	await editor.fill('8e0');
	await editor.press('Enter');
	await expectRow(page, 2, ['2', 'Bo', '8.0']);
	await expect(row(page, 2).getByRole('rowheader')).toContainText('changed');
	await expect(bar.getByRole('status')).toHaveText('2 cells changed');
	await expectClean(page, 'edits');

	// A block that is longer than the table adds rows; one Undo takes all of it back.
	await page.keyboard.press('ControlOrMeta+End');
	await page.keyboard.press('Home');
	await paste(page, '40\t"D ""d""\nsecond line"\t\n50\tEve\t5.5\n');
	await expectRow(page, 4, ['40', 'D "d"⏎second line', 'null']);
	await expectRow(page, 5, ['50', 'Eve', '5.5']);
	await expect(bar.getByRole('status')).toHaveText('5 cells changed, 1 row added');
	await page.keyboard.press('ControlOrMeta+Z');
	await expect(bar.getByRole('status')).toHaveText('2 cells changed');
	await page.keyboard.press('ControlOrMeta+Shift+Z');
	await expect(bar.getByRole('status')).toHaveText('5 cells changed, 1 row added');
	await paste(page, 'x\ty\tz\n1\t2\t3');
	await patient(page.getByText(/Nothing was changed\. .*“x”/)).toBeVisible();

	await page.reload();
	await expectRow(page, 2, ['2', 'Bo', '8.0']);
	await patient(bar.getByRole('status')).toHaveText('5 cells changed, 1 row added');
	await grid(page).focus();
	await page.keyboard.press('ControlOrMeta+Home');
	await bar.getByRole('button', { name: 'Remove row' }).click();
	await expect(row(page, 1).getByRole('rowheader')).toContainText('removed');
	await bar.getByRole('button', { name: 'Row above' }).click();
	await expect(row(page, 1).getByRole('rowheader')).toContainText('added');
	await grid(page).focus();
	await page.keyboard.press('Delete');
	await expect(bar.getByRole('status')).toHaveText('5 cells changed, 2 rows added, 1 row removed');
	expect(await stored(page)).toHaveLength(4);
	await bar.getByRole('textbox', { name: 'Message of the version' }).fill('Spelling');
	await bar.getByRole('button', { name: 'Commit' }).click();
	// Pointed at, the note stays for as long as this takes.
	await page.getByText('Committed to people').hover();
	const made = [
		['null', 'null', 'null'],
		['2', 'Bo', '8'],
		['3', 'Cid', '2.5'],
		['40', 'D "d"\nsecond line', 'null'],
		['50', 'Eve', '5.5']
	];
	expect(await stored(page)).toEqual(made);
	await expect(bar.getByRole('status')).toHaveCount(0);
	const newest = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const [versions, copy] = [await weir.versions('people'), await weir.workingCopy('people')];
		return { message: versions.ok && versions.value.at(-1)?.message, copy: copy.ok && copy.value };
	});
	expect(newest).toEqual({ message: 'Spelling', copy: null });
	await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
	await expectRow(page, 1, ['1', 'Ann', '1.5']);
});

test('edits wait while rows are sorted, are told when another version came, and can be discarded', async ({
	scripted: page
}) => {
	await withPeople(page);
	const bar = page.getByRole('group', { name: 'Edits of people' });
	await grid(page).focus();
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('Enter');
	await page.keyboard.press('ArrowDown');
	await expect(bar).toBeHidden();
	await page.keyboard.type('9');
	await patient(page.getByText('Clear sorting and filters to edit cells.')).toBeVisible();
	await page.keyboard.press('ArrowUp');
	// Descending and cleared at once: the sort that still runs is given up.
	await grid(page).evaluate((element) => {
		for (let times = 0; times < 2; times += 1)
			element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
	});
	await patient(bar).toBeVisible();

	const staged = await page.evaluate(() =>
		(globalThis as never as WithWeir).weir.stage('people', {
			change: [{ row: 0, cells: { score: '7' } }],
			add: [{ cells: { id: 5 } }]
		})
	);
	expect(staged.ok && staged.value.edits).toEqual({
		changed: [{ row: 0, cells: { score: '7.0' } }],
		removed: [],
		added: [{ before: 4, cells: { id: '5' } }]
	});
	await expectRow(page, 5, ['5', 'null', 'null']);
	await grid(page).focus();
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('Enter');
	await patient(page.getByText('Edits are not committed yet')).toBeVisible();

	const refused = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const misfit = await weir.stage('people', { change: [{ row: 0, cells: { score: 'x' } }] });
		const missing = await weir.stage('people', { remove: [4] });
		await weir.edit('people', { remove: [0] });
		const outdated = await weir.commit('people');
		return [misfit, missing, outdated].map((answer) => (answer.ok ? 'taken' : answer.error.kind));
	});
	expect(refused).toEqual(['values-do-not-fit', 'unknown-row', 'working-copy-outdated']);
	await patient(bar).toContainText('people has a newer version than the one that was edited.');
	await expectRow(page, 1, ['2', 'Bob', 'null']);
	await bar.getByRole('button', { name: 'Discard' }).click();
	await patient(page.getByText('Discarded the edits of people')).toBeVisible();
	await expect(bar).not.toContainText('newer version');
	await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
	await patient(bar).toContainText('newer version');
});
