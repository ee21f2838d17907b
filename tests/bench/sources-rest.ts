// A million rows of an API that pages, into a committed version, against the same loop written plainly with fetch in a page of its own. Argument: --save
// (writes its part of SOURCES.md).
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import type { WeirConsole } from '../../src/lib/flows/console-types.ts';
import { startWeir } from '../weir-server.ts';
import { conditions, loadBefore } from './conditions.ts';
import { inPage } from './pages.ts';
import { savePart } from './save-part.ts';

const ROWS = 1_000_000;
const PAGE_ROWS = 1000;
const RUNS = 3;
const modes = ['full', 'append', 'merge'] as const;
type Mode = (typeof modes)[number];
type Timed = { readonly plainMs: number; readonly weirMs: Readonly<Record<Mode, number>> };

const pages = Array.from({ length: ROWS / PAGE_ROWS }, (_, page) => {
	const items = Array.from({ length: PAGE_ROWS }, (_row, at) => rowOf(page * PAGE_ROWS + at));
	const next = (page + 1) * PAGE_ROWS < ROWS ? String(page + 1) : null;
	return Buffer.from(JSON.stringify({ items, next_cursor: next }));
});
const sizeBytes = pages.reduce((sum, page) => sum + page.length, 0);

const load = loadBefore();
const api = await serve();
const weir = await startWeir({ isBuilt: process.env.WEIR_SKIP_BUILD === '1' });
try {
	const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/rows`;
	// Weir's own page lets its scripts ask nobody else.
	const runs = await inPage(new URL('/', url).href, (plain) => inPage(weir.url, (page) => measure(plain, page, url)));
	const text = report(runs);
	console.log(text);
	if (process.argv.includes('--save')) savePart('SOURCES.md', '# Sources, measured', text);
} finally {
	await weir.stop();
	api.close();
	api.closeAllConnections();
}

async function measure(plain: Page, page: Page, url: string): Promise<readonly Timed[]> {
	await page.waitForFunction(() => 'weir' in globalThis);
	await page.evaluate(() => (globalThis as never as { weir: WeirConsole }).weir.sql('SELECT 1'));
	const timed: Timed[] = [];
	for (let run = 0; run < RUNS; run++) {
		const plainMs = await plain.evaluate(loadPlainly, { url, rowCount: ROWS });
		const weirMs = { full: 0, append: 0, merge: 0 };
		for (const mode of modes)
			weirMs[mode] = await page.evaluate(loadOnce, { url, mode, name: `${mode}${run}`, rowCount: ROWS });
		console.log(JSON.stringify({ plainMs, weirMs }));
		timed.push({ plainMs, weirMs });
	}
	return timed;
}

function rowOf(id: number): object {
	const at = new Date(1_767_225_600_000 + id * 1000).toISOString();
	return { id, city: `city ${id % 1000}`, price: (id % 100_000) / 4, at, note: `note ${(id * 7919) % 1_000_003}` };
}

async function serve(): Promise<Server> {
	const server = createServer((request, response) => {
		const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
		if (pathname === '/')
			return void response.setHeader('content-type', 'text/html').end('<!doctype html><title>plain</title>');
		const cursor = searchParams.get('cursor');
		response.setHeader('Access-Control-Allow-Origin', '*');
		response.setHeader('content-type', 'application/json');
		response.end(pages[Number(cursor ?? 0)]);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return server;
}

type Asked = { readonly url: string; readonly rowCount: number };

/** Runs in the page: every row as an object in memory, and nothing else. */
async function loadPlainly({ url, rowCount }: Asked): Promise<number> {
	type Page = { readonly items: readonly object[]; readonly next_cursor: string | null };
	const begun = performance.now();
	const rows: object[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const answer = await fetch(cursor === '' ? url : `${url}?cursor=${cursor}`);
		const { items, next_cursor } = (await answer.json()) as Page;
		rows.push(...items);
		cursor = next_cursor;
	}
	const ms = performance.now() - begun;
	if (rows.length !== rowCount) throw new Error(`${rows.length} rows`);
	return ms;
}

async function loadOnce({
	url,
	mode,
	name,
	rowCount
}: Asked & { readonly mode: Mode; readonly name: string }): Promise<number> {
	const { weir } = globalThis as never as { weir: WeirConsole };
	const loads = {
		full: 'load: { mode: full }',
		append: 'since: { field: at }\nload: { mode: append }',
		merge: 'since: { field: at }\nload: { mode: merge, key: [id] }'
	};
	const pages = 'pages: { kind: cursor, param: cursor, path: next_cursor }\nrecords: items\nper_second: 1000';
	const kept = await weir.connect(name, `kind: rest\nurl: ${url}\n${pages}\n${loads[mode]}\n`);
	if (!kept.ok) throw new Error(JSON.stringify(kept.error));
	const begun = performance.now();
	const loaded = await weir.loadConnection(name);
	const ms = performance.now() - begun;
	if (!loaded.ok || loaded.value.keptCount !== rowCount) throw new Error(JSON.stringify(loaded));
	await weir.remove(name);
	return ms;
}

function report(runs: readonly Timed[]): string {
	const median = (of: (timed: Timed) => number): number =>
		runs.map(of).toSorted((a, b) => a - b)[runs.length >> 1] ?? NaN;
	const perSecond = (ms: number): string => Math.round(ROWS / (ms / 1000)).toLocaleString('en');
	const lines = modes.map((mode) => {
		const ms = median(({ weirMs }) => weirMs[mode]);
		const ratio = median(({ weirMs, plainMs }) => weirMs[mode] / plainMs);
		return `| Weir, \`${mode}\` | ${(ms / 1000).toFixed(2)} | ${perSecond(ms)} | ${ratio.toFixed(2)} |`;
	});
	const plainMs = median((one) => one.plainMs);
	return `## Rows of an API

${ROWS.toLocaleString('en')} rows of five fields, ${(sizeBytes / 1e6).toFixed(1)} MB as JSON, in ${pages.length.toLocaleString('en')} pages of a server on the same machine that has them ready (\`tests/bench/sources-rest.ts\`). Weir's load ends with committed versions; the peer is
the same loop written plainly with \`fetch\` in a page of its own, which asks for each page, parses it and holds its rows as objects. Medians of ${RUNS} runs, one after the other in turns.

| what | seconds | rows a second | times the plain loop |
| --- | ---: | ---: | ---: |
| plain loop with \`fetch\`, into memory | ${(plainMs / 1000).toFixed(2)} | ${perSecond(plainMs)} | 1.00 |
${lines.join('\n')}

${conditions(load)}
`;
}
