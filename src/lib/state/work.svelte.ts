// Long work, the engine's state, the network and the storage, as the page shows them.
import type { Effects, EngineState } from '#lib/flows/effects.ts';
import type { Job } from '#lib/flows/jobs.ts';
import type { JobId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';

export class Work {
	#jobs = $state.raw<readonly Job[]>([]);
	#engine = $state<EngineState>('starting');
	#engineVersion = $state('');
	#isOnline = $state(true);
	#isPersisted = $state<boolean | null>(null);
	#usedBytes = $state<number | null>(null);
	#update = $state.raw<(() => void) | null>(null);
	readonly #effects: Effects;

	/** `onReplaced` is told when a new engine took the place of a lost one: what was held is gone. */
	constructor(effects: Effects, onReplaced: () => void) {
		this.#effects = effects;
		this.#engine = effects.engineState();
		let pending = false;
		effects.jobs.watch(() => {
			// Jobs tell their pace often; the page draws at most once a frame.
			if (pending) return;
			pending = true;
			requestAnimationFrame(() => {
				pending = false;
				this.#jobs = effects.jobs.list();
			});
		});
		effects.watchEngine((state) => {
			const before = this.#engine;
			this.#engine = state;
			if (before === 'restarting' && state === 'ready') onReplaced();
		});
		this.#isOnline = navigator.onLine;
		addEventListener('online', () => (this.#isOnline = true));
		addEventListener('offline', () => (this.#isOnline = false));
	}

	get jobs(): readonly Job[] {
		return this.#jobs;
	}
	get running(): readonly Job[] {
		return this.#jobs.filter((job) => job.state === 'running');
	}
	get engine(): EngineState {
		return this.#engine;
	}
	get engineVersion(): string {
		return this.#engineVersion;
	}
	get isOnline(): boolean {
		return this.#isOnline;
	}
	/** Whether the browser promised to keep the data; null while unknown. */
	get isPersisted(): boolean | null {
		return this.#isPersisted;
	}
	get usedBytes(): number | null {
		return this.#usedBytes;
	}
	/** Switches to the newer version that waits; null when there is none. */
	get update(): (() => void) | null {
		return this.#update;
	}

	/** Resolves when the engine answers, or cannot. */
	async load(): Promise<Result<unknown, SqlFailure>> {
		await this.measureStorage();
		const opened = await this.#effects.engine.open();
		if (opened.ok) this.#engineVersion = opened.value.version;
		return opened;
	}

	async measureStorage(): Promise<void> {
		this.#isPersisted = await this.#effects.persisted();
		this.#usedBytes = await this.#effects.usedBytes();
	}

	async askToPersist(): Promise<boolean> {
		const granted = await this.#effects.persist();
		await this.measureStorage();
		return granted;
	}

	cancel(id: JobId): void {
		this.#effects.jobs.cancel(id);
	}

	offerUpdate(update: () => void): void {
		this.#update = update;
	}
}
