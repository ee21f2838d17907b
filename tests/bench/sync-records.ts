// What a sync takes where there are many records already: nothing new, and one changed document, told by the journal and without it.
import type { Page } from 'playwright';
import { startWeir } from '../weir-server.ts';
import { inPage } from './pages.ts';

const VERDICTS = 20_000;

export type RecordsSynced = { readonly what: string; readonly ms: number };

export async function measureRecords(): Promise<readonly RecordsSynced[]> {
	const weir = await startWeir();
	try {
		return await inPage(weir.url, async (page) => {
			await page.waitForFunction(() => 'weir' in globalThis);
			await page.evaluate(addVerdicts, VERDICTS);
			await page.evaluate(turnOn);
			const first = {
				what: `first sync of ${VERDICTS.toLocaleString('en')} verdicts`,
				ms: await sync(page, 'nothing')
			};
			const steps = { 'nothing new': 'nothing', 'one document': 'document', 'one document, all read': 'all' } as const;
			const times = new Map<string, number[]>();
			for (let round = 0; round < 3; round++)
				for (const [what, change] of Object.entries(steps))
					times.set(what, [...(times.get(what) ?? []), await sync(page, change)]);
			return [first, ...[...times].map(([what, all]) => ({ what, ms: Math.min(...all) }))];
		});
	} finally {
		await weir.stop();
	}
}

/** In the page, beside the store: before anything is synced, nothing is told of. */
async function addVerdicts(count: number): Promise<void> {
	const { weir } = globalThis as never as { weir: { ready: Promise<unknown> } };
	await weir.ready;
	const opening = indexedDB.open('weir');
	const db = await new Promise<IDBDatabase>((resolve, reject) => {
		opening.onsuccess = () => resolve(opening.result);
		opening.onerror = () => reject(new Error('no database'));
	});
	const putting = db.transaction('verdicts', 'readwrite');
	for (let at = 0; at < count; at++)
		putting.objectStore('verdicts').put({
			...{ id: `verdict-${at}`, suite: 'Sound', key: 'sound', suiteVersion: null, dataset: `dataset-${at % 100}` },
			...{ version: `version-${at}`, outcome: 'pass', rowCount: at, scanCount: 1, atMs: at, elapsedMs: 1 },
			counts: { pass: 1, warn: 0, fail: 0, error: 0 },
			checks: [{ check: 'a', expectation: 'a is there', outcome: 'pass' }]
		});
	await new Promise<void>((resolve) => (putting.oncomplete = () => resolve()));
	db.close();
}

type Answer = Promise<{ readonly ok: boolean; readonly value: never; readonly error?: unknown }>;

/** In the page. */
async function turnOn(): Promise<void> {
	const { weir } = globalThis as never as { weir: Record<string, (...input: unknown[]) => Answer> };
	const words = await weir['recoveryWords']?.();
	const spoken = (words?.value as unknown as readonly string[] | undefined)?.join(' ');
	const on = await weir['turnOnSync']?.({
		passphrase: 'a long passphrase of the bench',
		words: spoken,
		device: 'bench'
	});
	const paused = await weir['pauseSync']?.(true);
	if (!on?.ok || !paused?.ok) throw new Error(JSON.stringify([on, paused]));
}

async function sync(page: Page, change: 'nothing' | 'document' | 'all'): Promise<number> {
	return page.evaluate(async (asked) => {
		const { weir } = globalThis as never as { weir: Record<string, (...input: unknown[]) => Answer> };
		if (asked !== 'nothing') {
			const saved = await weir['saveDocument']?.('report', 'changing', `# ${performance.now()}`);
			if (!saved?.ok) throw new Error(JSON.stringify(saved));
		}
		if (asked === 'all') {
			const opening = indexedDB.open('weir');
			await new Promise((resolve) => (opening.onsuccess = resolve));
			const removing = opening.result.transaction('settings', 'readwrite');
			removing.objectStore('settings').delete('sync-records-journal');
			await new Promise<void>((resolve) => (removing.oncomplete = () => resolve()));
			opening.result.close();
		}
		const start = performance.now();
		const told = await weir['sync']?.();
		const { records } = (told?.value ?? {}) as { readonly records?: { readonly ok: boolean } };
		if (!records?.ok) throw new Error(JSON.stringify(told));
		return performance.now() - start;
	}, change);
}
