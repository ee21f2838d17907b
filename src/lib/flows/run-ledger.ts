// What a run writes about its attempts. Decisions, and what steps say while they run, wait for the next write there is, or for a
// moment: many of them are one transaction.
import type { AttemptRecord, Decided, StepCheckpoint } from '../core/pipeline/run-record.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { RunnerEffects } from './runner-effects.ts';

/** How long a line or a decision waits for others. */
const KEEP_AFTER_MS = 250;

export class RunLedger {
	readonly #owner: string;
	readonly #over: AbortSignal;
	readonly #effects: Pick<RunnerEffects, 'runs' | 'sleep'>;
	/** Until a write that is on the disk had them, every such write has them: nothing that lies behind a decision is there without it. */
	readonly #decided = new Map<string, Decided[number]>();
	/** Those of them that no write had. */
	readonly #fresh = new Set<Decided[number]>();
	/** Attempts that said something since it was written. */
	readonly #saying = new Map<string, AttemptRecord>();
	#isWaiting = false;

	constructor(owner: string, over: AbortSignal, effects: Pick<RunnerEffects, 'runs' | 'sleep'>) {
		this.#owner = owner;
		this.#over = over;
		this.#effects = effects;
	}

	/** Decisions that are not known to be on the disk. */
	get unwritten(): Decided {
		return [...this.#decided.values()];
	}

	/** An attempt that ended and did nothing but decide. */
	decide({ attempt, output }: Decided[number]): void {
		const decided = { attempt, output };
		this.#decided.set(nameOf(attempt), decided);
		this.#fresh.add(decided);
		this.#keepSoon();
	}

	/** A running attempt with what it said so far. */
	say(attempt: AttemptRecord): void {
		this.#saying.set(nameOf(attempt), attempt);
		this.#keepSoon();
	}

	/** It has ended: what it said is written with its end. */
	hush(attempt: AttemptRecord): void {
		this.#saying.delete(nameOf(attempt));
	}

	begin(attempt: AttemptRecord): Promise<Result<void, StoreFailure>> {
		return this.#withFresh((decided) => this.#effects.runs.begin(attempt, this.#owner, decided));
	}

	async finish(checkpoint: StepCheckpoint): Promise<Result<void, StoreFailure>> {
		const finished = await this.#effects.runs.finish(checkpoint);
		if (finished.ok) this.committed(checkpoint);
		return finished;
	}

	/** It is on the disk. */
	committed({ decided }: StepCheckpoint): void {
		for (const one of decided) {
			this.#decided.delete(nameOf(one.attempt));
			this.#fresh.delete(one);
		}
	}

	async #withFresh(
		write: (decided: Decided) => Promise<Result<void, StoreFailure>>
	): Promise<Result<void, StoreFailure>> {
		const decided = [...this.#fresh];
		const written = await write(decided);
		if (written.ok) for (const one of decided) this.#fresh.delete(one);
		return written;
	}

	#keepSoon(): void {
		if (this.#isWaiting) return;
		this.#isWaiting = true;
		void this.#effects.sleep(KEEP_AFTER_MS, this.#over).then(() => {
			this.#isWaiting = false;
			return this.#over.aborted ? ok(undefined) : this.#keep();
		});
	}

	/** What cannot be kept now stays for the next write, which tells why. */
	#keep(): Promise<Result<void, StoreFailure>> {
		const said = [...this.#saying.values()].map((attempt) => ({ attempt, output: null }));
		if (said.length + this.#fresh.size === 0) return Promise.resolve(ok(undefined));
		this.#saying.clear();
		return this.#withFresh((decided) => this.#effects.runs.keep([...decided, ...said], this.#owner));
	}
}

function nameOf({ step, attempt }: AttemptRecord): string {
	return `${step} ${attempt}`;
}
