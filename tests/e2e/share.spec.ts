// A report behind a link, in two profiles: what one shares the other opens, with nothing else loaded, until it is revoked. And a bundle
// that an attacker made: it is text, and nothing leaves the page.
import { expect, type Page } from '@playwright/test';
import { encodeBundle } from '#core/share/bundle-bytes.ts';
import { wholeLink } from '#core/share/whole-link.ts';
import { madeEdition } from '../unit/made-edition.ts';
import { expectClean } from './clean.ts';
import { hostileBundle, payload } from './hostile-bundle.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ actionTimeout: 20_000 });

const PASSPHRASE = 'eight letters';

function requestsOf(page: Page): string[] {
	const asked: string[] = [];
	page.on('request', (request) => asked.push(request.url()));
	return asked;
}

test('a report is shared, read elsewhere with its passphrase, and gone when it is revoked', async ({
	page,
	virgin: reader
}) => {
	await openWorkspace(page);
	const shared = await page.evaluate(
		async ({ edition, passphrase }) => {
			const { weir } = globalThis as never as WithWeir;
			const words = await weir.recoveryWords();
			const on = await weir.turnOnSync({
				passphrase: 'a sentence of mine',
				words: words.ok ? words.value.join(' ') : '',
				device: 'Laptop'
			});
			if (!on.ok) throw new Error(on.error.kind);
			const made = await weir.shareEdition(edition, { passphrase });
			if (!made.ok) throw new Error(JSON.stringify(made.error));
			return made.value;
		},
		{ edition: madeEdition, passphrase: PASSPHRASE }
	);
	const link = new URL(shared.link, page.url()).href;
	const asked = requestsOf(reader);

	await reader.goto(link.slice(0, -3));
	await patient(reader.getByRole('alert')).toContainText('This link is incomplete');
	await reader.goto('about:blank');
	expect(asked.filter((url) => url.includes('/api/'))).toEqual([]);

	await reader.goto(link);
	const passphrase = reader.getByLabel('Passphrase');
	await patient(passphrase).toBeVisible();
	expect(new URL(reader.url()).hash).toBe('');
	await passphrase.fill('another one');
	await passphrase.press('Enter');
	await patient(reader.getByRole('alert')).toContainText('There is nothing to open here');
	await expectClean(reader, 'a wrong passphrase');
	await reader.getByLabel('Passphrase').fill(PASSPHRASE);
	await reader.getByRole('button', { name: 'Open the report' }).click();
	await patient(reader.getByRole('heading', { name: 'Rivers' })).toBeVisible();
	await expect(reader.getByRole('cell', { name: 'Bergen' })).toBeVisible();
	await reader.getByText('Where the numbers come from').click();
	await expect(reader.getByText(shared.fingerprint)).toBeVisible();
	await expectClean(reader, 'a shared report');
	await reader.setViewportSize({ width: 390, height: 844 });
	// A chart is drawn anew once it knows its width.
	await expect.poll(() => reader.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
	// Neither an engine nor a workspace: only the page's own files, and the share.
	expect(asked.filter((url) => /duckdb|\.wasm|engine/.test(url))).toEqual([]);
	expect(await reader.evaluate(() => indexedDB.databases())).toEqual([]);

	const ended = await page.evaluate(async (share) => {
		const { weir } = globalThis as never as WithWeir;
		const shares = await weir.shares();
		const revoked = await weir.revokeShare(share);
		return [shares.ok && shares.value.map(({ views, wrongTries }) => [views, wrongTries]), revoked.ok];
	}, shared.share);
	expect(ended).toEqual([[[1, 1]], true]);
	await reader.goto('about:blank');
	await reader.goto(link);
	await reader.getByLabel('Passphrase').fill(PASSPHRASE);
	await reader.getByLabel('Passphrase').press('Enter');
	await patient(reader.getByRole('alert')).toContainText('There is nothing to open here');
});

test('a bundle that an attacker made is text: nothing leaves the page, and it stays where it is', async ({
	virgin: reader
}) => {
	const asked = requestsOf(reader);
	const errors: string[] = [];
	reader.on('dialog', (dialog) => {
		errors.push(dialog.message());
		void dialog.dismiss();
	});
	await reader.goto(wholeLink(encodeBundle(hostileBundle())));
	await patient(reader.getByText(payload[0] ?? '', { exact: false }).first()).toBeVisible();
	await reader.getByText('Where the numbers come from').click();
	await reader.waitForTimeout(500);
	const { origin, pathname, hash } = new URL(reader.url());
	expect([pathname, hash]).toEqual(['/s', '']);
	expect(
		asked.filter((url) => !url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:'))
	).toEqual([]);
	expect(errors).toEqual([]);
	expect(await reader.locator('main :is(script, iframe, object, embed, form, base, video, img)').count()).toBe(0);
});
