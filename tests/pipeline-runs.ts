// Where the runner's world keeps runs, attempts, outputs and breakers; it survives pages, and tells what it should not have been asked.
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import type { AttemptRecord, Decided, OutputRecord, RunRecord, StepCheckpoint } from '#core/pipeline/run-record.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { RunChange, RunStore } from '#lib/db/runs.ts';
import type { Page, Pages } from './pipeline-pages.ts';
import type { WorldPieces } from './pipeline-pieces.ts';
import type { Plant } from './pipeline-plants.ts';

const ok_ = ok(undefined);

export type StoreInput = {
	readonly pages: Pages;
	readonly pieces: WorldPieces;
	readonly plant: Plant | null;
	/** After so many a breaker must be open. */
	readonly breakerFailures: number;
	readonly violations: string[];
};

export class WorldRuns {
	readonly runs = new Map<string, RunRecord>();
	readonly attempts = new Map<string, AttemptRecord>();
	readonly outputs = new Map<string, OutputRecord>();
	readonly breakers = new Map<string, BreakerRecord>();
	readonly breakersAsTold = new Map<string, BreakerRecord>();
	readonly #input: StoreInput;
	readonly #watchers = new Map<Page, Set<(what: RunChange) => void>>();

	constructor(input: StoreInput) {
		this.#input = input;
		input.pages.onDeath((page) => this.#watchers.delete(page));
	}

	store(page: Page): RunStore {
		const { runs, attempts, outputs, breakers } = this;
		const key = (one: Pick<AttemptRecord, 'run' | 'step' | 'attempt'>): string =>
			`${one.run} ${one.step} ${one.attempt}`;
		const decide = (decided: Decided): void => this.#decide(decided);
		const write = <T>(effect: () => T): Promise<T> =>
			this.#input.pages.io(page, () => {
				const value = effect();
				this.#tell('changed');
				return value;
			});
		return {
			run: (id) => this.#input.pages.io(page, () => ok(runs.get(id) ?? null)),
			runs: () => this.#input.pages.io(page, () => ok([...runs.values()].toReversed())),
			unfinished: () =>
				this.#input.pages.io(page, () => ok([...runs.values()].filter(({ state }) => state === 'running'))),
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
					const isDone = this.#input.plant === 'running-is-done';
					for (const one of own)
						if (one.state === 'running')
							attempts.set(key(one), { ...one, state: isDone ? 'succeeded' : 'interrupted' });
					return ok({ run: { ...run, owner }, attempts: own.map((one) => attempts.get(key(one)) ?? one) });
				}),
			attempts: (run) => this.#input.pages.io(page, () => ok([...attempts.values()].filter((one) => one.run === run))),
			begin: (attempt, owner, decided) =>
				write(() => {
					const refused = this.#refuse(attempt, owner);
					if (refused) return refused;
					this.#checkBackoff(attempt);
					decide(decided);
					attempts.set(key(attempt), attempt);
					return ok_;
				}),
			finish: (checkpoint) => write(() => this.finish(checkpoint)),
			keep: (kept, owner) =>
				write(() => {
					const [first] = kept;
					const refused = first ? this.#refuse(first.attempt, owner) : null;
					if (refused) return refused;
					const isOver = (one: AttemptRecord): boolean =>
						attempts.get(key(one))?.state !== 'running' && this.#input.plant !== 'said-after-its-end';
					decide(kept.filter(({ attempt }) => attempt.state !== 'running' || !isOver(attempt)));
					return ok_;
				}),
			keepPiece: (piece, owner) =>
				this.#input.pages.io(page, () => {
					const refused = this.#refuse(piece, owner);
					if (refused) return refused;
					this.#input.pieces.keep(piece);
					return ok_;
				}),
			piece: (at) => this.#input.pages.io(page, () => ok(this.#input.pieces.find(at))),
			end: (run, owner, decided) =>
				write(() => {
					const refused = this.#refuse({ run: run.id, step: '' }, owner);
					if (refused) return refused;
					this.#input.pieces.drop(run.id, null);
					decide(decided);
					runs.set(run.id, { ...run, owner: null });
					return ok_;
				}),
			requestCancel: (id) =>
				this.#input.pages.io(page, () => {
					const run = runs.get(id);
					if (run?.state === 'running') runs.set(id, { ...run, isCancelRequested: true });
					this.#tell('cancel-requested');
					return ok(runs.get(id) ?? null);
				}),
			output: ({ pipeline, step, fingerprint }) =>
				this.#input.pages.io(page, () => {
					const known = [...outputs.values()].find((one) => one.pipeline === pipeline && one.step === step);
					if (this.#input.plant === 'blind-reuse') return ok(known ?? null);
					return ok(outputs.get(`${pipeline} ${step} ${fingerprint}`) ?? null);
				}),
			outputs: () => this.#input.pages.io(page, () => ok([...outputs.values()])),
			breaker: (source) => this.#input.pages.io(page, () => ok(breakers.get(source) ?? null)),
			breakers: () => this.#input.pages.io(page, () => ok([...breakers.values()])),
			saveBreaker: (breaker) =>
				this.#input.pages.io(page, () => {
					const stored = breakers.get(breaker.source);
					this.breakersAsTold.set(breaker.source, breaker);
					if (breaker.state === 'closed' && breaker.failures >= this.#input.breakerFailures)
						this.#input.violations.push(`${breaker.source} is still closed after ${breaker.failures} failures`);
					if (this.#input.plant !== 'breaker-forgotten' && (stored?.revision ?? 0) < breaker.revision)
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

	#tell(what: RunChange): void {
		for (const [page, watchers] of this.#watchers)
			for (const watcher of watchers)
				this.#input.pages.at(page, 1, () => (watchers.has(watcher) ? watcher(what) : undefined));
	}

	#refuse(at: { run: string; step: string }, owner: string): { ok: false; error: StoreFailure } | null {
		const run = this.runs.get(at.run);
		if (this.#input.plant === 'no-fence' || (run?.owner === owner && run.state === 'running')) return null;
		return err({ kind: 'superseded', run: at.run, step: at.step });
	}

	#decide(decided: Decided): void {
		if (this.#input.plant === 'decisions-are-lost') return;
		for (const one of decided) this.#put(one);
	}

	#put({ attempt: one, output }: Decided[number]): void {
		this.attempts.set(`${one.run} ${one.step} ${one.attempt}`, one);
		if (output) this.outputs.set(`${output.pipeline} ${output.step} ${output.fingerprint}`, output);
	}

	finish({ owner, attempt, output, decided }: StepCheckpoint): Result<void, StoreFailure> {
		const key = `${attempt.run} ${attempt.step} ${attempt.attempt}`;
		const refused = this.#refuse(attempt, owner);
		if (refused) return refused;
		const stored = this.attempts.get(key);
		if (this.#input.plant !== 'no-fence' && stored && stored.state !== 'running')
			return err({ kind: 'superseded', run: attempt.run, step: attempt.step });
		this.#decide(decided);
		this.#put({ attempt, output });
		return ok_;
	}

	#checkBackoff(attempt: AttemptRecord): void {
		const before = this.attempts.get(`${attempt.run} ${attempt.step} ${attempt.attempt - 1}`);
		if (before?.retryAtMs != null && attempt.startedAtMs < before.retryAtMs)
			this.#input.violations.push(
				`${attempt.step} was tried again ${before.retryAtMs - attempt.startedAtMs} ms too early`
			);
	}
}
