// `npm run bench:models`: gradient boosting of a million rows of ten features in Chromium, and its predictions, against scikit-learn's and
// xgboost's on the same rows and as many threads in the same run.
// Arguments: --rows 1000000, --rounds 3, --starts (how soon the page can be used, and nothing else), --save (writes MODELS.md). PYTHON
// names the Python that has scikit-learn, xgboost and onnxruntime; what it has not is left out.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { decodeModel } from '../../src/lib/core/model/model-bytes.ts';
import { serveBundled } from './bundled-page.ts';
import { conditions, goalsMissed, loadBefore } from './conditions.ts';
import { modelToOnnx } from '../../src/lib/core/onnx/model-graph.ts';
import type { BenchFile, BenchScored, BenchTask, BenchTrained } from './models-page.ts';
import { modelStarts, type Starts } from './models-start.ts';
import { notesOf } from './notes.ts';
import { cache, inPage, root } from './pages.ts';

const option = (name: string, otherwise: number): number => {
	const at = process.argv.indexOf(`--${name}`);
	return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const rowCount = option('rows', 1_000_000);
const rounds = option('rounds', 3);
const HELD = 100_000;
const TREES = 100;
const SCORED = 1_000_000;
/** Fewer rows are trained on by one thread alone. */
const threadCounts = cpus().length > 1 && rowCount >= 200_000 ? [1, 2] : [1];

type Peer = { readonly version: string; readonly trainMs?: number; readonly r2?: number; readonly scoreMs: number };
type Peers = Readonly<Record<string, Peer>>;
type Own = { readonly trainMs: number; readonly wholeMs: number; readonly r2: number; readonly peakMb: number };
type Measured = { readonly threads: number; readonly own: Own; readonly peers: Peers };

const load = loadBefore();
if (process.argv.includes('--starts')) {
	console.log(startsText(await modelStarts(rounds)));
	process.exit(0);
}
const { url, server } = await serveBundled('models-page.ts');
try {
	const found = await inPage(url, async (page) => {
		const measured: Measured[] = [];
		let scored: BenchScored | null = null;
		for (const threads of threadCounts) {
			let own: Own | null = null;
			let peers: Peers = {};
			// By turns, since what else the machine does changes from minute to minute.
			for (let round = 0; round < rounds; round++) {
				const trained = await trainHere(page, { rowCount, heldCount: HELD, trees: TREES, threads });
				own = least(own, trained.own);
				peers = leastOf(peers, peersOf(threads, trained.model));
				if (threads === 1) scored = leastScored(scored, await scoreHere(page, trained.model));
			}
			if (!own) throw new Error('no rounds');
			measured.push({ threads, own, peers });
			console.log(JSON.stringify(measured.at(-1)));
		}
		if (!scored) throw new Error('no rounds');
		console.log(JSON.stringify(scored));
		return { measured, scored };
	});
	const text = report(found.measured, found.scored, await modelStarts(rounds));
	console.log(text);
	if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'MODELS.md'), text);
} finally {
	server.close();
}

/**
 * With the memory that the browser's renderer takes at most beyond what it had with the rows made and the worker started: the worker's
 * copy of the rows is part of it.
 */
async function trainHere(page: Page, task: BenchTask): Promise<{ own: Own; model: number[] }> {
	await page.waitForFunction(() => 'bench' in globalThis);
	await page.evaluate((given) => {
		const { bench } = globalThis as never as { bench: { ready(task: BenchTask): Promise<void> } };
		return bench.ready(given);
	}, task);
	const session = await page.context().newCDPSession(page);
	await session.send('HeapProfiler.collectGarbage');
	const renderers = renderersHere();
	const before = memoryMb(renderers, 'VmRSS');
	forgetPeaks(renderers);
	const { model, trainMs, wholeMs, r2 } = await page.evaluate(async (given) => {
		const { bench } = globalThis as never as { bench: { train(task: BenchTask): Promise<BenchTrained> } };
		const told = await bench.train(given);
		return { ...told, model: [...told.model] };
	}, task);
	const peakMb = memoryMb(renderers, 'VmHWM') - before;
	return { own: { trainMs, wholeMs, r2, peakMb }, model };
}

function fileOf(model: number[]): BenchFile {
	const bytes = Uint8Array.from(model);
	const read = decodeModel(bytes);
	if (!read.ok) throw new Error(read.error.reason);
	const { bytes: onnx, signature } = modelToOnnx(read.value, { name: 'bench', threshold: 0.5, metadata: {} });
	return { model: bytes, onnx, signature };
}

async function scoreHere(page: Page, model: number[]): Promise<BenchScored> {
	const { onnx, signature } = fileOf(model);
	return page.evaluate(
		([bytes, file, told, count]) => {
			const { bench } = globalThis as never as {
				bench: { score(of: BenchFile, count: number): Promise<BenchScored> };
			};
			return bench.score({ model: Uint8Array.from(bytes), onnx: Uint8Array.from(file), signature: told }, count);
		},
		[model, [...onnx], signature, SCORED] as const
	);
}

function leastScored(one: BenchScored | null, other: BenchScored): BenchScored {
	if (!one) return other;
	return {
		ownMs: Math.min(one.ownMs, other.ownMs),
		onnxWebMs: Math.min(one.onnxWebMs, other.onnxWebMs),
		ownFirstMs: Math.min(one.ownFirstMs, other.ownFirstMs),
		onnxWebFirstMs: Math.min(one.onnxWebFirstMs, other.onnxWebFirstMs),
		isSame: one.isSame && other.isSame
	};
}

/** Of the memory too: what an earlier round left behind is not of this one. */
function least(one: Own | null, other: Own): Own {
	if (!one) return other;
	return {
		trainMs: Math.min(one.trainMs, other.trainMs),
		wholeMs: Math.min(one.wholeMs, other.wholeMs),
		r2: other.r2,
		peakMb: Math.min(one.peakMb, other.peakMb)
	};
}

function leastOf(one: Peers, other: Peers): Peers {
	return Object.fromEntries(
		Object.entries(other).map(([name, peer]) => {
			const { trainMs = Infinity, scoreMs = Infinity } = one[name] ?? {};
			return [
				name,
				{
					...peer,
					...(peer.trainMs === undefined ? {} : { trainMs: Math.min(trainMs, peer.trainMs) }),
					scoreMs: Math.min(scoreMs, peer.scoreMs)
				}
			];
		})
	);
}

/** Process numbers of this run's browser; none where the system does not tell. */
function renderersHere(): readonly string[] {
	if (process.platform !== 'linux') return [];
	const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
	const processes = lines.flatMap((line) => {
		const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
		return pid === undefined ? [] : [{ pid, parent, args: args ?? '' }];
	});
	const mine = new Set([String(process.pid)]);
	for (let size = 0; size !== mine.size;) {
		size = mine.size;
		for (const { pid, parent } of processes) if (parent !== undefined && mine.has(parent)) mine.add(pid);
	}
	return processes.filter(({ pid, args }) => mine.has(pid) && args.includes('--type=renderer')).map(({ pid }) => pid);
}

/** What processes hold now, or held at most since `forgetPeaks`: the system keeps it, so that nothing has to watch beside a training. */
function memoryMb(processes: readonly string[], what: 'VmRSS' | 'VmHWM'): number {
	if (processes.length === 0) return NaN;
	return processes.reduce((sum, pid) => {
		const [, kilobytes] =
			new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
		return sum + Number(kilobytes) / 1024;
	}, 0);
}

function forgetPeaks(processes: readonly string[]): void {
	for (const pid of processes) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peersOf(threads: number, model: number[]): Peers {
	try {
		const onnx = join(cache, 'models.onnx');
		writeFileSync(onnx, fileOf(model).onnx);
		const given = [...[rowCount, HELD, 10, TREES, threads, 1].map(String), onnx];
		const printed = execFileSync(
			process.env['PYTHON'] ?? 'python3',
			[join(import.meta.dirname, 'models.py'), ...given],
			{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }
		);
		return JSON.parse(printed) as Peers;
	} catch (error) {
		console.error(`Without scikit-learn: ${String(error).split('\n').at(-1)}`);
		return {};
	}
}

function startsText({ coldListMs, warmListMs, coldModelMs, warmModelMs, runCount, modelCount }: Starts): string {
	const row = (what: string, warm: number, cold: number): string =>
		`| ${what} | ${warm.toFixed(0)} | ${cold.toFixed(0)} | ${(cold / warm).toFixed(2)} |`;
	return `## Opening the page

${runCount} runs and ${modelCount} models of two versions each, until the table that was asked for stands there, in ms from the beginning of the navigation. Warm: the
service worker has the app. Cold: the browser has none of its files, and the same workspace.

| what | warm | cold | warm is × as fast |
| --- | ---: | ---: | ---: |
${row('all models', warmListMs, coldListMs)}
${row('one model with its versions', warmModelMs, coldModelMs)}`;
}

function report(measured: readonly Measured[], told: BenchScored, starts: Starts): string {
	const { ownMs: scoreMs, onnxWebMs, ownFirstMs, onnxWebFirstMs, isSame } = told;
	const lines = measured.flatMap(({ threads, own, peers }) => [
		`| Weir | ${threads} | ${own.trainMs.toFixed(0)} | | ${own.r2.toFixed(5)} |`,
		...Object.entries(peers).flatMap(([name, { version, trainMs, r2 }]) =>
			trainMs === undefined
				? []
				: [
						`| ${name} ${version} | ${threads} | ${trainMs.toFixed(0)} | ${(own.trainMs / trainMs).toFixed(2)} | ${(r2 ?? NaN).toFixed(5)} |`
					]
		)
	]);
	const [single] = measured;
	const scored = Object.entries(single?.peers ?? {}).map(
		([name, peer]) =>
			`| ${name} ${peer.version} | ${peer.scoreMs.toFixed(0)} | ${(SCORED / peer.scoreMs / 1000).toFixed(2)} | ${(peer.scoreMs / scoreMs).toFixed(2)} |`
	);
	const perMillion = ((single?.own.peakMb ?? NaN) * 1e6) / (rowCount + HELD);
	const sizeKb = readFileSync(join(root, 'workers/model/kernel/kernel.wasm')).length / 1000;
	const onnx = single?.peers['onnxruntime'];
	return `# Models

Friedman's first of ${rowCount.toLocaleString('en')} rows and ten features: ${TREES} trees of up to 31 leaves, at least 20 rows a leaf, learning rate 0.1, 255 bins. The least of
${rounds} rounds by turns, in ms. Weir's time is that of a worker in Chromium from the Arrow bytes to the last tree, with reading, features and bins; the
others' is that of \`fit\`. R² is of ${HELD.toLocaleString('en')} rows that were held out (other ones in Weir, which draws them).

| what | threads | training | Weir is × of it | R² |
| --- | ---: | ---: | ---: | ---: |
${lines.join('\n')}

At one thread and at ${measured.at(-1)?.threads ?? 1} the model has the same bits. With intervals, importance by shuffling and slices on what was held out, the whole took
${(single?.own.wholeMs ?? NaN).toFixed(0)} ms at one thread. The memory of the browser's page and workers grew by ${(single?.own.peakMb ?? NaN).toFixed(0)} MB at most, the worker's copy of the rows included: ${perMillion.toFixed(0)} MB a million rows. The
kernel is ${sizeKb.toFixed(1)} kB.

## Predictions

${SCORED.toLocaleString('en')} rows through those ${TREES} trees, one thread; Weir's scorer and ONNX Runtime Web in Chromium, as \`predict(…)\` in SQL asks them:
from Arrow bytes in batches to answers in Arrow; the others from a matrix to an array.

| what | ms | million rows a second | Weir is × as fast |
| --- | ---: | ---: | ---: |
| Weir | ${scoreMs.toFixed(0)} | ${(SCORED / scoreMs / 1000).toFixed(2)} | |
| ONNX Runtime Web | ${onnxWebMs.toFixed(0)} | ${(SCORED / onnxWebMs / 1000).toFixed(2)} | ${(onnxWebMs / scoreMs).toFixed(2)} |
${scored.join('\n')}

All predictions of Weir ${isSame ? 'have the bits of' : 'DIFFER from those of'} ONNX Runtime Web. The first prediction of one row from a worker that is not there yet takes
${ownFirstMs.toFixed(0)} ms, and ${onnxWebFirstMs.toFixed(0)} ms where ONNX Runtime is needed.

${startsText(starts)}

${goalsMissed([
	...measured.flatMap(({ threads, own, peers }) => {
		const { trainMs } = peers['scikit-learn'] ?? {};
		if (trainMs === undefined) return [];
		const what = `training on ${threads} thread${threads > 1 ? 's' : ''}`;
		return [{ what, got: own.trainMs / trainMs, goal: 1, misses: 'above', unit: ' × scikit-learn' } as const];
	}),
	{ what: 'memory a million rows', got: perMillion, goal: 120, misses: 'above', unit: ' MB' },
	...(onnx
		? [
				{ what: 'predictions', got: onnx.scoreMs / scoreMs, goal: 2, misses: 'below', unit: ' × onnxruntime' } as const,
				{
					what: 'ONNX Runtime Web',
					got: onnxWebMs / onnx.scoreMs,
					goal: 1.3,
					misses: 'above',
					unit: ' × onnxruntime'
				} as const
			]
		: [])
])}

${conditions(load)}

${existsSync(join(import.meta.dirname, 'MODELS.md')) ? notesOf('MODELS.md').join('\n') : ''}`;
}
