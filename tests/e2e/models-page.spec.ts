// Models as a person meets them: a sample is trained, compared, registered, promoted, scores new rows in a pipeline, drifts, and is rolled back.
import { expect, type Locator, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { expectRow, follow, openWorkspace, patient, runQuery, test, type WithWeir } from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 } });
test.setTimeout(180_000);

const scores = (page: Page): Locator => page.getByRole('region', { name: 'Scores on held-out rows' });

async function register(page: Page, number: number): Promise<void> {
	await page.getByRole('button', { name: 'Register…' }).click();
	const dialog = page.getByRole('dialog', { name: /^Register / });
	await dialog.getByRole('button', { name: 'Register', exact: true }).click();
	await expect(page.getByRole('row', { name: new RegExp(`^v${number} `) })).toBeVisible();
}

const SCORING =
	'name: scoring\nsteps:\n  - { id: score, kind: score, model: bird damage@production, input: birdstrikes, into: scored }\n';

/** Runs the pipeline that scores, in its page. */
async function score(page: Page): Promise<void> {
	await follow(page, '/pipelines?pipeline=scoring');
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await patient(page.getByText('succeeded').first()).toBeVisible({ timeout: 60_000 });
}

test('a sample is trained twice, compared, promoted through the gates, scores in a pipeline, drifts, and is rolled back', async ({
	page
}) => {
	await openWorkspace(page, '/models');
	await expect(page.getByRole('heading', { name: 'Learn from what is known.' })).toBeVisible();
	await expectClean(page, 'no model yet');
	await page.getByRole('button', { name: 'Which bird strikes do damage?' }).click();
	await patient(scores(page)).toContainText('ROC AUC', { timeout: 90_000 });
	await page.getByRole('slider', { name: 'Threshold', exact: true }).press('ArrowRight');
	await page.getByRole('button', { name: 'Wildlife Size' }).first().click();
	await patient(page.getByRole('slider', { name: 'probability of true by Wildlife Size' })).toBeVisible();
	await expectClean(page, 'a run');
	await register(page, 1);

	await page.getByRole('button', { name: 'Promote v1…' }).click();
	const first = page.getByRole('dialog', { name: 'Move v1 of bird damage' });
	await first.getByLabel('Why').fill('the first one');
	await first.getByRole('button', { name: 'Promote', exact: true }).click();
	await patient(page.getByText('v1 in Production', { exact: true })).toBeVisible({ timeout: 60_000 });

	await follow(page, '/models?train=');
	await page.getByLabel('Trees, at most').fill('3');
	await expectClean(page, 'the form of a training');
	await page.getByRole('button', { name: 'Train', exact: true }).click();
	await patient(scores(page)).toContainText('ROC AUC', { timeout: 90_000 });
	await register(page, 2);
	await page.getByRole('button', { name: 'Promote v2…' }).click();
	const second = page.getByRole('dialog', { name: 'Move v2 of bird damage' });
	await second.getByRole('button', { name: 'Promote', exact: true }).click();
	const gates = second.getByRole('list', { name: 'Gates' });
	await patient(gates).toContainText('Better than the version in Production: no', { timeout: 60_000 });
	await expect(gates).toContainText('The ONNX file predicts what the trainer does: yes');
	await expectClean(page, 'a closed gate');
	await second.getByLabel('Why').fill('to see what it does');
	await second.getByRole('button', { name: 'Promote in spite of that' }).click();
	await patient(page.getByText('v2 in Production', { exact: true })).toBeVisible({ timeout: 60_000 });

	await follow(page, '/models?view=runs');
	for (const box of await page.getByRole('checkbox', { name: /^Compare / }).all()) await box.check();
	await page.getByRole('button', { name: 'Compare 2 runs' }).click();
	await expect(page.getByRole('row', { name: /^rounds 3 200/ })).toBeVisible();
	await expectClean(page, 'two runs side by side');

	await follow(page, '/models?view=runs');
	const runs = page.getByRole('region', { name: 'Runs' });
	await runs.getByRole('link').first().click();
	await page.getByRole('button', { name: /^Actions for / }).click();
	await page.getByRole('menuitem', { name: 'Remove' }).click();
	await expect(page.getByRole('heading', { name: 'Removed runs' })).toBeVisible();
	await page.getByRole('button', { name: /^Undo remove the run / }).click();
	await expect(runs.getByRole('row')).toHaveCount(3);

	await page.evaluate((text) => (globalThis as never as WithWeir).weir.savePipeline(text), SCORING);
	await score(page);
	await follow(page, '/models?model=bird+damage&tab=watch');
	const scored = page.getByRole('region', { name: 'Versions it scored' });
	await patient(scored.getByRole('row', { name: /^scored@v1 / })).toContainText('steady', { timeout: 60_000 });
	await page.getByRole('button', { name: 'Alert when it drifts' }).click();
	await page.getByRole('button', { name: 'Switch on' }).click();

	// Only large ones are reported from now on.
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.save('birdstrikes', `SELECT * FROM birdstrikes WHERE "Wildlife Size" = 'Large'`, { replace: true });
	});
	await score(page);
	await follow(page, '/check?view=alerts');
	const incident = page.getByRole('list', { name: 'Open incidents' });
	await patient(incident).toContainText('v2: drift of the predictions of the model bird damage', { timeout: 60_000 });
	await incident.getByRole('link').first().click();
	const drifted = page.getByRole('list', { name: 'What it answered, what changed most first' });
	await patient(drifted.getByRole('button', { name: /^drifted probability/ })).toBeVisible({ timeout: 60_000 });
	await expect(page.getByRole('list', { name: 'What it was asked about, what changed most first' })).toContainText(
		'Wildlife Size'
	);
	await expectClean(page, 'what a model scored');

	await page.getByRole('button', { name: 'Roll back to v1' }).click();
	const back = page.getByRole('dialog', { name: 'Roll bird damage back' });
	await back.getByLabel('Why').fill('too few trees');
	await back.getByRole('button', { name: 'Roll back to v1' }).click();
	await patient(page.getByText('v1 in Production', { exact: true })).toBeVisible();
	await page.getByRole('tab', { name: 'Versions' }).click();
	await expect(page.getByText('v1 went from Archived to Production, as a roll-back: too few trees')).toBeVisible();
	await page.setViewportSize({ width: 390, height: 844 });
	await expectClean(page, 'a model on a phone');
	await page.setViewportSize({ width: 1280, height: 800 });

	await follow(page, '/');
	await runQuery(
		page,
		`SELECT count(*) AS n, count(DISTINCT p) AS answers FROM (SELECT predict('bird damage') AS p FROM birdstrikes@v1)`
	);
	await expectRow(page, 1, ['10000', '2']);
});
