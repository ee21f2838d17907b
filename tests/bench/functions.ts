// `npm run bench:functions`: user functions over a million rows against the engine's own expression and arquero, with the bare
// loop of the machine they run in, and what the runner of pipelines adds to a step that does nothing. Argument: --save (FUNCTIONS.md).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import { startWeir } from '../weir-server.ts';
import { conditions, goalsMissed, loadBefore } from './conditions.ts';
import { inPage, installPeers } from './pages.ts';

const ROWS = 1_000_000;
const ROUNDS = 5;

/** Pipelines of steps that do nothing, by how many steps there are and how the text of each begins. */
const idle = {
	join: { steps: 200, text: (at: number): string => `  - { id: s${at}, kind: join }` },
	chain: {
		steps: 100,
		text: (at: number): string => `  - { id: s${at}, kind: join${at === 0 ? '' : `, needs: [s${at - 1}]`} }`
	},
	check: { steps: 40, text: (at: number): string => `  - { id: s${at}, kind: check, sql: SELECT true }` },
	unchanged: {
		steps: 40,
		text: (at: number): string => `  - { id: s${at}, kind: check, sql: SELECT count(*) > ${at} FROM numbers }`
	}
};
type Idle = keyof typeof idle;

type Measured = {
	readonly rowMs: number;
	readonly calledMs: number;
	readonly batchMs: number;
	readonly sqlMs: number;
	readonly stepMs: Readonly<Record<Idle, number>>;
};

const row = 'export default ({ x }) => x * 2 + 1';
const called = 'export default ({ x }) => { const y = x * 2; return y + 1; }';
const batch = `export default ({ rowCount, columns: { x } }) => {
	const y = new Float64Array(rowCount);
	for (let i = 0; i < rowCount; i++) y[i] = x[i] * 2 + 1;
	return { y };
}`;

const load = loadBefore();
const weir = await startWeir();
try {
	const pipelines = Object.entries(idle).map(([name, { steps, text }]) => {
		const lines = Array.from({ length: steps }, (_step, at) => text(at));
		return { name, steps, text: `name: ${name}\nsteps:\n${lines.join('\n')}` };
	});
	const measured = await inPage(weir.url, (page) =>
		page.evaluate(measure, { ROWS, ROUNDS, pipelines, row, called, batch })
	);
	const text = report(measured, await bareLoops(), await arquero());
	console.log(text);
	if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'FUNCTIONS.md'), text);
} finally {
	await weir.stop();
}

/** In the page. Every way ends with the rows held in the engine. */
async function measure(given: {
	readonly ROWS: number;
	readonly ROUNDS: number;
	readonly pipelines: readonly { readonly name: string; readonly steps: number; readonly text: string }[];
	readonly row: string;
	readonly called: string;
	readonly batch: string;
}): Promise<Measured> {
	type Answer = { ok: boolean; value?: { release?(): Promise<void>; state?: string }; error?: unknown };
	// The page may still be starting.
	while (!('weir' in globalThis)) await new Promise((resolve) => setTimeout(resolve, 50));
	const { weir: verbs } = globalThis as never as {
		weir: Record<string, (...args: unknown[]) => Promise<Answer>> & { ready: Promise<unknown> };
	};
	await verbs.ready;
	const timed = async (verb: string, ...args: readonly unknown[]): Promise<number> => {
		const startedMs = performance.now();
		const answer = await verbs[verb]?.(...args);
		const tookMs = performance.now() - startedMs;
		if (!answer?.ok) throw new Error(`${verb}: ${JSON.stringify(answer?.error)}`);
		await answer.value?.release?.();
		if (verb === 'runPipeline' && answer.value?.state !== 'succeeded') throw new Error(JSON.stringify(answer.value));
		return tookMs;
	};
	await timed('save', 'numbers', `SELECT range::DOUBLE AS x FROM range(${given.ROWS})`);
	await timed('load', 'numbers');
	for (const { text } of given.pipelines) await timed('savePipeline', text);
	// What is opened for the first import and the first step is opened by now.
	for (const { name } of given.pipelines) await timed('runPipeline', name);
	const best = { rowMs: Infinity, calledMs: Infinity, batchMs: Infinity, sqlMs: Infinity };
	const stepMs: Record<string, number> = {};
	const sql = 'SELECT x FROM numbers';
	const outputs = { y: 'DOUBLE' };
	for (let round = 0; round < given.ROUNDS; round++) {
		const batchMs = await timed('applyFunction', sql, { code: given.batch, mode: 'batch', inputs: ['x'], outputs });
		const rowMs = await timed('applyFunction', sql, { code: given.row, inputs: ['x'], outputs });
		const calledMs = await timed('applyFunction', sql, { code: given.called, inputs: ['x'], outputs });
		const sqlMs = await timed('sql', 'SELECT x * 2 + 1 AS y FROM numbers');
		best.batchMs = Math.min(best.batchMs, batchMs);
		best.rowMs = Math.min(best.rowMs, rowMs);
		best.calledMs = Math.min(best.calledMs, calledMs);
		best.sqlMs = Math.min(best.sqlMs, sqlMs);
		for (const { name, steps } of given.pipelines) {
			const options = name === 'check' ? { force: true } : {};
			const tookMs = (await timed('runPipeline', name, options)) / steps;
			stepMs[name] = Math.min(stepMs[name] ?? Infinity, tookMs);
		}
	}
	return { ...best, stepMs: stepMs as Measured['stepMs'] };
}

/** The machine alone, with nothing round the loop: what no way of passing values could be faster than, on one thread. */
async function bareLoops(): Promise<{ readonly rowMs: number; readonly batchMs: number }> {
	const context = (await newQuickJSWASMModuleFromVariant(variant)).newRuntime().newContext();
	const run = (code: string): number => {
		const startedMs = performance.now();
		context.unwrapResult(context.evalCode(code)).dispose();
		return performance.now() - startedMs;
	};
	run(`var a = new Float64Array(${ROWS}).map((_, i) => i), b = new Float64Array(${ROWS}), f = ({ x }) => x * 2 + 1`);
	const times = (code: string): number => Math.min(...Array.from({ length: ROUNDS }, () => run(code)));
	const batchMs = times(`(() => { const x = a, y = b; for (let i = 0; i < ${ROWS}; i++) y[i] = x[i] * 2 + 1; })()`);
	const rowMs = times(
		`(() => { const x = a, y = b, g = f; for (let i = 0; i < ${ROWS}; i++) y[i] = g({ x: x[i] }); })()`
	);
	return { rowMs, batchMs };
}

/** In Node, with the browser's own compiler behind it. */
async function arquero(): Promise<number> {
	installPeers();
	const aq = (await import('arquero')) as typeof import('arquero');
	const table = aq.table({ x: Float64Array.from({ length: ROWS }, (_x, at) => at) });
	let best = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const startedMs = performance.now();
		table.derive({ y: aq.escape(({ x }: { readonly x: number }) => x * 2 + 1) }).array('y');
		best = Math.min(best, performance.now() - startedMs);
	}
	return best;
}

function report(
	{ rowMs, calledMs, batchMs, sqlMs, stepMs }: Measured,
	bare: { readonly rowMs: number; readonly batchMs: number },
	arqueroMs: number
): string {
	const line = (what: string, ms: number): string =>
		`| ${what} | ${ms.toFixed(0)} | ${(ROWS / ms / 1000).toFixed(2)} | ${(ms / sqlMs).toFixed(2)} | ${(ms / arqueroMs).toFixed(2)} |`;
	const step = (what: string, name: Idle): string => `| ${what} | ${idle[name].steps} | ${stepMs[name].toFixed(2)} |`;
	return `# User functions, and steps that do nothing

\`x * 2 + 1\` over ${ROWS.toLocaleString('en')} rows of one DOUBLE, in Chromium, best of ${ROUNDS} rounds in turns. Rows end up in the engine each time, but for
arquero and the bare loops, which run in Node: those are one thread of QuickJS with nothing round the loop, the least that any
way of passing values can take. Functions run on two threads.

| way | ms | million rows a second | × the engine's | × arquero |
| --- | ---: | ---: | ---: | ---: |
${line('SELECT x * 2 + 1', sqlMs)}
${line('function over batches', batchMs)}
${line('function over rows, one expression', rowMs)}
${line('function over rows, with a body: it is called for each', calledMs)}
${line('bare loop over numbers', bare.batchMs)}
${line('bare loop that calls a function with a row', bare.rowMs)}
${line('arquero, derive', arqueroMs)}

## Steps that do nothing

The whole run divided by its steps; two run at a time where nothing says otherwise.

| step | steps | ms a step |
| --- | ---: | ---: |
${step('join, beside others', 'join')}
${step('join behind the one before', 'chain')}
${step('check `SELECT true`: asks the engine', 'check')}
${step('check whose output stands: what it reads is looked up, and nothing is asked', 'unchanged')}

${goalsMissed([
	{ what: 'a step that does nothing', got: stepMs.join, goal: 5, misses: 'above', unit: ' ms' },
	{ what: 'a step that does nothing, behind another', got: stepMs.chain, goal: 5, misses: 'above', unit: ' ms' },
	{
		what: 'a function over batches',
		got: ROWS / batchMs / 1000,
		goal: 2,
		misses: 'below',
		unit: ' million rows a second'
	},
	{ what: 'a function over rows', got: ROWS / rowMs / 1000, goal: 2, misses: 'below', unit: ' million rows a second' },
	{
		what: 'a function over rows that is called',
		got: ROWS / calledMs / 1000,
		goal: 2,
		misses: 'below',
		unit: ' million rows a second'
	},
	{ what: 'a step that asks the engine', got: stepMs.check, goal: 5, misses: 'above', unit: ' ms' }
])}

${conditions(load)}
`;
}
