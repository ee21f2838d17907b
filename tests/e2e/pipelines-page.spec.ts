// The page for pipelines, as a person meets it: made from an example, planned, run, looked at, replayed; and edited on its canvas.
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 } });

test('from an example to a plan, a run, its log and a replay', async ({ page }) => {
	await openWorkspace(page, '/pipelines');
	await expectClean(page, 'no pipelines');
	await page.getByRole('button', { name: /Rain in Seattle/ }).click();
	const canvas = page.getByRole('group', { name: 'Steps of seattle-rain' });
	await patient(canvas.getByRole('button', { name: /^rain_by_month transform .*needs weather/ })).toBeVisible();

	await page.getByRole('tab', { name: 'Plan' }).click();
	const planned = page.getByRole('row', { name: /^rain_by_year/ });
	await patient(planned).toContainText('may run');
	await expect(planned).toContainText('is_complete decides');
	await expectClean(page, 'a plan');
	await page.getByLabel('wet_mm').fill('20');
	await page.getByRole('button', { name: 'Run', exact: true }).click();

	const ran = page.getByRole('group', { name: 'Steps of this run of seattle-rain' });
	await patient(ran.getByRole('button', { name: /^done succeeded/ })).toBeVisible({ timeout: 60_000 });
	await expect(ran.getByRole('button', { name: /^gaps skipped/ })).toBeVisible();
	await page.getByRole('tab', { name: 'Steps' }).click();
	await expect(page.getByRole('row', { name: /^rain_by_month/ })).toContainText('1,46148');
	await expect(page.getByRole('row', { name: /^gaps/ })).toContainText('The branch is_complete chose other steps');
	await page.getByRole('tab', { name: 'Log' }).click();
	await page.getByRole('searchbox', { name: 'Search the log' }).fill('goes on');
	await expect(page.getByRole('list', { name: 'Log' }).getByRole('listitem')).toHaveText([/rain_by_year, by_weather/]);
	await expectClean(page, 'a run');

	await ran.getByRole('button', { name: /^rain_by_year/ }).click();
	await page.getByRole('button', { name: 'Replay from here…' }).click();
	await page.getByRole('dialog').getByLabel('wet_mm').fill('5');
	await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
	await patient(page.getByText(/replay from rain_by_year · wet_mm = 5/)).toBeVisible();
	await page.getByRole('tab', { name: 'Steps' }).click();
	await patient(page.getByRole('row', { name: /^weather/ })).toContainText('Taken over from the run');

	await page.getByRole('link', { name: 'Pipelines' }).first().click();
	await patient(page.getByRole('row', { name: /seattle-rain/ })).toContainText('succeeded');
	await expectClean(page, 'the list of pipelines');
});

test('the canvas by keyboard, and the text with a problem', async ({ page }) => {
	await openWorkspace(page, '/pipelines');
	await page.getByRole('button', { name: /Movies by genre/ }).click();
	const step = (name: RegExp) => page.getByRole('group', { name: /^Steps of/ }).getByRole('button', { name });
	await patient(step(/^movies ingest/)).toBeVisible();
	await step(/^movies ingest/).focus();
	await page.keyboard.press('ArrowRight');
	await expect(step(/^best transform/)).toBeFocused();
	await page.keyboard.press('n');
	await page
		.getByRole('dialog', { name: 'Add a step behind best' })
		.getByRole('button', { name: /^check/ })
		.click();
	const panel = page.getByRole('region', { name: 'Step check' });
	await expect(panel.getByLabel('Name')).toBeFocused();
	await panel.getByLabel('SQL').fill('SELECT count(*) > 0\nFROM movies');
	await panel.getByLabel('Name').fill('some_rows');
	await panel.getByLabel('Name').press('Enter');
	await expect(step(/^some_rows check .*needs best/)).toBeVisible();
	const code = page.getByRole('textbox', { name: 'Pipeline movies-by-genre as YAML' });
	await expect(code).toContainText('# One run for each genre');
	await expect(code).toContainText('- id: some_rows');
	await expectClean(page, 'a canvas with a step');
	await page.keyboard.press('Escape');
	await step(/^some_rows check/).focus();
	await page.keyboard.press('Delete');
	await expect(step(/^some_rows check/)).toHaveCount(0);
	await page.getByRole('button', { name: 'Undo the edit' }).click();
	await expect(step(/^some_rows check/)).toBeVisible();

	await code.click();
	await page.keyboard.press('Control+Home');
	await page.keyboard.type('nme: x\n');
	const problems = page.getByRole('list', { name: 'Problems' });
	await expect(problems).toContainText('nme means nothing here. Did you mean name? Line 1, column 1');
	await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
});

test('a run that fails tells so, and shows the query with the place in it', async ({ page }) => {
	await openWorkspace(page, '/pipelines');
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const text = `name: wrong
steps:
  - { id: movies, kind: ingest, sample: movies, into: movies }
  - id: rated
    kind: transform
    needs: [movies]
    sql: |
      SELECT Title
      FROM movies WHERE Votez > 1
    into: rated
`;
		const saved = await weir.savePipeline(text);
		if (!saved.ok) throw new Error(saved.error.kind);
		await weir.runPipeline('wrong');
	});
	await page.getByRole('button', { name: 'See the run' }).click();
	const step = page.getByRole('region', { name: 'Step rated of this run' });
	await patient(step.getByRole('alert')).toContainText('line 2, column 19 of its SQL');
	await expect(step.locator('mark')).toHaveText('Votez');
});
