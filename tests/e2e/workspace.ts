// What the tests of the built page share: the pages they get, opening them, `window.weir` in them, and their parts by name.
//
// Note: which page a test gets. `import { test } from './workspace.ts'` and take the cheapest page that can tell what the
// test promises. None but `scripted` shows anything of an earlier test.
//   scripted  one page for all, its engine running, each time at its start, without datasets, documents and tabs: for
//             `window.weir`, and for parts of the page that do not mind what else was there before. It costs nothing.
//   page      a new page of a profile without data, which keeps its service worker and caches: for whatever begins with an
//             empty workspace. It costs the start of an engine. `context` is that profile: for a second tab.
//   virgin    a page of a profile of its own: for first visits, a cut network and fake clocks. It costs a download too.
import {
	expect,
	test as base,
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
	type Locator,
	type Page
} from '@playwright/test';
import type { WeirConsole } from '#lib/flows/console-types.ts';

/** In the page: what scripts there use. Call it inside `evaluate` only. */
export type WithWeir = { readonly weir: WeirConsole };

/** A loaded machine needs its time; nothing here waits for a clock. */
export const patient = expect.configure({ timeout: 20_000 });

export type Profile = {
	readonly context: BrowserContext;
	/** Closes every page of a test and forgets all that they stored. */
	readonly empty: () => Promise<void>;
};

const baseURL = `http://127.0.0.1:${process.env.PORT}`;

/** See note: which page a test gets. */
export const test = base.extend<
	{ readonly scripted: Page; readonly virgin: Page },
	{ readonly sharedPage: Page; readonly profile: Profile }
>({
	sharedPage: [
		async ({ browser }, use) => {
			// A page of the browser's own making cannot be looked at by axe.
			const context = await browser.newContext({ baseURL });
			const page = await context.newPage();
			await openWorkspace(page);
			await use(page);
			await context.close();
		},
		{ scope: 'worker' }
	],
	scripted: async ({ sharedPage, viewport }, use) => {
		if (viewport) await sharedPage.setViewportSize(viewport);
		if (new URL(sharedPage.url()).pathname !== '/') await follow(sharedPage, '/');
		const [dialog, tab] = [sharedPage.getByRole('dialog'), sharedPage.getByRole('tab')];
		const note = sharedPage.getByRole('button', { name: 'Close note' });
		while ((await dialog.count()) > 0) await sharedPage.keyboard.press('Escape');
		while ((await tab.count()) > 0) await sharedPage.keyboard.press('Alt+w');
		while ((await note.count()) > 0) await note.first().click();
		await sharedPage.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const datasets = await weir.datasets();
			if (!datasets.ok) throw new Error(datasets.error.kind);
			for (const { name } of datasets.value) await weir.remove(name);
			const documents = await weir.documents();
			if (!documents.ok) throw new Error(documents.error.kind);
			for (const { kind, name } of documents.value) await weir.removeDocument(kind, name);
			await weir.collect();
		});
		await use(sharedPage);
	},
	profile: [
		async ({ browser }, use) => {
			const context = await frugalContext(browser, { baseURL });
			// It stays: a profile without a page has no window, and nothing that could be told to forget.
			const blank = await context.newPage();
			const session = await context.newCDPSession(blank);
			const stored = { origin: baseURL, storageTypes: 'indexeddb,local_storage,file_systems' };
			const empty = async (): Promise<void> => {
				for (const page of context.pages()) if (page !== blank) await page.close();
				await session.send('Storage.clearDataForOrigin', stored);
			};
			await use({ context, empty });
			await context.close();
		},
		{ scope: 'worker' }
	],
	context: async ({ profile: { context, empty }, permissions, actionTimeout }, use) => {
		context.setDefaultTimeout(actionTimeout ?? 0);
		if (permissions) await context.grantPermissions(permissions, { origin: baseURL });
		await use(context);
		await empty();
		await context.clearPermissions();
	},
	page: async ({ context, viewport }, use) => {
		const page = await context.newPage();
		if (viewport) await page.setViewportSize(viewport);
		await use(page);
	},
	virgin: async ({ browser }, use) => {
		const context = await browser.newContext();
		await use(await context.newPage());
		await context.close();
	}
});

/** A machine in which no second engine is opened before there is something to read, which most tests never have. */
export async function frugalContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
	const context = await browser.newContext(options);
	await context.addInitScript(() => Object.defineProperty(navigator, 'deviceMemory', { value: 2 }));
	return context;
}

/** A page that is open already stays as it is. */
export async function openWorkspace(page: Page, path = '/'): Promise<void> {
	if (new URL(page.url()).pathname !== path) await page.goto(path);
	await untilReady(page);
}

/** As a link does: the page is not loaded anew. */
export async function follow(page: Page, path: string): Promise<void> {
	await page.evaluate((href) => {
		const link = document.createElement('a');
		link.href = href;
		document.body.append(link);
		link.click();
		link.remove();
	}, path);
	await page.waitForURL(path);
}

/** Settles when the engine has answered and the stored tabs are there. */
export async function untilReady(page: Page): Promise<void> {
	await page.waitForFunction(() => 'weir' in globalThis);
	const ready = await page.evaluate(() => (globalThis as never as WithWeir).weir.ready);
	expect(ready.ok).toBe(true);
	await patient(page.getByText('Opening the workspace…')).toBeHidden();
}

export async function untilControlled(page: Page): Promise<void> {
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
	await patient.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
}

export function grid(page: Page): Locator {
	return page.getByRole('grid');
}

/** A grid's `row` counts from 1, as its row numbers do. */
export function row(page: Page, number: number): Locator {
	return grid(page).locator(`[role=row][aria-rowindex="${number + 1}"]`);
}

export async function expectRows(page: Page, count: number): Promise<void> {
	await patient(grid(page)).toHaveAttribute('aria-rowcount', String(count + 1));
	await patient(grid(page)).toHaveAttribute('aria-busy', 'false');
}

export async function expectRow(page: Page, number: number, cells: readonly string[]): Promise<void> {
	await patient(row(page, number).getByRole('gridcell')).toHaveText([...cells]);
}

/** Types a text into a new query and runs it by the keyboard. */
export async function runQuery(page: Page, sql: string): Promise<void> {
	await page.getByRole('button', { name: 'New query' }).click();
	const editor = page.getByRole('textbox', { name: /^SQL of / });
	await patient(editor).toBeVisible();
	await editor.fill(sql);
	await editor.press('Control+Enter');
}

export async function chooseAction(page: Page, dataset: string, action: string): Promise<void> {
	await page.getByRole('button', { name: `Actions for ${dataset}`, exact: true }).click();
	await page.getByRole('menuitem', { name: action }).click();
}

type PickedFile = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };

/** Picks a file and imports it as guessed. */
export async function importFile(page: Page, file: PickedFile): Promise<void> {
	await page.getByLabel('Files to import').setInputFiles(file);
	const dialog = page.getByRole('dialog', { name: `Import ${file.name}` });
	await patient(dialog.getByRole('region', { name: 'Preview of the rows' })).toBeVisible();
	await dialog.getByRole('button', { name: 'Import', exact: true }).click();
	await patient(dialog).toBeHidden();
}

/** The bytes of all stored packs. */
export async function storedBytes(page: Page): Promise<number> {
	return page.evaluate(async () => {
		const db = await new Promise<IDBDatabase>((resolve, reject) => {
			const request = indexedDB.open('weir');
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(new Error('no database'));
		});
		const packs = await new Promise<{ blob: Blob }[]>((resolve) => {
			const request = db.transaction('packs').objectStore('packs').getAll();
			request.onsuccess = () => resolve(request.result as { blob: Blob }[]);
		});
		db.close();
		return packs.reduce((sum, { blob }) => sum + blob.size, 0);
	});
}
