// The dialog that shares a report, while what readers filter is counted: the rows of the page's own engine, of which a count is held back.
import { expect, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page } from 'vitest/browser';
import { compose } from '#lib/compose.ts';
import { resultId } from '#core/ids.ts';
import { decodeRows } from '#core/sql/arrow-rows.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { Sharing } from '#lib/state/sharing.svelte.ts';
import ShareDialog from '#lib/ui/share/ShareDialog.svelte';

const TEXT = [
	'---\nlayout: dashboard\n---',
	'```chart\ntype: histogram\nfrom: trips\nx: metres\ntitle: Metres\n```',
	'```chart\ntype: histogram\nfrom: trips\nx: price\ntitle: Prices\n```'
].join('\n\n');

test('counting what readers filter can be cancelled: nothing leaves, nothing stays in the engine, and it can be begun again', async () => {
	await new WorkspaceDb().delete();
	const { console: weir, effects } = compose();
	const saved = await weir.save('trips', 'SELECT range % 100 AS metres, range % 7 AS price FROM range(1000)');
	const kept = await weir.saveDocument('report', 'trips', TEXT);
	const edition = await weir.renderReport('trips');
	if (!saved.ok || !kept.ok || !edition.ok) throw new Error(JSON.stringify([saved, kept, edition]));
	let isHeld = true;
	let goOn: () => void = () => undefined;
	const held = new Promise<void>((resolve) => (goOn = resolve));
	const engine: Effects['engine'] = {
		...effects.engine,
		answer: async (input) => {
			if (isHeld && input.sql.includes('"cell"')) await held;
			return effects.engine.answer(input);
		},
		cancel: async (id) => {
			goOn();
			await effects.engine.cancel(id);
		}
	};
	const sharing = new Sharing({ ...effects, engine });
	sharing.ask(edition.value, null);
	await render(ShareDialog, { sharing });
	await page.getByRole('checkbox', { name: /^Readers can filter/ }).click();
	await page.getByRole('button', { name: 'Link without a server' }).click();
	await expect.element(page.getByRole('progressbar', { name: 'Counting what readers can filter' })).toBeVisible();
	await page.getByRole('button', { name: 'Cancel' }).click();
	await expect.element(page.getByRole('button', { name: 'Link without a server' })).toBeEnabled();
	await expect.element(page.getByRole('progressbar')).not.toBeInTheDocument();
	expect(sharing.made).toBeNull();
	expect(page.getByRole('alert').elements()).toEqual([]);
	const id = resultId('left');
	const sql = "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'cells-%'";
	const left = await effects.engine.answer({ id, sql, params: [], relations: [] });
	expect(left.ok && decodeRows(left.value)).toEqual([]);
	isHeld = false;
	await page.getByRole('button', { name: 'Link without a server' }).click();
	await expect.element(page.getByRole('textbox', { name: /^The link, which holds the report itself/ })).toBeVisible();
});
