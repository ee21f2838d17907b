// How soon the page of models can be used, with the app kept by its service worker and without: a part of `npm run bench:models`.
import { chromium as playwright, type BrowserContext, type Page } from 'playwright';
import { chromium } from '../chromium.ts';
import type { WithWeir } from '../e2e/workspace.ts';
import { startWeir } from '../weir-server.ts';

/** Until what was asked for stands there, from the beginning of the navigation; ms, the least of the rounds. */
export type Starts = {
	readonly coldListMs: number;
	readonly warmListMs: number;
	readonly coldModelMs: number;
	readonly warmModelMs: number;
	readonly runCount: number;
	readonly modelCount: number;
};

const RUNS = 50;
const MODELS = 6;

/** Cold: the browser has nothing of the app but what the workspace holds. */
export async function modelStarts(rounds: number): Promise<Starts> {
	const weir = await startWeir();
	const browser = await playwright.launch(chromium);
	try {
		const context = await browser.newContext();
		await fill(context, weir.url);
		const least: Record<string, number> = {};
		const keep = (name: string, ms: number): void => {
			least[name] = Math.min(least[name] ?? Infinity, ms);
		};
		for (let round = 0; round < rounds; round++)
			for (const [place, isModel] of [
				['models', false],
				['models?model=model+1', true]
			] as const) {
				const name = isModel ? 'Model' : 'List';
				await forgetFiles(context, weir.url);
				keep(`cold${name}Ms`, await shown(context, `${weir.url}${place}`, isModel));
				await untilKept(context, weir.url);
				for (let again = 0; again < 3; again++)
					keep(`warm${name}Ms`, await shown(context, `${weir.url}${place}`, isModel));
			}
		const { coldListMs = NaN, warmListMs = NaN, coldModelMs = NaN, warmModelMs = NaN } = least;
		return { coldListMs, warmListMs, coldModelMs, warmModelMs, runCount: RUNS, modelCount: MODELS };
	} finally {
		await browser.close();
		weir.stop();
	}
}

/** One search of many trials, and runs that became versions of several models. */
async function fill(context: BrowserContext, url: string): Promise<void> {
	const page = await context.newPage();
	page.setDefaultTimeout(0);
	await page.goto(url);
	await page.waitForFunction(() => 'weir' in globalThis);
	await page.evaluate(
		async ([runs, models]) => {
			const { weir } = globalThis as never as WithWeir;
			await weir.ready;
			const told = <T>(
				result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: object }
			): T => {
				if (!result.ok) throw new Error(JSON.stringify(result.error));
				return result.value;
			};
			told(await weir.save('rows', 'SELECT range AS x, range % 7 AS z, 2 * range + range % 5 AS y FROM range(400)'));
			for (let run = 0; run < runs; run++) {
				const asked = { target: 'y', learner: 'linear' as const, experiment: `e${run % 4}` };
				const { id } = told(await weir.trainModel('SELECT * FROM rows', asked));
				if (run >= 2 * models) continue;
				const name = `model ${1 + (run % models)}`;
				const { number } = told(await weir.registerModel(id, name));
				told(await weir.promoteModel(`${name}@v${number}`, 'Production', { why: 'bench', force: true }));
			}
		},
		[RUNS, MODELS] as const
	);
	await page.close();
}

async function shown(context: BrowserContext, url: string, isModel: boolean): Promise<number> {
	const page = await context.newPage();
	await page.goto(url, { waitUntil: 'commit' });
	const ms = await page.evaluate(
		async (wanted) => {
			const isThere = (): boolean =>
				[...document.querySelectorAll('tbody tr')].some((row) => row.textContent.includes(wanted));
			while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve));
			return performance.now();
		},
		isModel ? 'Promote' : 'model 6'
	);
	await page.close();
	return ms;
}

/** What the workspace holds stays. */
async function forgetFiles(context: BrowserContext, url: string): Promise<void> {
	const page = await context.newPage();
	const session = await context.newCDPSession(page);
	await session.send('Storage.clearDataForOrigin', {
		origin: new URL(url).origin,
		storageTypes: 'service_workers,cache_storage'
	});
	await session.send('Network.clearBrowserCache');
	await page.close();
}

async function untilKept(context: BrowserContext, url: string): Promise<void> {
	const page: Page = await context.newPage();
	page.setDefaultTimeout(0);
	await page.goto(`${url}models`);
	await page.evaluate(() => navigator.serviceWorker.ready);
	await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
	await page.close();
}
