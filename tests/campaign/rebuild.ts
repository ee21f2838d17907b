// Random graphs of SQL steps, rebuilt selectively and in full, on as many threads as there are cores.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Rebuilt } from '../rebuild-graphs.ts';
import type { Taken } from './rebuild-thread.ts';

const TOLD_EVERY = 100;

/** Prints what it finds; answers with how many problems there were. */
export async function rebuildGraphs(first: number, count: number): Promise<number> {
	let [graphs, edits, steps, unchanged, rows, unchangedRows, found] = [0, 0, 0, 0, 0, 0, 0];
	const startedMs = performance.now();
	const note = (rebuilt: Rebuilt): void => {
		graphs++;
		edits += rebuilt.edits;
		steps += rebuilt.steps;
		unchanged += rebuilt.unchanged;
		rows += rebuilt.rows;
		unchangedRows += rebuilt.unchangedRows;
		found += rebuilt.problems.length;
		for (const problem of rebuilt.problems) console.log(`  ${problem}`);
		if (graphs % TOLD_EVERY === 0) console.log(`  ${graphs} graphs, ${unchanged} of ${steps} steps left out`);
	};
	const taken: Taken = { first, count, taken: new Int32Array(new SharedArrayBuffer(4)) };
	const threads = Array.from({ length: Math.min(count, availableParallelism()) }, () => thread(taken, note));
	await Promise.all(threads);
	if (graphs !== count) throw new Error(`${graphs} of ${count} graphs were rebuilt`);
	const percent = (part: number, all: number): string => ((100 * part) / all).toFixed(1);
	const seconds = Math.round((performance.now() - startedMs) / 1000);
	console.log(
		`rebuild: ${graphs} graphs, ${edits} edits, ${steps} steps in ${seconds} s, ${percent(unchanged, steps)} % of steps and ` +
			`${percent(unchangedRows, rows)} % of rows left out, ${found} problems`
	);
	return found;
}

function thread(taken: Taken, note: (rebuilt: Rebuilt) => void): Promise<void> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL('rebuild-thread.ts', import.meta.url), { workerData: taken });
		worker.on('message', note);
		worker.once('error', reject);
		worker.once('exit', () => resolve());
	});
}
