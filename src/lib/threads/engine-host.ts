// Keeps one engine worker alive behind `EngineApi`: every call settles, and a worker that died or hangs is replaced.
import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { ResultId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { EngineApi, EngineWorkerApi } from '#workers/engine/api.ts';
import engineUrl from '#workers/engine/engine.worker.ts?worker&url';
import { spawn, type Spawned } from './spawn.ts';
import { hear, telling } from './tell.ts';

export type EngineState = 'starting' | 'ready' | 'restarting' | 'failed';

export type EngineHost = {
	readonly api: EngineApi;
	state(): EngineState;
	/** Told after every change of state. Returns the stop function. */
	watch(listener: (state: EngineState) => void): () => void;
	/** The engine's code, for another worker to adopt; null until the engine was opened. */
	compiled(): WebAssembly.Module | null;
	/** Ends the worker, and starts another: what a crash would do. For fault tests of a run. */
	kill(): void;
	/** Ends the worker for good; pending calls fail with `engine-crashed`. */
	end(): void;
};

/** How long a run may take to obey a cancel. A task inside DuckDB, such as the last step of a sort, cannot be interrupted. */
const CANCEL_TIMEOUT_MS = 800;

export function createEngineHost(): EngineHost {
	const host = new Host();
	return {
		api: host.api,
		state: () => host.state,
		watch: (listener) => host.watch(listener),
		compiled: () => host.compiled,
		kill: () => host.kill(),
		end: () => host.end()
	};
}

type Engine = {
	readonly spawned: Spawned;
	readonly remote: Remote<EngineWorkerApi>;
	readonly opened: Promise<Result<{ readonly version: string }, SqlFailure>>;
};

type Pending = { readonly id: ResultId | null; readonly settle: (failure: SqlFailure) => void };

class Host {
	#state: EngineState = 'starting';
	#engine: Engine | null = null;
	#ended = false;
	readonly #listeners = new Set<(state: EngineState) => void>();
	readonly #pending = new Set<Pending>();
	/** Files that a restarted worker is given again. */
	readonly #files = new Map<string, Blob>();
	/** Compiled once a page: a worker that replaces another starts in a fraction of the time. */
	#module: WebAssembly.Module | null = null;

	readonly api: EngineApi = {
		open: () => this.#call(null, (remote) => remote.open()),
		run: (input, onProgress) =>
			this.#call(input.id, (remote) => telling(onProgress, (tell) => remote.run(input, tell))),
		answer: (input) => this.#call(input.id, (remote) => remote.answer(input)),
		shapes: (input) => this.#call(input.id, (remote) => remote.shapes(input)),
		browse: (id, relation) => this.#call(id, (remote) => remote.browse(id, relation)),
		view: (id, viewId, view, onProgress) =>
			this.#call(viewId, (remote) => telling(onProgress, (tell) => remote.view(id, viewId, view, tell))),
		window: (id, startRow, endRow) => this.#call(null, (remote) => remote.window(id, startRow, endRow)),
		arrow: (id) => this.#call(null, (remote) => remote.arrow(id)),
		profile: (id, column, onProfile) =>
			this.#call(id, (remote) => telling(onProfile, (tell) => remote.profile(id, column, tell))),
		describe: (input) => this.#call(input.id, (remote) => remote.describe(input)),
		write: (input, onProgress) =>
			this.#call(input.id, (remote) => telling(onProgress, (tell) => remote.write(input, tell))),
		recut: (id, table, rowCounts, writer) => this.#call(id, (remote) => remote.recut(id, table, rowCounts, writer)),
		split: (input) => this.#call(input.id, (remote) => remote.split(input)),
		statistics: (id, file, schema) => this.#call(id, (remote) => remote.statistics(id, file, schema)),
		copy: (input, options, onChunk) => this.#call(input.id, (remote) => remote.copy(input, options, proxy(onChunk))),
		append: (table, columns, arrow) =>
			this.#call(null, (remote) => remote.append(table, columns, transfer(arrow, [arrow.buffer]))),
		register: async (name, blob) => {
			this.#files.set(name, blob);
			await this.#tell((remote) => remote.register(name, blob));
		},
		unregister: async (name) => {
			this.#files.delete(name);
			await this.#tell((remote) => remote.unregister(name));
		},
		load: (relation) => this.#call(null, (remote) => remote.load(relation)),
		unload: (version) => this.#tell((remote) => remote.unload(version)),
		cancel: (id) => this.#cancel(id),
		release: (id) => this.#tell((remote) => remote.release(id))
	};

	constructor() {
		this.#start();
	}

	get compiled(): WebAssembly.Module | null {
		return this.#module;
	}

	get state(): EngineState {
		return this.#state;
	}

	watch(listener: (state: EngineState) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	kill(): void {
		this.#restart('it was killed by a fault test');
	}

	end(): void {
		this.#ended = true;
		this.#lose('the engine was ended');
		this.#become('failed');
	}

	/** One call with a Result: it settles with the worker's answer, or with the reason why there is none. */
	async #call<T, E>(
		id: ResultId | null,
		ask: (remote: Remote<EngineWorkerApi>) => Promise<Result<T, E | SqlFailure>>
	): Promise<Result<T, E | SqlFailure>> {
		const engine = this.#engine ?? (this.#ended ? null : this.#start());
		if (!engine) return err({ kind: 'engine-crashed', reason: 'the engine was ended' });
		const { promise: lost, resolve } = Promise.withResolvers<SqlFailure>();
		const pending: Pending = { id, settle: resolve };
		this.#pending.add(pending);
		try {
			const answered = engine.opened.then((opened) => (opened.ok ? ask(engine.remote) : opened));
			const answer = await Promise.race([answered, lost.then((failure) => err(failure))]);
			if (!answer.ok && isCrash(answer.error) && this.#engine === engine) this.#restart(answer.error.reason);
			return answer;
		} finally {
			this.#pending.delete(pending);
		}
	}

	/** One call without an answer: a worker that is gone has forgotten what it would have had to forget. */
	async #tell(ask: (remote: Remote<EngineWorkerApi>) => Promise<void>): Promise<void> {
		await this.#call(null, async (remote) => {
			await ask(remote);
			return ok(undefined);
		});
	}

	async #cancel(id: ResultId): Promise<void> {
		const engine = this.#engine;
		const named = [...this.#pending].filter((pending) => pending.id === id);
		if (!engine || named.length === 0) return;
		const timer = setTimeout(() => {
			if (!named.some((pending) => this.#pending.has(pending)) || this.#engine !== engine) return;
			for (const pending of named) pending.settle({ kind: 'cancelled' });
			this.#restart('a cancelled run did not end');
		}, CANCEL_TIMEOUT_MS);
		await this.#tell((remote) => remote.cancel(id));
		// The worker took the cancel in, yet the run itself may still be in one long step: the timer stays until it ended.
		if (!named.some((pending) => this.#pending.has(pending))) clearTimeout(timer);
	}

	#start(): Engine {
		const spawned = spawn(engineUrl, 'engine');
		hear(spawned.worker);
		const remote = wrap<EngineWorkerApi>(spawned.worker);
		const lost = spawned.gone.then((reason): SqlFailure => ({ kind: 'engine-crashed', reason }));
		const opened = Promise.race([this.#open(remote), lost.then((failure) => err(failure))]);
		const engine: Engine = { spawned, remote, opened };
		this.#engine = engine;
		void opened.then((result) => {
			if (this.#engine !== engine) return;
			if (result.ok) return this.#become('ready');
			// The next call starts another worker: a page that was offline, or out of memory, may be so no longer.
			this.#lose(result.error.kind === 'engine-crashed' ? result.error.reason : result.error.kind);
			this.#become('failed');
		});
		void lost.then((failure) => {
			if (this.#engine !== engine || this.#state !== 'ready') return;
			this.#restart(failure.kind === 'engine-crashed' ? failure.reason : failure.kind);
		});
		if (this.#state === 'failed') this.#become('restarting');
		return engine;
	}

	async #open(remote: Remote<EngineWorkerApi>): Promise<Result<{ readonly version: string }, SqlFailure>> {
		if (this.#module) await remote.adopt(this.#module);
		const opened = await remote.open();
		if (opened.ok) this.#module ??= await remote.compiled();
		if (opened.ok) for (const [name, blob] of this.#files) await remote.register(name, blob);
		return opened;
	}

	#restart(reason: string): void {
		this.#lose(reason);
		if (this.#ended) return;
		this.#become('restarting');
		this.#start();
	}

	#lose(reason: string): void {
		const engine = this.#engine;
		this.#engine = null;
		engine?.spawned.end();
		for (const { settle } of this.#pending) settle({ kind: 'engine-crashed', reason });
		this.#pending.clear();
	}

	#become(state: EngineState): void {
		if (this.#state === state) return;
		this.#state = state;
		for (const listener of this.#listeners) listener(state);
	}
}

function isCrash(error: unknown): error is { readonly kind: 'engine-crashed'; readonly reason: string } {
	return typeof error === 'object' && error !== null && 'kind' in error && error.kind === 'engine-crashed';
}
