// Keeps one cutter worker for the page, started when it is first needed and again when it died.
import { wrap, type Remote } from 'comlink';
import { inBatches } from '#core/batches.ts';
import { err, invariant, ok, type Result } from '#core/result.ts';
import { treeOf, unpatched } from '#core/version/segment.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { CutTable, CutterApi } from '#workers/cutter/api.ts';
import cutterUrl from '#workers/cutter/cutter.worker.ts?worker&url';
import { spawn } from './spawn.ts';

/** Answers about a large table hold thousands of parts: all at once, or worked on in the task that took them, they hold the page. */
const FILES_A_CALL = 8;

type Cutter = { readonly remote: Remote<CutterApi>; readonly lost: Promise<StoreFailure> };

export function createCutterHost(): CutterApi {
	let cutter: Cutter | null = null;
	const start = (): Cutter => {
		const { worker, gone } = spawn(cutterUrl, 'cutter');
		const lost = gone.then((reason): StoreFailure => {
			cutter = null;
			return { kind: 'storage-unavailable', reason: `what prepares data for storage stopped: ${reason}` };
		});
		return { remote: wrap<CutterApi>(worker), lost };
	};
	const call = async <T>(
		verb: (remote: Remote<CutterApi>) => Promise<Result<T, StoreFailure>>
	): Promise<Result<T, StoreFailure>> => {
		cutter ??= start();
		const answer = await Promise.race([verb(cutter.remote), cutter.lost.then((failure) => err(failure))]);
		await nextTask();
		return answer;
	};
	return {
		cut: async (files, key) => {
			const tables: CutTable[] = [];
			for (const some of inBatches(files, FILES_A_CALL)) {
				const cut = await call((remote) => remote.cut(some, key));
				if (!cut.ok) return cut;
				tables.push(cut.value);
			}
			return ok(joined(tables));
		},
		splice: (kept, columns, files, key) => call((remote) => remote.splice(kept, columns, files, key)),
		pack: (parts, key) => call((remote) => remote.pack(parts, key))
	};
}

/** Tables as one, the rows of the first first. */
function joined(tables: readonly CutTable[]): CutTable {
	const [first] = tables;
	invariant(first, 'a written table has a file, which carries its schema');
	if (tables.length === 1) return first;
	const segments = tables.flatMap((table) => table.segments);
	const tree = treeOf(first.tree.shell, segments.map(unpatched));
	return { tree, segments, parts: tables.flatMap((table) => table.parts) };
}

/** Not a timer: those of a hidden tab fire once a second. */
async function nextTask(): Promise<void> {
	const { port1, port2 } = new MessageChannel();
	await new Promise((resolve) => {
		port1.onmessage = resolve;
		port2.postMessage(null);
	});
	port1.close();
}
