// Starts ONNX workers: each serves the models of one piece of work, and waits a moment for the next one afterwards.
import { transfer, wrap, type Remote } from 'comlink';
import type { OnnxFailure } from '#core/onnx/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { OnnxApi } from '#workers/onnx/api.ts';
import onnxUrl from '#workers/onnx/onnx.worker.ts?worker&url';
import { spawn, type Spawned } from './spawn.ts';

/**
 * After `end`, what is pending fails with `onnx-crashed`. `giveBack` keeps the thread, with its models ready, for the next piece of
 * work; when none comes, it ends, which alone gives its memory back.
 */
export type OnnxSession = { readonly api: OnnxApi; end(): void; giveBack(): void };

type Started = { readonly spawned: Spawned; readonly remote: Remote<OnnxApi>; readonly open: Set<string> };

/** The runtime takes some hundred milliseconds to start. */
const KEPT_MS = 30_000;

export function createOnnxSessions(): () => OnnxSession {
	let idle: { readonly started: Started; readonly stop: () => void } | null = null;
	const keep = (started: Started): void => {
		if (idle) return started.spawned.end();
		const timer = setTimeout(() => {
			idle = null;
			started.spawned.end();
		}, KEPT_MS);
		const own = { started, stop: () => clearTimeout(timer) };
		idle = own;
		// One that died while it waited is not given to anybody.
		void started.spawned.gone.then(() => {
			if (idle === own) idle = null;
		});
	};
	const start = (): Started => {
		const waiting = idle;
		idle = null;
		waiting?.stop();
		return waiting?.started ?? startWorker();
	};
	return () => session(start, keep);
}

function startWorker(): Started {
	const spawned = spawn(onnxUrl, 'onnx');
	return { spawned, remote: wrap<OnnxApi>(spawned.worker), open: new Set() };
}

/** The worker starts with the first model: what is answered without the runtime does not wait for one. */
function session(start: () => Started, keep: (started: Started) => void): OnnxSession {
	let own: Started | null = null;
	let isEnded = false;
	const settled = <T>({ spawned }: Started, answer: Promise<Result<T, OnnxFailure>>): Promise<Result<T, OnnxFailure>> =>
		Promise.race([answer, spawned.gone.then((reason) => err<OnnxFailure>({ kind: 'onnx-crashed', reason }))]);
	return {
		api: {
			open: async (hash, bytes) => {
				if (isEnded) return err({ kind: 'onnx-crashed', reason: 'its work has ended' });
				own ??= start();
				const { open, remote } = own;
				if (open.has(hash)) return ok(undefined);
				const opened = await settled(own, remote.open(hash, bytes));
				if (opened.ok) open.add(hash);
				return opened;
			},
			predict: async (hash, signature, arrow) => {
				if (!own) return err({ kind: 'onnx-failed', reason: 'the model is not open' });
				return settled(own, own.remote.predict(hash, signature, transfer(arrow, [arrow.buffer])));
			}
		},
		end: () => {
			isEnded = true;
			own?.spawned.end();
		},
		giveBack: () => {
			isEnded = true;
			if (own) keep(own);
		}
	};
}
