// `npm run bench:functions`: user functions over a million rows against the engine's own expression and arquero, with the bare
// loop of the machine they run in, and what the runner of pipelines adds to a step that does nothing. Argument: --save (FUNCTIONS.md).
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
import { startWeir } from '../weir-server.ts';
import { inPage, installPeers } from './pages.ts';

const ROWS = 1_000_000;
const ROUNDS = 5;
const STEPS = 200;

type Measured = { readonly rowMs: number; readonly batchMs: number; readonly sqlMs: number; readonly stepMs: number };

const row = 'export default ({ x }) => x * 2 + 1';
const batch = `export default ({ rowCount, columns: { x } }) => {
	const y = new Float64Array(rowCount);
	for (let i = 0; i < rowCount; i++) y[i] = x[i] * 2 + 1;
	return { y };
}`;

const weir = await startWeir();
try {
	const measured = await inPage(weir.url, (page) => page.evaluate(measure, { ROWS, ROUNDS, STEPS, row, batch }));
	const text = report(measured, await bareLoops(), await arquero());
	console.log(text);
	if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'FUNCTIONS.md'), text);
} finally {
	weir.stop();
}

/** In the page. Every way ends with the rows held in the engine. */
async function measure(given: {
	readonly ROWS: number;
	readonly ROUNDS: number;
	readonly STEPS: number;
	readonly row: string;
	readonly batch: string;
}): Promise<Measured> {
	type Answer = { ok: boolean; value: { release(): Promise<void>; rowCount: number }; error?: unknown };
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
		if ('release' in answer.value) await answer.value.release();
		return tookMs;
	};
	await timed('save', 'numbers', `SELECT range::DOUBLE AS x FROM range(${given.ROWS})`);
	await timed('load', 'numbers').catch(() => 0);
	const best = { rowMs: Infinity, batchMs: Infinity, sqlMs: Infinity, stepMs: Infinity };
	const sql = 'SELECT x FROM numbers';
	const joins = Array.from({ length: given.STEPS }, (_step, at) => `  - { id: s${at}, kind: join }`).join('\n');
	await timed('savePipeline', `name: nothing\nsteps:\n${joins}`);
	for (let round = 0; round < given.ROUNDS; round++) {
		const outputs = { y: 'DOUBLE' };
		const batchMs = await timed('applyFunction', sql, { code: given.batch, mode: 'batch', inputs: ['x'], outputs });
		const rowMs = await timed('applyFunction', sql, { code: given.row, inputs: ['x'], outputs });
		const sqlMs = await timed('sql', 'SELECT x * 2 + 1 AS y FROM numbers');
		const stepMs = (await timed('runPipeline', 'nothing')) / given.STEPS;
		best.batchMs = Math.min(best.batchMs, batchMs);
		best.rowMs = Math.min(best.rowMs, rowMs);
		best.sqlMs = Math.min(best.sqlMs, sqlMs);
		best.stepMs = Math.min(best.stepMs, stepMs);
	}
	return best;
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
	{ rowMs, batchMs, sqlMs, stepMs }: Measured,
	bare: { readonly rowMs: number; readonly batchMs: number },
	arqueroMs: number
): string {
	const line = (what: string, ms: number): string =>
		`| ${what} | ${ms.toFixed(0)} | ${(ROWS / ms / 1000).toFixed(2)} | ${(ms / sqlMs).toFixed(2)} | ${(ms / arqueroMs).toFixed(2)} |`;
	return `# User functions, and steps that do nothing

\`x * 2 + 1\` over ${ROWS.toLocaleString('en')} rows of one DOUBLE, in Chromium, best of ${ROUNDS} rounds in turns. Rows end up in the engine each time, but for
arquero and the bare loops, which run in Node: those are one thread of QuickJS with nothing round the loop, the least that any
way of passing values can take. Functions run on two threads.

| way | ms | million rows a second | × the engine's | × arquero |
| --- | ---: | ---: | ---: | ---: |
${line('SELECT x * 2 + 1', sqlMs)}
${line('function over batches', batchMs)}
${line('function over rows', rowMs)}
${line('bare loop over numbers', bare.batchMs)}
${line('bare loop that calls a function with a row', bare.rowMs)}
${line('arquero, derive', arqueroMs)}

A pipeline of ${STEPS} steps that do nothing takes ${stepMs.toFixed(2)} ms a step; the goal is at most 5.

${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; Node ${process.version}.
`;
}
