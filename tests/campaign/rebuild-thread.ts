// One thread of `rebuild.ts`: takes the next seed until there is none, with an engine of its own, and tells of each graph.
import { parentPort, workerData } from 'node:worker_threads';
import { rebuild, SharedEngine } from '../rebuild-graphs.ts';

export type Taken = { readonly first: number; readonly count: number; readonly taken: Int32Array };

const { first, count, taken } = workerData as Taken;
const engine = new SharedEngine();
for (;;) {
	const at = Atomics.add(taken, 0, 1);
	if (at >= count) break;
	parentPort?.postMessage(await rebuild(first + at, engine, null));
}
// What stands in for a browser would keep the thread alive.
process.exit(0);
