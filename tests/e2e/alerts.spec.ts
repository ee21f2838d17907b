// Alerts as a person meets them: a rule that is rehearsed, switched on, told once, and over; and a webhook that fails at first.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 } });

const SUITE = 'dataset: people\nchecks:\n  - expect_column_values_to_not_be_null: { column: city }\n';

test('a suite that fails is rehearsed, told once, acknowledged, and told to be over', async ({ page }) => {
	await openWorkspace(page, '/check?view=alerts');
	await expectClean(page, 'no alerts');
	await page.evaluate(async (suite) => {
		const { weir } = globalThis as never as WithWeir;
		await weir.saveSuite('sound', suite);
		for (const city of ["'Roma'", 'NULL', "'Roma'"]) {
			const saved = await weir.save('people', `SELECT 1 AS id, ${city}::VARCHAR AS city`, { replace: true });
			const checked = await weir.check('people', 'sound');
			if (!saved.ok || !checked.ok) throw new Error('not checked');
		}
	}, SUITE);
	await page.getByRole('button', { name: 'A suite does not hold' }).click();
	const rehearsal = page.getByRole('region', { name: 'Rehearsal' });
	await patient(rehearsal.getByRole('status')).toContainText('it would have fired once and sent 2 notices');
	await expect(rehearsal.getByRole('list', { name: 'Would have fired' })).toContainText('1 check of v2 did not hold');
	await page.getByLabel('Broken so often in a row').fill('2');
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	await patient(rehearsal.getByRole('status')).toContainText('it would never have fired');
	await page.getByRole('button', { name: 'Undo the edit' }).click();
	await patient(rehearsal.getByRole('status')).toContainText('fired once');
	await expectClean(page, 'a rule and its rehearsal');
	await page.getByRole('button', { name: 'Switch on' }).click();
	await expect(page.getByRole('region', { name: 'State' })).toContainText('on');
	await page.getByRole('main').getByRole('link', { name: 'Alerts' }).click();

	const open = page.getByRole('list', { name: 'Open incidents' });
	const sent = page.getByRole('list', { name: 'Deliveries' });
	const check = (city: string): Promise<void> =>
		page.evaluate(async (value) => {
			const { weir } = globalThis as never as WithWeir;
			await weir.save('people', `SELECT 1 AS id, ${value}::VARCHAR AS city`, { replace: true });
			await weir.check('people', 'sound');
		}, city);
	await check('NULL');
	await patient(open).toContainText('1 check of v4 did not hold: city: to not be null');
	await patient(sent.getByRole('listitem')).toHaveCount(1);
	await expect(page.getByRole('button', { name: 'See the alerts' })).toBeVisible();
	await check('NULL');
	await patient(open).toContainText('v5');
	await expect(sent.getByRole('listitem')).toHaveCount(1);
	await open.getByRole('button', { name: 'Acknowledge' }).click();
	await expect(open).toContainText('acknowledged');
	await open.getByRole('button', { name: /^Silence/ }).click();
	await expectClean(page, 'a silence');
	await page.keyboard.press('Escape');
	await expectClean(page, 'an incident');
	await check("'Roma'");
	await patient(sent.getByRole('listitem')).toHaveCount(2);
	await expect(open.getByRole('listitem')).toHaveCount(0);
	await expect(sent).toContainText('Over: a suite does not hold: people: sound');
});

test('a webhook that fails at first is tried again until it has arrived, with the same id', async ({ page }) => {
	const posts: { readonly id: string; readonly body: unknown }[] = [];
	const server: Server = createServer((request, response) => {
		response.setHeader('Access-Control-Allow-Origin', '*');
		response.setHeader('Access-Control-Allow-Headers', 'content-type, idempotency-key');
		response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
		if (request.method !== 'POST') return void response.end();
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			posts.push({ id: String(request.headers['idempotency-key']), body: JSON.parse(text) });
			response.statusCode = posts.length === 1 ? 503 : 200;
			response.end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	try {
		await openWorkspace(page, '/check?view=alerts');
		await page.evaluate(async (url) => {
			const { weir } = globalThis as never as WithWeir;
			await weir.save('people', 'SELECT 1 AS id');
			const rule = `when:\n  metric: { dataset: people, of: row_count, below: 2 }\nnotify: [ { webhook: '${url}' } ]\n`;
			const saved = await weir.saveAlert('few people', rule);
			if (!saved.ok) throw new Error(saved.error.kind);
		}, `http://127.0.0.1:${port}/hook`);
		const sent = page.getByRole('list', { name: 'Deliveries' });
		await patient(sent).toContainText('delivered');
		await expect(sent).toContainText('2 attempts');
		expect(new Set(posts.map(({ id }) => id)).size).toBe(1);
		expect(posts).toHaveLength(2);
		expect(posts[1]?.body).toMatchObject({
			version: 1,
			kind: 'firing',
			incidents: [{ rule: 'few people', dataset: 'people' }]
		});
	} finally {
		server.close();
	}
});
