// A world for the runner of pipelines: virtual time, chance from a seed, pages that die at any await, and stores that survive
// them. `plant` makes it break a promise on purpose, so that the checks are seen to find it.
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import type { Work } from '#core/pipeline/pipeline.ts';
import {
	NO_OUTCOME,
	type AttemptRecord,
	type Decided,
	type FailureFacts,
	type OutputRecord,
	type RunRecord,
	type StepCheckpoint,
	type TableFacts
} from '#core/pipeline/run-record.ts';
import { versionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { RunChange, RunStore } from '#lib/db/runs.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import type { Done, RunnerEffects, StepWorker, WorkContext } from '#lib/flows/runner-effects.ts';
import { WorldPieces } from './pipeline-pieces.ts';
import type { Plant } from './pipeline-plants.ts';
import { hash, readsOf, type Behaviour } from './pipeline-reads.ts';

/** How long a breaker stays open, at least. */
export const BREAKER_RESET_MS = 20_000;

export type Table = { readonly version: string; readonly content: string };

export type WorldInput = {
	readonly random: () => number;
	readonly parse: RunnerEffects['parse'];
	readonly pipelines: ReadonlyMap<string, string>;
	readonly behaviours: Map<string, Behaviour>;
	/** Chance of a page's death at each await, and how many deaths there are at most. */
	readonly deathChance: number;
	readonly deaths: number;
	/** After so many a breaker must be open. */
	readonly breakerFailures: number;
	readonly plant: Plant | null;
};

type Durable = {
	readonly runs: Map<string, RunRecord>;
	readonly attempts: Map<string, AttemptRecord>;
	readonly outputs: Map<string, OutputRecord>;
	readonly breakers: Map<string, BreakerRecord>;
	readonly tables: Map<string, Table>;
};

type Due = { readonly atMs: number; readonly order: number; readonly page: Page; readonly act: () => void };

export type Page = { readonly number: number; isAlive: boolean };

const ok_ = ok(undefined);

export class World {
	readonly durable: Durable = {
		runs: new Map(),
		attempts: new Map(),
		outputs: new Map(),
		breakers: new Map(),
		tables: new Map()
	};
	/** What happened against a promise, one line each. */
	readonly violations: string[] = [];
	readonly commits = new Map<string, number>();
	readonly input: WorldInput;
	nowMs = 1_700_000_000_000;
	deaths = 0;
	awaits = 0;
	#order = 0;
	#versions = 0;
	#ids = 0;
	#due: Due[] = [];
	readonly #locks = new Map<string, { page: Page; waiting: { page: Page; go: () => void }[] }>();
	readonly #watchers = new Map<Page, Set<(what: RunChange) => void>>();
	readonly #working = new Map<string, Page>();
	readonly #tried = new Set<string>();
	readonly #closedUntil = new Map<string, number>();
	readonly #pieces: WorldPieces;
	readonly #breakersAsTold = new Map<string, BreakerRecord>();
	readonly #reopen: (() => void)[] = [];

	get behaviours(): Map<string, Behaviour> {
		return this.input.behaviours;
	}

	constructor(input: WorldInput) {
		this.input = input;
		this.#pieces = new WorldPieces(input.plant === 'pieces-of-other-rows');
	}

	/** Runs until nothing is due; `open` starts a page, and again after each death. */
	async play(open: (page: Page) => Promise<void>): Promise<void> {
		const start = (): void => {
			const page: Page = { number: this.#ids++, isAlive: true };
			void open(page).catch((error: unknown) => {
				if (page.isAlive) this.violations.push(`a bug: ${String(error)}`);
			});
		};
		this.#reopen.push(start);
		start();
		for (let idle = 0; idle < 2;) {
			// Whatever follows from the last event without waiting happens first.
			await new Promise((resolve) => setImmediate(resolve));
			const next = this.#takeNext();
			if (!next) {
				idle++;
				continue;
			}
			idle = 0;
			this.nowMs = Math.max(this.nowMs, next.atMs);
			if (next.page.isAlive) next.act();
			if (++this.awaits > 20_000) {
				this.violations.push('it does not end');
				return;
			}
		}
	}

	effects(page: Page): RunnerEffects {
		const effects: Omit<RunnerEffects, 'breakers'> = {
			runs: this.#store(page),
			worker: this.#worker(page),
			lock: (name, mayWait, work) => this.#lock(page, name, mayWait, work),
			parse: this.input.parse,
			now: () => this.nowMs,
			random: () => (this.input.plant === 'wild-chance' ? 1.5 : 1) * this.input.random(),
			randomId: () => `id-${this.#ids++}`,
			sleep: (ms, signal) => this.#sleep(page, ms, signal),
			sha256: (bytes) => Promise.resolve(hash(String.fromCharCode(...bytes))),
			pipelineText: (name) => this.#io(page, () => ok(this.input.pipelines.get(name) ?? null))
		};
		return { ...effects, breakers: new Breakers(effects) };
	}

	table(name: string): Table | null {
		return this.durable.tables.get(name.toLowerCase()) ?? null;
	}

	/** A stranger commits a table that no step makes. */
	change(name: string): void {
		const version = `v${this.#versions++}`;
		this.durable.tables.set(name, { version, content: hash(version) });
	}

	/** The page is gone: its promises never settle, its locks are free, another page opens. */
	kill(page: Page): void {
		if (!page.isAlive) return;
		page.isAlive = false;
		this.deaths++;
		this.#due = this.#due.filter((due) => due.page !== page);
		this.#watchers.delete(page);
		this.#tried.clear();
		this.#closedUntil.clear();
		for (const [name, lock] of this.#locks) {
			lock.waiting = lock.waiting.filter((one) => one.page !== page);
			if (lock.page === page) this.#unlock(name);
		}
		for (const [key, worker] of this.#working) if (worker === page) this.#working.delete(key);
		const reopener: Page = { number: -1, isAlive: true };
		this.#at(reopener, 1 + Math.floor(this.input.random() * 5000), () => this.#reopen[0]?.());
	}

	#takeNext(): Due | undefined {
		let best = 0;
		for (let index = 1; index < this.#due.length; index++) {
			const [one, other] = [this.#due[index], this.#due[best]];
			if (one && other && (one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order))) best = index;
		}
		return this.#due.splice(best, 1)[0];
	}

	#at(page: Page, delayMs: number, act: () => void): void {
		this.#due.push({ atMs: this.nowMs + delayMs, order: this.#order++, page, act });
	}

	#mayDie(page: Page): boolean {
		if (this.deaths >= this.input.deaths || this.input.random() >= this.input.deathChance) return false;
		this.kill(page);
		return true;
	}

	/** One call over the rim: the page may die before it has an effect, or before it hears of it. */
	#io<T>(page: Page, effect: () => T, delayMs = Math.floor(this.input.random() * 20)): Promise<T> {
		return new Promise((resolve) => {
			if (!page.isAlive) return;
			this.#at(page, delayMs, () => {
				if (this.#mayDie(page)) return;
				const value = effect();
				if (this.#mayDie(page)) return;
				resolve(value);
			});
		});
	}

	#sleep(page: Page, ms: number, signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			if (!page.isAlive) return;
			if (signal.aborted) return resolve();
			signal.addEventListener('abort', () => resolve(), { once: true });
			this.#at(page, ms, () => {
				if (!this.#mayDie(page)) resolve();
			});
		});
	}

	async #lock<T>(page: Page, name: string, mayWait: boolean, work: () => Promise<T>): Promise<T | 'busy'> {
		// What a dead page still waits for may settle in another one: it goes on, but asks for nothing.
		if (!page.isAlive) return new Promise<never>(() => undefined);
		if (this.input.plant === 'no-lock') return work();
		const held = this.#locks.get(name);
		if (held && !mayWait) return 'busy';
		if (held) await new Promise<void>((go) => held.waiting.push({ page, go }));
		else this.#locks.set(name, { page, waiting: [] });
		const value = await work();
		if (page.isAlive) this.#unlock(name);
		return value;
	}

	#unlock(name: string): void {
		const lock = this.#locks.get(name);
		const next = lock?.waiting.shift();
		if (!lock || !next) {
			this.#locks.delete(name);
			return;
		}
		lock.page = next.page;
		this.#at(next.page, 0, next.go);
	}

	#tell(what: RunChange): void {
		for (const [page, watchers] of this.#watchers)
			for (const watcher of watchers) this.#at(page, 1, () => (watchers.has(watcher) ? watcher(what) : undefined));
	}

	#store(page: Page): RunStore {
		const { runs, attempts, outputs, breakers } = this.durable;
		const key = (one: Pick<AttemptRecord, 'run' | 'step' | 'attempt'>): string =>
			`${one.run} ${one.step} ${one.attempt}`;
		const decide = (decided: Decided): void => this.#decide(decided);
		const write = <T>(effect: () => T): Promise<T> =>
			this.#io(page, () => {
				const value = effect();
				this.#tell('changed');
				return value;
			});
		return {
			run: (id) => this.#io(page, () => ok(runs.get(id) ?? null)),
			runs: () => this.#io(page, () => ok([...runs.values()].toReversed())),
			unfinished: () => this.#io(page, () => ok([...runs.values()].filter(({ state }) => state === 'running'))),
			create: (run) =>
				write(() => {
					if (runs.has(run.id)) return ok(false);
					runs.set(run.id, run);
					return ok(true);
				}),
			claim: (id, owner) =>
				write(() => {
					const run = runs.get(id);
					if (run?.state !== 'running') return ok(null);
					runs.set(id, { ...run, owner });
					const own = [...attempts.values()].filter((one) => one.run === id);
					const isDone = this.input.plant === 'running-is-done';
					for (const one of own)
						if (one.state === 'running')
							attempts.set(key(one), { ...one, state: isDone ? 'succeeded' : 'interrupted' });
					return ok({ run: { ...run, owner }, attempts: own.map((one) => attempts.get(key(one)) ?? one) });
				}),
			attempts: (run) => this.#io(page, () => ok([...attempts.values()].filter((one) => one.run === run))),
			begin: (attempt, owner, decided) =>
				write(() => {
					const refused = this.#refuse(attempt, owner);
					if (refused) return refused;
					this.#checkBackoff(attempt);
					decide(decided);
					attempts.set(key(attempt), attempt);
					return ok_;
				}),
			finish: (checkpoint) => write(() => this.#finish(checkpoint)),
			keep: (kept, owner) =>
				write(() => {
					const [first] = kept;
					const refused = first ? this.#refuse(first.attempt, owner) : null;
					if (refused) return refused;
					const isOver = (one: AttemptRecord): boolean =>
						attempts.get(key(one))?.state !== 'running' && this.input.plant !== 'said-after-its-end';
					decide(kept.filter(({ attempt }) => attempt.state !== 'running' || !isOver(attempt)));
					return ok_;
				}),
			keepPiece: (piece, owner) =>
				this.#io(page, () => {
					const refused = this.#refuse(piece, owner);
					if (refused) return refused;
					this.#pieces.keep(piece);
					return ok_;
				}),
			piece: (at) => this.#io(page, () => ok(this.#pieces.find(at))),
			end: (run, owner, decided) =>
				write(() => {
					const refused = this.#refuse({ run: run.id, step: '' }, owner);
					if (refused) return refused;
					this.#pieces.drop(run.id, null);
					decide(decided);
					runs.set(run.id, { ...run, owner: null });
					return ok_;
				}),
			requestCancel: (id) =>
				this.#io(page, () => {
					const run = runs.get(id);
					if (run?.state === 'running') runs.set(id, { ...run, isCancelRequested: true });
					this.#tell('cancel-requested');
					return ok(runs.get(id) ?? null);
				}),
			output: ({ pipeline, step, fingerprint }) =>
				this.#io(page, () => {
					const known = [...outputs.values()].find((one) => one.pipeline === pipeline && one.step === step);
					if (this.input.plant === 'blind-reuse') return ok(known ?? null);
					return ok(outputs.get(`${pipeline} ${step} ${fingerprint}`) ?? null);
				}),
			outputs: () => this.#io(page, () => ok([...outputs.values()])),
			breaker: (source) => this.#io(page, () => ok(breakers.get(source) ?? null)),
			breakers: () => this.#io(page, () => ok([...breakers.values()])),
			saveBreaker: (breaker) =>
				this.#io(page, () => {
					const stored = breakers.get(breaker.source);
					this.#breakersAsTold.set(breaker.source, breaker);
					if (breaker.state === 'closed' && breaker.failures >= this.input.breakerFailures)
						this.violations.push(`${breaker.source} is still closed after ${breaker.failures} failures`);
					if (this.input.plant !== 'breaker-forgotten' && (stored?.revision ?? 0) < breaker.revision)
						breakers.set(breaker.source, breaker);
					return ok_;
				}),
			watch: (onChange) => {
				const watchers = this.#watchers.get(page) ?? new Set();
				this.#watchers.set(page, watchers.add(onChange));
				return () => watchers.delete(onChange);
			}
		};
	}

	#refuse(at: { run: string; step: string }, owner: string): { ok: false; error: StoreFailure } | null {
		const run = this.durable.runs.get(at.run);
		if (this.input.plant === 'no-fence' || (run?.owner === owner && run.state === 'running')) return null;
		return err({ kind: 'superseded', run: at.run, step: at.step });
	}

	#decide(decided: Decided): void {
		if (this.input.plant === 'decisions-are-lost') return;
		for (const one of decided) this.#put(one);
	}

	#put({ attempt: one, output }: Decided[number]): void {
		this.durable.attempts.set(`${one.run} ${one.step} ${one.attempt}`, one);
		if (output) this.durable.outputs.set(`${output.pipeline} ${output.step} ${output.fingerprint}`, output);
	}

	#finish({ owner, attempt, output, decided }: StepCheckpoint): Result<void, StoreFailure> {
		const key = `${attempt.run} ${attempt.step} ${attempt.attempt}`;
		const refused = this.#refuse(attempt, owner);
		if (refused) return refused;
		const stored = this.durable.attempts.get(key);
		if (this.input.plant !== 'no-fence' && stored && stored.state !== 'running')
			return err({ kind: 'superseded', run: attempt.run, step: attempt.step });
		this.#decide(decided);
		this.#put({ attempt, output });
		return ok_;
	}

	#checkBackoff(attempt: AttemptRecord): void {
		const before = this.durable.attempts.get(`${attempt.run} ${attempt.step} ${attempt.attempt - 1}`);
		if (before?.retryAtMs != null && attempt.startedAtMs < before.retryAtMs)
			this.violations.push(`${attempt.step} was tried again ${before.retryAtMs - attempt.startedAtMs} ms too early`);
	}

	#worker(page: Page): StepWorker {
		const facts = (name: string): TableFacts | null => {
			const table = this.table(name);
			return (
				table && {
					dataset: name,
					version: versionId(table.version),
					contentHash: table.content,
					rowCount: 1,
					sizeBytes: 100
				}
			);
		};
		return {
			study: (work) =>
				this.#io(page, () =>
					ok({
						inputs: readsOf(work).flatMap((name) => facts(name) ?? []),
						engine: 'test',
						unrepeatable: work.kind === 'ingest' ? 'a source' : null,
						source: work.kind === 'ingest' && work.source.kind === 'url' ? work.source.url : null
					})
				),
			stands: ({ outcome: { table } }) =>
				this.#io(page, () => ok(table === null || this.table(table.dataset)?.content === table.contentHash)),
			work: (work, context) => this.#work(page, work, context),
			test: () => this.#io(page, () => ok([])),
			killWorker: () => undefined
		};
	}

	async #work(page: Page, work: Work, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const { run, step } = context;
		const key = `${run} ${step}`;
		this.#checkWork(page, key, context);
		this.#working.set(key, page);
		const id = step.replace(/\[.*/, '');
		const behaviour = this.behaviours.get(id) ?? { failures: 0, how: 'fail', source: null, workMs: 10 };
		const own = [...this.durable.attempts.values()].filter((one) => one.run === run && one.step === step);
		const failed = own.filter(
			({ state, failure }) => (state === 'failed' || state === 'timed_out') && failure?.kind !== 'source-open'
		);
		const isBad = failed.length < behaviour.failures;
		const tries = behaviour.source !== null && this.#checkBreaker(behaviour.source);
		if (isBad && behaviour.how === 'slow') await this.#io(page, () => undefined, 3000 + behaviour.workMs);
		else await this.#io(page, () => undefined, behaviour.workMs);
		if (this.#working.get(key) === page) this.#working.delete(key);
		if (tries && behaviour.source !== null) {
			this.#tried.delete(behaviour.source);
			if (isBad) this.#closedUntil.set(behaviour.source, this.nowMs + BREAKER_RESET_MS);
		}
		if (isBad && behaviour.how !== 'slow')
			return err(behaviour.how === 'for-good' ? { kind: 'sql-error' } : { kind: 'url-refused', status: 503 });
		const inputs = context.inputs.map(({ dataset, contentHash }) => `${dataset}=${contentHash}`).join(';');
		if (work.kind === 'check') {
			const verdict = hash(`${step}${inputs}`).charCodeAt(0) % 2 === 0 ? 'passed' : 'failed';
			return ok({ outcome: { ...NO_OUTCOME, inputs: context.inputs, verdict }, isCheckpointed: false });
		}
		if (work.kind === 'branch' && work.on.kind === 'sql') {
			const chosen = work.on.cases[0]?.then ?? [];
			return ok({ outcome: { ...NO_OUTCOME, inputs: context.inputs, chosen }, isCheckpointed: false });
		}
		if (work.kind === 'for-each') return ok({ outcome: { ...NO_OUTCOME, items: [1, 2] }, isCheckpointed: false });
		if (work.kind !== 'ingest' && work.kind !== 'transform') return err({ kind: 'no-such-work' });
		// A source has other rows each time; what is read from nothing stays the same.
		const told = work.kind === 'ingest' ? run : inputs;
		const content = hash(`${JSON.stringify(work)}${told}`);
		if (work.kind === 'transform' && work.rows.kind === 'function') {
			const call = (): Promise<void> => this.#io(page, () => undefined, behaviour.workMs);
			const called = await this.#pieces.callFunction(content, context, call);
			if (!called.ok) return called;
			this.violations.push(...called.value);
		}
		return this.#commit(page, work.into ?? '', content, context);
	}

	async #commit(page: Page, into: string, content: string, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const version = `v${this.#versions++}`;
		const facts = { dataset: into, version: versionId(version), contentHash: content, rowCount: 1, sizeBytes: 100 };
		const outcome = { ...NO_OUTCOME, inputs: context.inputs, table: facts };
		const put = (): void => {
			this.durable.tables.set(into.toLowerCase(), { version, content });
			const key = `${context.run} ${context.step}`;
			this.commits.set(key, (this.commits.get(key) ?? 0) + 1);
		};
		const check = (): Result<void, StoreFailure> => this.#finish(context.checkpoint(outcome, true));
		const together = (): Result<void, StoreFailure> => {
			const finished = check();
			if (!finished.ok) return finished;
			put();
			this.#pieces.drop(context.run, context.step);
			return finished;
		};
		const { plant } = this.input;
		if (plant === 'checkpoint-after') await this.#io(page, put);
		const isApart = plant === 'checkpoint-after' || plant === 'checkpoint-before';
		const finished = await this.#io(page, isApart ? check : together);
		if (!finished.ok) return finished;
		// Others may decide before it is heard of.
		await this.#io(page, plant === 'checkpoint-before' ? put : () => undefined);
		return ok({ outcome, isCheckpointed: true });
	}

	#checkWork(page: Page, key: string, { run, step }: WorkContext): void {
		const other = this.#working.get(key);
		if (other && other !== page && other.isAlive) this.violations.push(`${key} runs in two pages`);
		for (const one of this.durable.attempts.values())
			if (one.run === run && one.step === step && (one.state === 'succeeded' || one.state === 'unchanged'))
				this.violations.push(`${key} runs again after it was done`);
	}

	/** Whether this call is the one that tries. */
	#checkBreaker(source: string): boolean {
		const breaker = this.#breakersAsTold.get(source);
		if (breaker?.state === 'open' && (breaker.retryAtMs ?? 0) > this.nowMs)
			this.violations.push(`${source} is asked ${(breaker.retryAtMs ?? 0) - this.nowMs} ms before its breaker lets it`);
		if (breaker?.state !== 'open') return false;
		if ((this.#closedUntil.get(source) ?? 0) > this.nowMs) this.violations.push(`${source} is asked again at once`);
		if (this.#tried.has(source)) this.violations.push(`${source} is tried twice at once`);
		this.#tried.add(source);
		return true;
	}
}
