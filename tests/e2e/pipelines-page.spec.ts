// The page for pipelines, as a person meets it: made from an example, planned, run, looked at, replayed; and edited on its canvas.
import { expect, type Locator, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { follow, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

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
	await page.getByText('Faults it is to meet').click();
	await page.getByRole('button', { name: 'Add a fault' }).click();
	await page.getByLabel('Fault 1: what happens').selectOption('It is slow');
	await page.getByLabel('Fault 1: by ms').fill('5');
	await page.getByLabel('Fault 1: step').fill('weather');
	await page.getByLabel('Fault 1: step').blur();
	await expectClean(page, 'a fault');
	await page.getByLabel('wet_mm').fill('20');
	await page.getByRole('button', { name: 'Run', exact: true }).click();

	const ran = page.getByRole('group', { name: 'Steps of this run of seattle-rain' });
	await patient(ran.getByRole('button', { name: /^done succeeded/ })).toBeVisible({ timeout: 60_000 });
	await expect(ran.getByRole('button', { name: /^gaps skipped/ })).toBeVisible();
	await expect(page.getByText(/told to meet: it is slow at weather, attempt 1/)).toBeVisible();
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

test('the canvas by keyboard and by two fingers, and the text with a problem', async ({ page }) => {
	await openWorkspace(page, '/pipelines');
	await page.getByRole('button', { name: /Movies by genre/ }).click();
	const step = (name: RegExp) => page.getByRole('group', { name: /^Steps of/ }).getByRole('button', { name });
	await patient(step(/^movies ingest/)).toBeVisible();
	const pinched = await pinch(page, page.getByRole('group', { name: /^Steps of/ }), step(/^movies ingest/));
	expect(pinched.scale).toBeCloseTo(2, 1);
	expect(pinched.moved).toBeLessThan(4);
	await page.keyboard.press('0');
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

test('a run that fails tells so, to another window too, and shows the query with the place in it', async ({
	page,
	context,
	baseURL
}) => {
	await context.grantPermissions(['notifications'], { origin: baseURL ?? '' });
	// What is told the browser shows outside of the page: here it is kept beside.
	await page.addInitScript(() => {
		const told: unknown[] = [];
		class Kept extends Notification {
			constructor(title: string, options: NotificationOptions) {
				super(title, options);
				told.push([title, options.body]);
				Object.assign(globalThis, { newest: this });
			}
		}
		Object.assign(globalThis, { told, Notification: Kept });
	});
	await openWorkspace(page, '/pipelines');
	const failing = () =>
		page.evaluate(async () => {
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
	await failing();
	await page.getByRole('checkbox', { name: 'Notify me of failed runs' }).check();
	const see = page.getByRole('button', { name: 'See the run' });
	await patient(see).toHaveCount(1);
	expect(await page.evaluate(() => Reflect.get(globalThis, 'told') as unknown)).toEqual([]);
	await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }));
	await failing();
	await patient(see).toHaveCount(2);
	expect(await page.evaluate(() => Reflect.get(globalThis, 'told') as unknown)).toEqual([
		['wrong failed', 'In rated.']
	]);
	await page.evaluate(() => (Reflect.get(globalThis, 'newest') as Notification).dispatchEvent(new Event('click')));
	const step = page.getByRole('region', { name: 'Step rated of this run' });
	await patient(step.getByRole('alert')).toContainText('line 2, column 19 of its SQL');
	await expect(step.locator('mark')).toHaveText('Votez');
});

test('days stand in a calendar of weeks, are chosen by keys and by ranges, and are filled', async ({
	scripted: page
}) => {
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const saved = await weir.savePipeline(`name: days
params: { day: { type: date } }
partitions: { param: day, by: day, from: 2026-02-27 }
steps:
  - id: one
    kind: transform
    sql: "SELECT CASE WHEN \${{ params.day }} = DATE '2026-03-02' THEN error('none') ELSE 1 END AS n"
    into: filled
`);
		if (!saved.ok) throw new Error(JSON.stringify(saved.error));
	});
	await follow(page, '/pipelines?pipeline=days&view=backfill');
	await page.getByLabel('to', { exact: true }).fill('2026-03-10');
	const day = (name: string) => page.getByRole('button', { name: new RegExp(` ${name}, `) });
	await expect(day('2026-03-11')).toHaveCount(0);
	await expect(page.getByRole('heading', { level: 3 })).toHaveText(['March 2026', 'February 2026']);
	const box = async (name: string) => (await day(name).boundingBox()) ?? { x: 0, y: 0 };
	const [sunday, monday, tuesday, next] = await Promise.all(
		['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-10'].map(box)
	);
	expect([monday?.x, tuesday?.y]).toEqual([Math.min(sunday?.x ?? 0, monday?.x ?? 0), monday?.y]);
	expect(next?.x).toBe(tuesday?.x);
	expect(sunday?.y).toBeLessThan(monday?.y ?? 0);

	await day('2026-03-01').click();
	await page.keyboard.press('Shift+ArrowRight');
	await expect(page.getByRole('button', { pressed: true })).toHaveText(['1', '2']);
	await page.keyboard.press('ArrowDown');
	await expect(day('2026-03-09')).toBeFocused();
	await expectClean(page, 'a calendar of days');
	await page.getByRole('button', { name: 'Run 2 partitions' }).click();
	await patient(day('2026-03-02')).toHaveAccessibleName('2, 2026-03-02, failed');
	await expect(day('2026-03-01')).toHaveAccessibleName('1, 2026-03-01, succeeded');
	await expect(page.getByRole('list', { name: 'How they stand' })).toHaveText(
		/1\s*succeeded\s*1\s*failed\s*10\s*not run/
	);
	await page.getByRole('button', { name: 'what failed' }).click();
	await day('2026-03-02').focus();
	await expect(page.getByRole('button', { name: 'Run one partition' })).toBeEnabled();
	await page.getByRole('button', { name: 'Open its run' }).click();
	await patient(page.getByRole('region', { name: 'Step one of this run' })).toBeVisible();
	await page.evaluate(() => (globalThis as never as WithWeir).weir.removePipeline('days'));
	await follow(page, '/');
});

/** Two fingers on free ground, the one beside the box still, the other twice as far away as before. */
async function pinch(page: Page, ground: Locator, box: Locator): Promise<{ scale: number; moved: number }> {
	const session = await page.context().newCDPSession(page);
	const touch = (
		type: 'touchStart' | 'touchMove' | 'touchEnd',
		touchPoints: readonly { x: number; y: number; id: number }[]
	) => session.send('Input.dispatchTouchEvent', { type, touchPoints: [...touchPoints] });
	const bounds = async (one: Locator) => (await one.boundingBox()) ?? { x: 0, y: 0, width: 1, height: 1 };
	const [frame, before] = [await bounds(ground), await bounds(box)];
	const still = { x: before.x, y: frame.y + frame.height - 40, id: 1 };
	const finger = (apart: number) => ({ x: still.x + apart, y: still.y, id: 2 });
	await touch('touchStart', [still]);
	await touch('touchStart', [still, finger(60)]);
	await touch('touchMove', [still, finger(90)]);
	await touch('touchMove', [still, finger(120)]);
	await touch('touchEnd', []);
	const after = await bounds(box);
	return { scale: after.width / before.width, moved: Math.abs(after.x - still.x) };
}
