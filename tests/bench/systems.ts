// What the benchmark measures side by side: native DuckDB, bare DuckDB-WASM and Weir, each of which does one task at a time.
import type { Page } from 'playwright';
import type { Query } from './queries.ts';

/** What is timed, or done in between. */
export type Task =
	| { readonly kind: 'query'; readonly id: string; readonly sql: string }
	| { readonly kind: 'step'; readonly id: string };

export type System = {
	readonly name: string;
	/** Milliseconds of one go, measured where the work is done; null where the system has no such task. */
	time(task: Task): Promise<number | null>;
};

export const query = ({ id, sql }: Query): Task => ({ kind: 'query', id, sql });

/** DuckDB-WASM as its documentation shows it, in the page that `serveBench` gives. */
export async function bareSystem(page: Page, paths: unknown): Promise<System> {
	await page.waitForFunction(() => 'weirBench' in globalThis);
	await page.evaluate((input) => {
		const g = globalThis as never as Record<string, File> & { weirBench: { bareOpen(i: unknown): Promise<void> } };
		const files = { events: g['bench_events'], users: g['bench_users'], flights: g['bench_flights'] };
		return g.weirBench.bareOpen({ paths: input, ...files });
	}, paths);
	return {
		name: 'bare',
		time: (task) =>
			page.evaluate(
				(input) =>
					(
						globalThis as never as { weirBench: { bareTime(task: unknown): Promise<number | null> } }
					).weirBench.bareTime(input),
				task
			)
	};
}

/** The same through `window.weir`: what is taken in is committed to IndexedDB. */
export async function weirSystem(page: Page): Promise<System> {
	await page.waitForFunction(() => 'weir' in globalThis);
	await page.evaluate(async () => {
		await (globalThis as never as { weir: { ready: Promise<unknown> } }).weir.ready;
		// Every system is timed with its engine open; Weir opens its reader five seconds after the page is usable, for two.
		await new Promise((resolve) => setTimeout(resolve, 10_000));
	});
	return { name: 'weir', time: (task) => page.evaluate(timeInWeir, task) };
}

async function timeInWeir(task: Task): Promise<number | null> {
	type Answer<T> = Promise<{ ok: true; value: T } | { ok: false; error: unknown }>;
	type Weir = {
		ingest(source: unknown, options: { name: string }): Answer<unknown>;
		sql(text: string): Answer<{ arrow(): Promise<unknown>; release(): Promise<unknown> }>;
		load(name: string): Answer<unknown>;
		remove(name: string): Answer<unknown>;
		datasets(): Answer<readonly { name: string }[]>;
		export(name: string, format: string): Answer<Blob>;
	};
	const g = globalThis as never as Record<string, File> & { weir: Weir };
	const { weir } = g;
	const must = async <T>(answer: Answer<T>): Promise<T> => {
		const result = await answer;
		if (!result.ok) throw new Error(JSON.stringify(result.error));
		return result.value;
	};
	const timed = async (work: () => Promise<unknown>): Promise<number> => {
		const start = performance.now();
		await work();
		return performance.now() - start;
	};
	const ask = async (sql: string): Promise<void> => {
		const result = await must(weir.sql(sql));
		await result.arrow();
		await result.release();
	};
	/** The first time under its name; once more as another, which goes at once. */
	const ingest = async (source: unknown, name: string): Promise<number> => {
		const known = await must(weir.datasets());
		const isThere = known.some((one) => one.name === name);
		const as = isThere ? 'again' : name;
		// The reader ends when nothing is read for a while, and opens again beforehand.
		await new Promise((resolve) => setTimeout(resolve, 4000));
		const ms = await timed(() => must(weir.ingest(source, { name: as })));
		if (isThere) await must(weir.remove('again'));
		return ms;
	};
	if (task.kind === 'query') return timed(() => ask(task.sql));
	switch (task.id) {
		case 'csv-ingest':
			return ingest(g['bench_events'], 'events');
		case 'parquet-ingest':
			return ingest(g['bench_parquet'], 'events');
		case 'flights-ingest':
			return ingest(g['bench_flights'], 'flights');
		case 'group-from-parquet':
			return timed(() => ask('select category, count(*) as n from events group by category'));
		case 'load events':
			await must(weir.ingest(g['bench_users'], { name: 'users' }));
			await must(weir.load('events'));
			return timed(() => must(weir.load('users')));
		case 'drop events':
			return timed(() => must(weir.remove('events')));
		case 'load flights':
			return timed(() => must(weir.load('flights')));
		case 'export-csv':
			return timed(() => must(weir.export('events', 'csv')));
		case 'export-parquet':
			return timed(() => must(weir.export('events', 'parquet')));
		default:
			return null;
	}
}
