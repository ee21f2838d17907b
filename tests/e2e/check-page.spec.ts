// The page for checks, as a person meets it: a suite on a dirty table, the rows against it, an edit, and the quality of all datasets.
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { expectRows, follow, patient, test, type WithWeir } from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 } });

test('films are checked, the rows against a check are shown, and a mended check holds', async ({ scripted: page }) => {
	await follow(page, '/check');
	await expectClean(page, 'nothing to check');
	await page.getByRole('button', { name: /^Check 3,201 films/ }).click();
	const checks = page.getByRole('list', { name: 'Checks' });
	const check = (name: RegExp) => checks.getByRole('button', { name });
	const verdict = page.getByRole('region', { name: 'Verdict' }).getByRole('status');
	await patient(verdict).toContainText('61 of 100 · 7 hold · 2 warn · 4 failed · 3,201 rows', { timeout: 60_000 });
	await expect(check(/^failed no film comes from the future/)).toContainText('22 rows against it (0.69 %)');
	await expect(check(/^holds Title, Release Date compound columns to be unique/)).toBeVisible();
	await expectClean(page, 'a verdict');

	// Two ratings are none of the list: one more value, and the check holds.
	await check(/^failed MPAA Rating/).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('region', { name: /^Some rows against MPAA Rating/ })).toContainText('Open');
	await expectClean(page, 'a check with its form');
	const values = page.getByRole('textbox', { name: 'Values' });
	await values.fill(`${await values.inputValue()}\nOpen`);
	await values.press('Control+Enter');
	await patient(check(/^holds MPAA Rating/)).toContainText('no row against it');
	await patient(verdict).toContainText('8 hold · 2 warn · 3 failed');
	await page.getByRole('tab', { name: 'YAML' }).click();
	const code = page.getByRole('textbox', { name: /as YAML$/ });
	await expect(code).toContainText('Not Rated, Open');
	await expect(code).toContainText('Not everything here holds.');
	await page.getByRole('tab', { name: 'Checks' }).click();

	await page.getByLabel('Only what does not hold').check();
	await expect(checks.getByRole('listitem')).toHaveCount(5);
	await check(/^failed no film comes from the future/).click();
	await page.getByRole('button', { name: 'Show all 22 rows in the grid' }).click();
	await expectRows(page, 22);

	// The version tells it too, and its history.
	await page.getByRole('button', { name: /^movies/ }).click();
	await expect(page.getByRole('link', { name: 'failed films, as they should be' })).toBeVisible();
	await page.getByRole('button', { name: 'History of movies' }).click();
	await patient(page.getByRole('option')).toContainText('checks failed');
	await expect(page.getByRole('region', { name: 'The selected version' }).getByRole('link')).toHaveText(
		/^\s*failed films/
	);
});

test('checks are suggested, a problem of the text is told at its place, and another tool’s suite is taken in', async ({
	scripted: page
}) => {
	await follow(page, '/check');
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const text = 'id,mail\n1,a@b.org\n2,c@d.org\n3,\n';
		const ingested = await weir.ingest(new Blob([text]), { name: 'people' });
		if (!ingested.ok) throw new Error(ingested.error.kind);
	});
	const row = page.getByRole('row', { name: /people/ });
	await patient(row).toContainText('not checked');
	await row.getByRole('button', { name: 'Suggest checks' }).click();
	const verdict = page.getByRole('region', { name: 'Verdict' }).getByRole('status');
	await patient(verdict).toContainText('100 of 100', { timeout: 60_000 });
	await expect(page.getByRole('list', { name: 'Checks' })).toContainText('id values to be unique');

	await page.getByRole('button', { name: 'Add a check' }).click();
	await page.getByLabel('Search expectations').fill('json');
	await expectClean(page, 'the expectations');
	await page.getByRole('button', { name: /^values to be json parseable/ }).click();
	await page.getByRole('tab', { name: 'YAML' }).click();
	await page.getByRole('textbox', { name: /as YAML$/ }).click();
	await page.keyboard.press('Control+Home');
	await page.keyboard.type('keys: x\n');
	await expect(page.getByRole('list', { name: 'Problems' })).toContainText('Did you mean key? Line 1, column 1');
	await expect(page.getByRole('button', { name: 'Check now' })).toBeDisabled();
	await page.getByRole('button', { name: 'Undo the edit' }).click();
	await page.keyboard.press('Control+s');
	await expect(page.getByText('Saved people checks')).toBeVisible();

	await page.getByRole('main').getByRole('link', { name: 'Quality' }).click();
	await patient(row).toContainText('holds');
	await expectClean(page, 'the quality of datasets');
	const suite = {
		name: 'from elsewhere',
		expectations: [
			{ type: 'expect_column_values_to_not_be_null', kwargs: { column: 'mail' } },
			{ type: 'expect_the_moon', kwargs: {} }
		],
		meta: { great_expectations_version: '1.3.0' }
	};
	const file = { name: 'suite.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(suite)) };
	await page.getByLabel('Suite or contract to import').setInputFiles(file);
	await expect(page.getByRole('dialog', { name: 'What has no place in the suite' })).toContainText('expect_the_moon');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Check now' }).click();
	await patient(verdict).toContainText('0 of 100 · 0 hold · 1 failed');
});
