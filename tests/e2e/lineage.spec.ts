// Lineage, tests and triggers of pipelines, as a person meets them in the page.
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { follow, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 }, actionTimeout: 20_000 });

const films = `name: films
steps:
  - { id: movies, kind: ingest, sample: movies, into: movies }
  - id: good
    kind: transform
    needs: [movies]
    sql: SELECT Title, "IMDB Rating" AS rating, "Major Genre" AS genre FROM movies WHERE "IMDB Votes" > 1000
    into: good
  - id: counted
    kind: transform
    needs: [good]
    sql: SELECT genre, count(Title) AS n, max(rating) AS best FROM good GROUP BY genre
    into: counted
    tests:
      - name: counts
        given: { good: [{ Title: A, rating: 8, genre: x }, { Title: B, rating: 9, genre: x }] }
        expect: [{ genre: x, n: 2, best: 9 }]
      - name: wrong on purpose
        given: { good: [{ Title: A, rating: 8, genre: x }] }
        expect: [{ genre: x, n: 2, best: 8 }]
`;

test('lineage by dataset and by column, as of a run, by keyboard, in rows, and as a file of events', async ({
	page
}) => {
	await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
	await openWorkspace(page, '/lineage');
	await expect(page.getByRole('heading', { name: 'No run has made anything yet.' })).toBeVisible();
	await expectClean(page, 'no lineage');
	const first = await page.evaluate(async (text) => {
		const { weir } = globalThis as never as WithWeir;
		await weir.savePipeline(text);
		const ran = await weir.runPipeline('films');
		await weir.savePipeline(text.replace(/\n {2}- id: counted[^]*/, '\n').replace('name: films', 'name: only-good'));
		await weir.runPipeline('only-good', { force: true });
		return ran.ok ? ran.value.id : '';
	}, films);

	const datasets = page.getByRole('group', { name: 'Lineage of datasets' });
	await patient(datasets.getByRole('button', { name: /^counted v1 · films · counted/ })).toBeVisible();
	await datasets.getByRole('button', { name: /^movies/ }).focus();
	await page.keyboard.press('ArrowRight');
	await expect(datasets.getByRole('button', { name: /^good/ })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(datasets.getByRole('button', { name: /^good .*chosen$/ })).toHaveAttribute('aria-pressed', 'true');
	await expect(datasets.getByRole('button', { name: /^movies .*upstream$/ })).toBeVisible();
	await expect(datasets.getByRole('button', { name: /^counted .*downstream$/ })).toBeVisible();
	await expectClean(page, 'lineage of datasets');

	await page.getByRole('tab', { name: 'Columns' }).click();
	const columns = page.getByRole('group', { name: 'Lineage of columns' });
	await columns.getByRole('button', { name: /^best of counted/ }).click();
	const side = page.getByRole('region', { name: 'Lineage of best of counted' });
	await expect(side).toContainText('rating of good Direct, aggregated');
	await expect(side).toContainText('genre of good Indirect, groups: into all rows of counted');
	await expect(columns.getByRole('button', { name: /^IMDB Votes of movies ?, upstream$/ })).toBeVisible();
	await expect(columns.getByRole('button', { name: 'Title of good', exact: true })).toBeVisible();
	await expectClean(page, 'lineage of columns');
	await page.getByLabel('Nothing else').check();
	await expect(columns.getByRole('button', { name: /^Title of/ })).toHaveCount(0);

	await page.getByRole('tab', { name: 'Table' }).click();
	const rows = page.getByRole('region', { name: 'Lineage in rows' });
	await expect(rows.getByRole('row', { name: 'movies IMDB Votes Indirect, filters good all rows' })).toBeVisible();
	await expectClean(page, 'lineage in rows');

	// The newest run made `good` anew; as of the first one it was of `films`.
	await follow(page, `/lineage?run=${first}`);
	await patient(datasets.getByRole('button', { name: /^good v1 · films · good/ })).toBeVisible();
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Export OpenLineage events' }).click();
	await page.getByRole('menuitem', { name: 'Events of this run' }).click();
	const path = await (await downloading).path();
	const events = readFileSync(path, 'utf8').trim().split('\n');
	expect(events.map((line) => (JSON.parse(line) as { eventType: string }).eventType)).toHaveLength(8);

	// What checks found of a version stands with it, also on a page that begins here.
	const outcome = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const checks = 'checks:\n  - expect_table_row_count_to_be_between: { max_value: 0 }\n';
		await weir.saveSuite('no rows', checks);
		const checked = await weir.check('counted', 'no rows');
		return checked.ok ? checked.value.outcome : checked.error.kind;
	});
	expect(outcome).toBe('fail');
	await page.goto('/lineage?dataset=counted');
	await patient(datasets.getByRole('button', { name: /^counted v1 · checks failed · films/ })).toBeVisible();
	await expect(page.getByRole('link', { name: 'failed no rows' })).toBeVisible();
});

test('tests of steps run on their own and before a run, and show the rows that differ', async ({ scripted: page }) => {
	await openWorkspace(page);
	await page.evaluate(async (text) => {
		const { weir } = globalThis as never as WithWeir;
		await weir.savePipeline(text);
	}, films);
	await follow(page, '/pipelines?pipeline=films&view=tests');
	await patient(page.getByRole('button', { name: 'Run all tests' })).toBeVisible();
	await page.getByRole('button', { name: 'Run all tests' }).click();
	await patient(page.getByText('1 passed, 1 failed')).toBeVisible();
	const differing = page.getByRole('region', { name: 'Rows of wrong on purpose that differ' });
	await expect(differing.getByRole('row', { name: 'expected x 2 8' })).toBeVisible();
	await expect(differing.locator('mark')).toHaveText(['2', '1']);
	await expectClean(page, 'tests of steps');

	await page.getByRole('tab', { name: 'Plan' }).click();
	await page.getByLabel(/Test each step first/).check();
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	const step = page.getByRole('region', { name: 'Step counted of this run' });
	await patient(step).toContainText('Tests of counted fail: wrong on purpose', { timeout: 60_000 });
	await expect(step.getByRole('region', { name: 'Rows of wrong on purpose that differ' })).toBeVisible();
	await page.getByRole('link', { name: 'Lineage', exact: true }).click();
	await patient(
		page.getByRole('group', { name: 'Lineage of datasets' }).getByRole('button', { name: /^good/ })
	).toBeVisible();
});

test('triggers are set in the page, a folder is watched, and what was missed is run or let go', async ({ page }) => {
	// A folder of the page's own stands for one that a person chooses.
	await page.addInitScript(() => {
		const pick = async () => (await navigator.storage.getDirectory()).getDirectoryHandle('inbox', { create: true });
		Object.assign(globalThis, { showDirectoryPicker: pick });
	});
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.savePipeline(
			'name: inbox\nsteps:\n  - { id: read, kind: ingest, folder: inbox, file: "${{ run.file }}", into: arrived }\n'
		);
	});
	await follow(page, '/pipelines?pipeline=inbox&view=triggers');
	await patient(page.getByLabel('Name of the folder')).toBeVisible();
	const write = async (label: string, text: string): Promise<void> => {
		await page.getByLabel(label, { exact: true }).fill(text);
		await page.getByLabel(label, { exact: true }).press('Enter');
	};
	await write('Name of the folder', 'inbox');
	await write('Files', '*.csv');
	await write('Cron pattern', '0 6 * *');
	await expect(page.getByRole('alert')).toContainText('This is no cron pattern');
	await write('Cron pattern', '0 6 * * *');
	await write('Time zone', 'Europe/Berlin');
	await expect(page.getByText(/^Next: .*06:00 · .*\(Europe\/Berlin\)$/)).toBeVisible();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByRole('button', { name: 'Choose the folder…' }).click();
	await patient(page.getByText('watched', { exact: true })).toBeVisible();
	await expectClean(page, 'triggers');

	await page.evaluate(async () => {
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle('inbox');
		const stream = await (await folder.getFileHandle('a.csv', { create: true })).createWritable();
		await stream.write('id\n1\n2\n');
		await stream.close();
	});
	await page.getByRole('button', { name: 'Look now' }).click();
	await patient(page.getByText(/One file fits; last seen: a\.csv/)).toBeVisible();
	await page.getByRole('button', { name: 'Look now' }).click();
	await page.getByRole('tab', { name: 'Runs' }).click();
	await patient(page.getByRole('list', { name: 'Runs' })).toContainText('new file in inbox');

	// As if the browser had been started anew, and asked.
	await page.getByRole('tab', { name: 'Triggers' }).click();
	const allow = (state: PermissionState): Promise<void> =>
		page.evaluate((answer) => {
			const asked = () => Promise.resolve(answer);
			Object.assign(FileSystemHandle.prototype, { queryPermission: asked });
		}, state);
	await allow('prompt');
	await page.getByRole('button', { name: 'Look now' }).click();
	await patient(page.getByText('permission lost', { exact: true })).toBeVisible();
	await allow('granted');
	await page.getByRole('button', { name: 'Allow it again' }).click();
	await patient(page.getByText('watched', { exact: true })).toBeVisible();

	// As if the page had been closed for three days.
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.savePipeline("name: daily\nschedule: { cron: '0 6 * * *' }\nsteps: [{ id: nothing, kind: join }]\n");
		const db = await new Promise<IDBDatabase>((resolve) => {
			const request = indexedDB.open('weir');
			request.onsuccess = () => resolve(request.result);
		});
		const value = { doneUntilMs: Date.now() - 3 * 86_400_000, missedMs: [], seen: {} };
		for (let missed = 0; missed === 0;) {
			// The page looks by itself too, and may be about to write what it saw.
			const writing = db.transaction('settings', 'readwrite');
			writing.objectStore('settings').put({ key: 'schedule daily', value });
			await new Promise((resolve) => (writing.oncomplete = resolve));
			await weir.runDue();
			const all = await weir.schedules();
			missed = all.ok ? (all.value.find(({ pipeline }) => pipeline === 'daily')?.missedMs.length ?? 0) : 0;
		}
		db.close();
	});
	await page.goto('/pipelines');
	const missed = page.getByRole('list', { name: 'Missed runs of daily' });
	await patient(missed.getByRole('listitem')).toHaveCount(2);
	await expectClean(page, 'missed runs');
	await missed
		.getByRole('button', { name: /^Dismiss daily/ })
		.first()
		.click();
	await expect(missed.getByRole('listitem')).toHaveCount(1);
	await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
	await expect(missed.getByRole('listitem')).toHaveCount(2);
	await missed
		.getByRole('button', { name: /^Run now: daily/ })
		.first()
		.click();
	const ran = page.getByRole('group', { name: 'Steps of this run of daily' });
	await patient(ran.getByRole('button', { name: /^nothing succeeded/ })).toBeVisible();
	await follow(page, '/pipelines');
	await patient(missed.getByRole('listitem')).toHaveCount(1);
});
