// Two profiles and the real edge: sync turned on and joined in the page, edits of both while offline, conflicts settled by a person,
// equal root hashes at the end, and no word of it all in what was sent. Documents, verdicts and models come along.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { tabAndPress } from './keys.ts';
import { frugalContext, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(240_000);
test.use({ actionTimeout: 20_000 });

const CANARY = 'canary_9f2c';
const passphrase = `a sentence with ${CANARY} in it`;

/** Every byte that a profile sends to the edge. */
function bodiesOf(context: BrowserContext): Buffer[] {
	const bodies: Buffer[] = [];
	context.on('request', (request) => {
		const sent = request.postDataBuffer();
		if (request.url().includes('/api/')) bodies.push(Buffer.from(request.url()), sent ?? Buffer.alloc(0));
	});
	return bodies;
}

async function save(page: Page, sql: string): Promise<void> {
	const saved = await page.evaluate(
		async ([name, query]) =>
			(globalThis as never as WithWeir).weir.save(name, query, {
				replace: true,
				key: ['id'],
				message: `${name} message`
			}),
		[`${CANARY}_sales`, sql] as const
	);
	expect(saved).toMatchObject({ ok: true });
}

async function syncs(page: Page): Promise<unknown> {
	return page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		for (;;) {
			const synced = await weir.sync();
			// The page syncs by itself, too.
			if (!synced.ok && synced.error.kind === 'sync-busy') await new Promise((resolve) => setTimeout(resolve, 200));
			else return synced;
		}
	});
}

/** A pipeline, a suite that has judged, and a model that serves. */
async function work(page: Page): Promise<void> {
	const done = await page.evaluate(async (canary) => {
		const { weir } = globalThis as never as WithWeir;
		const suite = `dataset: ${canary}_sales\nchecks:\n  - expect_column_values_to_be_unique: { column: id }`;
		const rows = `SELECT range AS ${canary}_x, 2.0 * range AS y FROM range(200)`;
		const trained = await weir.trainModel(rows, { target: 'y' });
		return [
			await weir.savePipeline(
				`name: ${canary}_daily\nsteps: [{ id: a, kind: transform, sql: SELECT 1 AS x, into: t }]`
			),
			await weir.saveSuite(`${canary}_suite`, suite),
			await weir.check(`${canary}_sales`, `${canary}_suite`),
			trained,
			await weir.registerModel(trained.ok ? trained.value.id : '', `${canary} doubler`),
			await weir.promoteModel(`${canary} doubler@v1`, 'Production', { force: true, why: 'the first' })
		].map((one) => (one.ok ? 'done' : JSON.stringify(one.error)));
	}, CANARY);
	expect(done).toEqual(Array.from({ length: 6 }, () => 'done'));
}

/** What of it a device has, as far as a person sees it. */
async function seen(page: Page): Promise<unknown> {
	return page.evaluate(async (canary) => {
		const { weir } = globalThis as never as WithWeir;
		const documents = await weir.documents();
		const verdicts = await weir.verdicts(`${canary}_sales`);
		const models = await weir.models();
		const answer = await weir.predict(`${canary} doubler`, [{ [`${canary}_x`]: 50 }]);
		return [
			documents.ok && documents.value.map(({ kind, name, text }) => [kind, name, text]),
			verdicts.ok && verdicts.value.map(({ suite, outcome, atMs }) => [suite, outcome, atMs]),
			// Numbers of events are each device's own.
			models.ok &&
				models.value.map((model) => ({ ...model, events: model.events.map((event) => ({ ...event, seq: 0 })) })),
			answer
		];
	}, CANARY);
}

async function savePipeline(page: Page, column: string): Promise<void> {
	const saved = await page.evaluate(
		async ([canary, name]) =>
			(globalThis as never as WithWeir).weir.savePipeline(
				`name: ${canary}_daily\nsteps: [{ id: a, kind: transform, sql: SELECT 1 AS ${name}, into: t }]`
			),
		[CANARY, column] as const
	);
	expect(saved).toMatchObject({ ok: true });
}

async function inStep(page: Page): Promise<void> {
	const synced = JSON.stringify(await syncs(page));
	expect(synced).toMatch(/^\{"ok":true/);
	expect(synced).not.toContain('"ok":false');
}

async function rootHash(page: Page): Promise<string> {
	return page.evaluate(async () => {
		const backup = await (globalThis as never as WithWeir).weir.backup();
		if (!backup.ok) throw new Error(backup.error.kind);
		const bytes = new Uint8Array(await backup.value.arrayBuffer());
		const text = new TextDecoder('latin1').decode(bytes.subarray(48, 48 + new DataView(bytes.buffer).getUint32(12)));
		return /rootHash.{5}([0-9a-f]{64})/s.exec(text)?.[1] ?? 'none';
	});
}

test('two profiles edit offline, sync, settle a conflict, and have one root hash', async ({ page, browser }) => {
	const bodies = bodiesOf(page.context());
	await openWorkspace(page);
	await save(page, `SELECT range AS id, 'cell ${CANARY}' AS note, 0 AS ${CANARY}_amount FROM range(100)`);
	await work(page);

	await page.getByRole('button', { name: 'Settings and storage' }).click();
	await page.getByRole('link', { name: 'Sync', exact: true }).click();
	await page.getByRole('button', { name: 'Turn sync on' }).click();
	await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
	await page.getByLabel('Once more').fill(passphrase);
	await page.getByLabel('This device is called').fill(`${CANARY} laptop`);
	await expectClean(page, 'a passphrase for sync');
	await page.getByRole('button', { name: 'Go on' }).click();
	const words = await page.locator('ol.words li').allTextContents();
	expect(words.length).toBe(24);
	await page.getByRole('button', { name: 'I have written them down' }).click();
	const fields = page.getByRole('textbox', { name: /^Word \d+$/ });
	await fields.first().fill('another');
	await fields.nth(1).focus();
	await expect(page.getByRole('alert')).toContainText('is another one');
	await expectClean(page, 'a word that was read wrongly');
	for (const field of await fields.all()) {
		const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
		await field.fill(words[Number(/\d+/.exec(label)?.[0]) - 1] ?? '');
	}
	await page.getByRole('button', { name: 'Turn sync on' }).click();
	await patient(page.getByRole('heading', { name: 'In step' })).toBeVisible();
	await expectClean(page, 'a device in step');
	const code = (await page.locator('code').textContent()) ?? '';

	const context = await frugalContext(browser, { baseURL: new URL(page.url()).origin });
	const others = bodiesOf(context);
	const other = await context.newPage();
	await openWorkspace(other, '/sync');
	await other.getByRole('button', { name: 'Join from this device' }).click();
	const field = other.getByLabel('Workspace code');
	await field.fill(code.slice(0, -1));
	await field.press('Tab');
	await expect(other.getByRole('alert')).toContainText('That is no workspace code');
	await field.fill(code);
	await expect(other.getByRole('alert')).toHaveCount(0);
	await other.getByLabel('The passphrase').fill('not the right one');
	await other.getByRole('button', { name: 'Join', exact: true }).click();
	await patient(other.getByRole('alert')).toContainText('That does not open the workspace');
	await other.getByLabel('The passphrase').fill(passphrase);
	await other.getByRole('button', { name: 'Join', exact: true }).click();
	await patient(other.getByRole('heading', { name: 'In step' })).toBeVisible();
	expect(await rootHash(other)).toBe(await rootHash(page));
	const here = await seen(page);
	expect(here).toMatchObject([[{ length: 3 }, { length: 3 }], [{ length: 3 }], [{}], { ok: true }]);
	expect(await seen(other)).toEqual(here);

	// What the engine fetches when it first writes must be there before the network goes.
	await other.evaluate(
		(name) => (globalThis as never as WithWeir).weir.sql(`SELECT count(*) FROM ${name}`),
		`${CANARY}_sales`
	);
	// Other cells of one row, on both: merged without a word.
	await page.context().setOffline(true);
	await context.setOffline(true);
	await save(page, `SELECT id, note, ${CANARY}_amount + (id = 3)::INT AS ${CANARY}_amount FROM ${CANARY}_sales`);
	await save(
		other,
		`SELECT id, CASE WHEN id = 3 THEN 'other' ELSE note END AS note, ${CANARY}_amount FROM ${CANARY}_sales`
	);
	await savePipeline(page, 'here');
	await savePipeline(other, 'there');
	expect(await syncs(page)).toMatchObject({ ok: false, error: { kind: 'edge-unreachable' } });
	await patient(page.getByRole('heading', { name: 'Offline' })).toBeVisible();
	await expect(page.getByRole('status').first()).toContainText('1 dataset and 1 pipeline wait');
	await page.context().setOffline(false);
	await context.setOffline(false);
	await inStep(page);
	await inStep(other);
	await inStep(page);
	expect(await rootHash(other)).toBe(await rootHash(page));
	const merged = await page.evaluate(async (name) => {
		const answer = await (globalThis as never as WithWeir).weir.sql(`SELECT * FROM ${name} WHERE id = 3`);
		return answer.ok ? (await answer.value.rows()).map((one) => Object.values(one).map(String)) : answer.error.kind;
	}, `${CANARY}_sales`);
	expect(merged).toEqual([['3', 'other', '1']]);

	// One text on both: one stands, and a person takes the other.
	const choice = other.getByRole('region', { name: `pipeline ${CANARY}_daily` });
	await patient(choice).toContainText('Two devices changed the pipeline');
	await tabAndPress(other, 'Both texts');
	await expectClean(other, 'a document that two devices changed');
	const texts = await choice.locator('pre').allTextContents();
	await tabAndPress(other, 'Take the other one');
	await expect(choice).toBeHidden();
	await inStep(other);
	await inStep(page);
	expect(await seen(page)).toMatchObject([[['pipeline', `${CANARY}_daily`, texts[1]], {}], {}, {}, {}]);

	// One cell on both: both lines stay until a person merges them.
	const set = (text: string): string =>
		`SELECT id, CASE WHEN id = 5 THEN '${text}' ELSE note END AS note, ${CANARY}_amount FROM ${CANARY}_sales`;
	await context.setOffline(true);
	await save(page, set('mine'));
	await save(other, set('yours'));
	await inStep(page);
	await context.setOffline(false);
	await inStep(other);
	const settled = await other.evaluate(
		(name) => (globalThis as never as WithWeir).weir.merge(name, 'main-2', { settle: 'theirs' }),
		`${CANARY}_sales`
	);
	expect(settled).toMatchObject({ ok: true });
	await inStep(other);
	await inStep(page);
	expect(await rootHash(other)).toBe(await rootHash(page));

	// A dataset that goes from here stays on the server, and comes again.
	await other.goto('/sync');
	const depth = other.getByLabel(`What of ${CANARY}_sales is on this device`);
	await depth.selectOption({ label: 'Not here' });
	await patient(other.getByText('On the server alone')).toBeVisible();
	await depth.selectOption({ label: 'The newest version' });
	await patient(other.getByText(/^In step: \d+ versions here/)).toBeVisible();
	await expectClean(other, 'what of a workspace is on a device');
	await page.goto('/sync');
	await page.getByRole('button', { name: 'Collect what nothing needs' }).click();
	await patient(page.getByText('The server knows what is needed')).toBeVisible();

	const sent = Buffer.concat([...bodies, ...others]);
	expect(sent.length).toBeGreaterThan(10_000);
	for (const secret of [CANARY, 'laptop', words.slice(0, 3).join(' ')]) expect(sent.includes(secret)).toBe(false);
	await context.close();
});
