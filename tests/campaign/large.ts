// Imports one large CSV and watches the tab while it runs: peak memory of its process, long tasks of its main thread.
import { readFileSync, readdirSync } from 'node:fs';
import { chromium as playwright } from 'playwright';
import { chromium } from '../chromium.ts';

/** In MB. `own` is the process's alone, as the browser's task manager tells it; `resident` has the browser's code too, which tabs share. */
export type Memory = { readonly own: number; readonly resident: number };

export type LargeReport = {
	readonly rowCount: number;
	readonly elapsedMs: number;
	/** Highest memory of the tab's renderer process, and what it was before the import began. */
	readonly peak: Memory;
	readonly idle: Memory;
	/** Main-thread tasks of 50 ms and more, longest first, ms. */
	readonly longTasksMs: readonly number[];
	readonly progressEvents: number;
};

export async function importLarge(url: string, path: string): Promise<LargeReport> {
	const browser = await playwright.launch(chromium);
	try {
		const page = await browser.newPage();
		page.setDefaultTimeout(0);
		await page.goto(url);
		await page.waitForFunction(() => 'weir' in globalThis);
		await page.evaluate(async () => {
			await (globalThis as never as { weir: { ready: Promise<unknown> } }).weir.ready;
			const input = document.createElement('input');
			input.type = 'file';
			input.id = 'large';
			document.body.append(input);
		});
		await page.setInputFiles('#large', path);
		await page.waitForTimeout(1500);
		const renderer = heaviestRenderer();
		const idle = memoryOf(renderer);
		let peak = idle;
		const watch = setInterval(() => {
			const { own, resident } = memoryOf(renderer);
			peak = { own: Math.max(peak.own, own), resident: Math.max(peak.resident, resident) };
		}, 50);
		const answer = await page.evaluate(async () => {
			const tasks: number[] = [];
			new PerformanceObserver((list) => {
				for (const entry of list.getEntries()) tasks.push(Math.round(entry.duration));
			}).observe({ type: 'longtask' });
			const file = document.querySelector<HTMLInputElement>('#large')?.files?.[0];
			const { weir } = globalThis as never as {
				weir: {
					ingest(
						file: unknown,
						options: { name: string }
					): Promise<{ ok: true; value: { rowCount: number } } | { ok: false; error: unknown }>;
					jobs(): Promise<{ ok: true; value: readonly unknown[] } | { ok: false }>;
				};
			};
			let progressEvents = 0;
			const poll = setInterval(() => {
				void weir.jobs().then((jobs) => (progressEvents += jobs.ok && jobs.value.length > 0 ? 1 : 0));
			}, 250);
			const start = performance.now();
			const outcome = await weir.ingest(file, { name: 'large' });
			const elapsedMs = performance.now() - start;
			clearInterval(poll);
			if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
			return { rowCount: outcome.value.rowCount, elapsedMs, tasks, progressEvents };
		});
		clearInterval(watch);
		return {
			rowCount: answer.rowCount,
			elapsedMs: Math.round(answer.elapsedMs),
			peak,
			idle,
			longTasksMs: answer.tasks.sort((a, b) => b - a),
			progressEvents: answer.progressEvents
		};
	} finally {
		await browser.close();
	}
}

/** The page's process: of all renderers the one that holds most. Linux only, as the figures are. */
function heaviestRenderer(): string {
	let heaviest = { pid: '', mb: 0 };
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')) continue;
			const mb = memoryOf(pid).resident;
			if (mb > heaviest.mb) heaviest = { pid, mb };
		} catch (error) {
			// A process may end while it is looked at.
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'ESRCH')
				throw error;
		}
	}
	return heaviest.pid;
}

function memoryOf(pid: string): Memory {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const mb = (field: string): number =>
		Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024);
	return { own: mb('RssAnon') + mb('RssShmem'), resident: mb('VmRSS') };
}
