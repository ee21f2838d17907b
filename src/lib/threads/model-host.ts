// Keeps one model worker for the page with the threads that help it, started when they are first needed and again when one died.
import { transfer, wrap, type Remote } from 'comlink';
import type { JobId } from '#core/ids.ts';
import { err, type Result } from '#core/result.ts';
import type { KernelThreadApi, ModelApi, ModelCrashed, ModelWorkerApi } from '#workers/model/api.ts';
import kernelUrl from '#workers/model/kernel.worker.ts?worker&url';
import modelUrl from '#workers/model/model.worker.ts?worker&url';
import { spawn, type Spawned } from './spawn.ts';
import { hear, telling } from './tell.ts';

type Started = { readonly remote: Remote<ModelWorkerApi>; readonly lost: Promise<ModelCrashed>; end(): void };

/** `end` ends the worker; the next call starts another one. */
export type ModelHost = { readonly api: ModelApi; end(): void };

/** How long a training may take to obey a cancel: it is heard between two rounds. */
const CANCEL_TIMEOUT_MS = 3000;
/** More share the machine's memory rather than its work. */
const THREADS_MAX = 8;

/** `threads` is how many a training may use; by default, as many as the machine has. */
export function createModelHost(threads?: number): ModelHost {
	let started: Promise<Started> | null = null;
	const running = new Set<JobId>();
	const lose = (own: Promise<Started>): void => {
		if (started === own) started = null;
	};
	const call = async <T, E>(
		verb: (remote: Remote<ModelWorkerApi>) => Promise<Result<T, E>>
	): Promise<Result<T, E | ModelCrashed>> => {
		started ??= start(threads ?? threadsOfPage());
		const own = started;
		const { remote, lost } = await own;
		void lost.then(() => lose(own));
		return Promise.race([verb(remote), lost.then((failure) => err(failure))]);
	};
	return {
		api: {
			train: async (request, onProgress) => {
				const { arrowBytes, kept } = request;
				const moved = transfer(request, kept ? [arrowBytes.buffer, kept.buffer] : [arrowBytes.buffer]);
				running.add(request.id);
				try {
					return await call((remote) => telling(onProgress, (tell) => remote.train(moved, tell)));
				} finally {
					running.delete(request.id);
				}
			},
			stop: async (id) => {
				if (running.has(id)) await (await started)?.remote.stop(id);
			},
			cancel: async (id) => {
				if (!running.has(id)) return;
				const own = await started;
				setTimeout(() => running.has(id) && own?.end(), CANCEL_TIMEOUT_MS);
				await own?.remote.cancel(id);
			},
			predict: (model, arrowBytes) =>
				call((remote) => remote.predict(model, transfer(arrowBytes, [arrowBytes.buffer]))),
			answer: (model, signature, arrowBytes) =>
				call((remote) => remote.answer(model, signature, transfer(arrowBytes, [arrowBytes.buffer]))),
			dependence: (model, arrowBytes, request) =>
				call((remote) => remote.dependence(model, transfer(arrowBytes, [arrowBytes.buffer]), request))
		},
		end: () => void started?.then((own) => own.end())
	};
}

function threadsOfPage(): number {
	// Memory is shared with other threads in isolated pages alone.
	return crossOriginIsolated ? Math.min(THREADS_MAX, navigator.hardwareConcurrency) : 1;
}

async function start(threads: number): Promise<Started> {
	const main = spawn(modelUrl, 'model');
	hear(main.worker);
	const remote = wrap<ModelWorkerApi>(main.worker);
	const others = Array.from({ length: threads - 1 }, () => spawn(kernelUrl, 'kernel'));
	const all: readonly Spawned[] = [main, ...others];
	const end = (): void => all.forEach((thread) => thread.end());
	// A training waits for all its threads: without one of them it would wait for ever.
	const lost = Promise.race(all.map(({ gone }) => gone)).then((reason): ModelCrashed => {
		end();
		return { kind: 'model-crashed', reason };
	});
	const attending = others.map(async ({ worker }) => {
		const { port1, port2 } = new MessageChannel();
		await wrap<KernelThreadApi>(worker).attend(transfer(port1, [port1]));
		return port2;
	});
	const employed = Promise.all(attending).then((ports) => remote.employ(transfer(ports, ports)));
	await Promise.race([employed, lost]);
	return { remote, lost, end };
}
