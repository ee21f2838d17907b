// `npm run bench:sync`: how fast objects are sealed and opened against bare WebCrypto in the same worker, what a first sync of 100 MB and of
// a change of 1 % sends against what is new, and how often the edge answers against bare routes of Hono in the same runtime.
// Arguments: --only seal, edge, sync or records, --save (writes SYNC.md).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startWeir } from '../weir-server.ts';
import { serveBundled } from './bundled-page.ts';
import { conditions, goalsMissed, loadBefore } from './conditions.ts';
import { measureEdge, type Asked } from './edge-load.ts';
import { notesOf } from './notes.ts';
import { inPage } from './pages.ts';
import { measureRecords } from './sync-records.ts';
import type { SealTimes } from './sync-seal.ts';

/** Of three random doubles and a number each: about 100 MB stored. */
const ROWS = 4_000_000;

/** `newBytes` is what the change added to the store of the device, `sentBytes` bodies of requests and `headBytes` their heads. */
type Synced = {
	readonly what: string;
	readonly newBytes: number;
	readonly sentBytes: number;
	readonly headBytes: number;
	readonly requests: number;
	readonly ms: number;
};
type Wire = { requests: number; sentBytes: number; headBytes: number };

const load = loadBefore();
const at = process.argv.indexOf('--only');
const only = at < 0 ? null : process.argv[at + 1];
const asks = (part: string): boolean => only === null || only === part;
const seal = asks('seal') ? await measureSeal() : [];
console.log(JSON.stringify(seal));
const asked = asks('edge') ? await measureEdge() : [];
console.log(JSON.stringify(asked));
const synced = asks('sync') ? await measureSyncs() : { steps: [], bareMs: NaN };
console.log(JSON.stringify(synced));
const recordTimes = asks('records') ? await measureRecords() : [];
console.log(JSON.stringify(recordTimes));
const text = report();
console.log(text);
if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'SYNC.md'), text);

async function measureSeal(): Promise<readonly SealTimes[]> {
	const { url, server } = await serveBundled('sync-page.ts');
	try {
		return await inPage(url, async (page) => {
			await page.waitForFunction(() => 'bench' in globalThis);
			return page.evaluate(() =>
				(globalThis as never as { bench: { measureSeal(): Promise<readonly SealTimes[]> } }).bench.measureSeal()
			);
		});
	} finally {
		server.close();
	}
}

async function measureSyncs(): Promise<{ readonly steps: readonly Synced[]; readonly bareMs: number }> {
	const weir = await startWeir();
	try {
		return await inPage(weir.url, async (page) => {
			const wire = watch(page);
			await page.waitForFunction(() => 'weir' in globalThis);
			await page.evaluate(turnOn, { rows: ROWS });
			const steps = [await sync(page, wire, `first sync of ${ROWS.toLocaleString('en')} rows`, '')];
			const part = ROWS / 100;
			const rest = '* EXCLUDE (a), CASE WHEN id BETWEEN 2000000 AND';
			const stretch = `SELECT ${rest} ${2_000_000 + part - 1} THEN random() ELSE a END AS a FROM numbers ORDER BY id`;
			steps.push(await sync(page, wire, '1 % of the rows, side by side, one column of four', stretch));
			const more = `SELECT * FROM numbers UNION ALL BY NAME SELECT range + ${ROWS} AS id, random() AS a, random() AS b, random() AS c FROM range(${part}) ORDER BY id`;
			steps.push(await sync(page, wire, '1 % more rows', more));
			steps.push(await sync(page, wire, 'nothing new', ''));
			return { steps, bareMs: await bareUpload(page, steps[0]?.sentBytes ?? 0) };
		});
	} finally {
		await weir.stop();
	}
}

/** Counts what the page asks of the edge; `sizes` are told by the browser. */
function watch(page: Page): Wire {
	const wire: Wire = { requests: 0, sentBytes: 0, headBytes: 0 };
	page.on('requestfinished', (request) => {
		if (!request.url().includes('/api/')) return;
		wire.requests++;
		wire.sentBytes += Number(request.headers()['content-length'] ?? request.postDataBuffer()?.length ?? 0);
		wire.headBytes += Object.entries(request.headers()).reduce(
			(sum, [name, value]) => sum + name.length + value.length + 4,
			0
		);
	});
	return wire;
}

/** In the page. */
async function turnOn({ rows }: { readonly rows: number }): Promise<void> {
	type Answer = Promise<{ ok: boolean; value: never; error?: unknown }>;
	const { weir } = globalThis as never as {
		weir: Record<string, (...input: unknown[]) => Answer> & { ready: Promise<unknown> };
	};
	const must = async <T>(verb: string, ...input: readonly unknown[]): Promise<T> => {
		const answer = await weir[verb]?.(...input);
		if (!answer?.ok) throw new Error(`${verb}: ${JSON.stringify(answer?.error)}`);
		return answer.value;
	};
	await weir.ready;
	const words = await must<readonly string[]>('recoveryWords');
	await must('turnOnSync', { passphrase: 'a long passphrase of the bench', words: words.join(' '), device: 'bench' });
	await must('pauseSync', true);
	await must('save', 'numbers', `SELECT range AS id, random() AS a, random() AS b, random() AS c FROM range(${rows})`);
}

/** Saves what `sql` says, if anything, and syncs. */
async function sync(page: Page, wire: Wire, what: string, sql: string): Promise<Synced> {
	const newBytes = await page.evaluate(async (query) => {
		type Answer = Promise<{ ok: boolean; value: never; error?: unknown }>;
		const { weir } = globalThis as never as { weir: Record<string, (...input: unknown[]) => Answer> };
		const must = async <T>(verb: string, ...input: readonly unknown[]): Promise<T> => {
			const answer = await weir[verb]?.(...input);
			if (!answer?.ok) throw new Error(`${verb}: ${JSON.stringify(answer?.error)}`);
			return answer.value;
		};
		if (query !== '') await must('save', 'numbers', query, { replace: true });
		const [newest] = await must<readonly { addedBytes: number }[]>('history', 'numbers');
		return newest?.addedBytes ?? 0;
	}, sql);
	Object.assign(wire, { requests: 0, sentBytes: 0, headBytes: 0 });
	const ms = await page.evaluate(async () => {
		const { weir } = globalThis as never as {
			weir: {
				sync(): Promise<{ ok: boolean; value: { datasets: readonly { outcome: { ok: boolean } }[] }; error?: unknown }>;
			};
		};
		const start = performance.now();
		const told = await weir.sync();
		if (!told.ok || told.value.datasets.some(({ outcome }) => !outcome.ok)) throw new Error(JSON.stringify(told));
		return performance.now() - start;
	});
	// The last request may be told of after the page is done with it.
	await new Promise((resolve) => setTimeout(resolve, 500));
	return { what, newBytes: sql === '' && what === 'nothing new' ? 0 : newBytes, ...wire, ms };
}

/** As many bytes in bodies of 1 MiB to a route that throws them away: what the browser and the loopback take for themselves. */
async function bareUpload(page: Page, sizeBytes: number): Promise<number> {
	return page.evaluate(async (all) => {
		const body = new Uint8Array(2 ** 20);
		for (let at = 0; at < body.length; at += 65_536) crypto.getRandomValues(body.subarray(at, at + 65_536));
		const start = performance.now();
		let left = Math.ceil(all / body.length);
		const one = async (): Promise<void> => {
			while (left-- > 0) await (await fetch('/api/v1/none', { method: 'PUT', body })).arrayBuffer();
		};
		await Promise.all([one(), one(), one(), one()]);
		return performance.now() - start;
	}, sizeBytes);
}

function report(): string {
	const mb = (bytes: number): string => (bytes / 1e6).toFixed(2);
	const rate = ({ sizeBytes, count }: SealTimes, ms: number): string => ((sizeBytes * count) / ms / 1000).toFixed(0);
	const sealed = seal.map(
		(one) =>
			`| ${(one.sizeBytes / 1024).toFixed(0)} KiB | ${rate(one, one.sealMs)} | ${rate(one, one.bareSealMs)} | ${(one.bareSealMs / one.sealMs).toFixed(2)} | ` +
			`${rate(one, one.openMs)} | ${rate(one, one.bareOpenMs)} | ${(one.bareOpenMs / one.openMs).toFixed(2)} | ${rate(one, one.gcmMs)} |`
	);
	const steps = synced.steps.map(
		({ what, newBytes, sentBytes, headBytes, requests, ms }) =>
			`| ${what} | ${mb(newBytes)} | ${mb(sentBytes)} | ${newBytes > 0 ? (sentBytes / newBytes).toFixed(3) : ''} | ${requests} | ${(headBytes / 1000).toFixed(0)} | ${(ms / 1000).toFixed(2)} |`
	);
	const of = (what: string): Asked | undefined => asked.find((one) => one.what === what);
	const answers = asked.map((one) => {
		const bare = of(
			one.what.startsWith('get object')
				? 'bare GET of 64 KiB in R2'
				: one.what.startsWith('put')
					? 'bare PUT of 64 KiB to R2'
					: 'bare GET'
		);
		const times = bare ? (one.perSecond / bare.perSecond).toFixed(2) : '';
		return `| ${one.what} | ${one.perSecond.toFixed(0)} | ${times} | ${one.p50Ms.toFixed(1)} | ${one.p99Ms.toFixed(1)} |`;
	});
	return `# Sync

## Sealing

64 MiB of objects in one worker of Chromium, the least of seven rounds by turns, in MB a second. An object's id is an HMAC of its bytes, so both
are what WebCrypto itself takes for an HMAC-SHA-256 and AES-256-GCM of the same bytes under keys that are there; the last column is AES-256-GCM alone.

| object | seal | bare | share | open | bare | share | AES-GCM alone |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${sealed.join('\n')}

## What a sync sends

Random doubles, which nothing compresses, to the edge on this machine. New is what the device itself stored for the change.

| what | new, MB | sent, MB | × of it | requests | heads, kB | seconds |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${steps.join('\n')}

As many bytes as the first sync sent, in bodies of 1 MiB to an address that answers that it is none, take ${(synced.bareMs / 1000).toFixed(2)} s from the same page.

Records: with many verdicts there and on the edge, the least of three rounds by turns.

| what | seconds |
| --- | ---: |
${recordTimes.map(({ what, ms }) => `| ${what} | ${(ms / 1000).toFixed(2)} |`).join('\n')}

## The edge

Requests a second of eight connections, ${asked.length} kinds by turns, in the runtime of the edge on this machine. A request is held against a bare route of Hono that
answers one word, or that puts and gets the same bytes in R2.

| request | a second | × bare | p50, ms | p99, ms |
| --- | ---: | ---: | ---: | ---: |
${answers.join('\n')}

${goalsMissed(
	seal.flatMap((one) => {
		const size = `${(one.sizeBytes / 1024).toFixed(0)} KiB`;
		return [
			{
				what: `sealing ${size}`,
				got: one.bareSealMs / one.sealMs,
				goal: 0.7,
				misses: 'below',
				unit: ' of bare'
			} as const,
			{
				what: `opening ${size}`,
				got: one.bareOpenMs / one.openMs,
				goal: 0.7,
				misses: 'below',
				unit: ' of bare'
			} as const
		];
	})
)}

${conditions(load)}

${notesOf('SYNC.md').join('\n')}`;
}
