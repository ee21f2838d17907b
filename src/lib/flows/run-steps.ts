// The runner's loop: starts what may start, waits for what happens, and keeps every step of it, until all steps have ended.
import type { Pipeline, Step, Work } from '../core/pipeline/pipeline.ts';
import { stepsOf } from '../core/pipeline/pipeline.ts';
import type { Scope } from '../core/pipeline/references.ts';
import { scopeOf, withItem } from '../core/pipeline/resolve-work.ts';
import { restoreRun, succeeded } from '../core/pipeline/restore-run.ts';
import { isPassing, retryDelayMs } from '../core/pipeline/retry.ts';
import type {
	AttemptRecord,
	Decided,
	FailureFacts,
	RunRecord,
	StepCheckpoint,
	StepOutcome
} from '../core/pipeline/run-record.ts';
import { outcomeOf, queuedSteps, reduce, startRun, type RunEvent, type RunState } from '../core/pipeline/run-state.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { ClaimedRun } from '../db/runs.ts';
import { Mailbox } from './mailbox.ts';
import { isTimedOut, performStep, StepLog, TIMED_OUT, type Performed, type StepTask } from './perform-step.ts';
import { RunLedger } from './run-ledger.ts';
import type { RunnerEffects } from './runner-effects.ts';

/** A step that takes its page down with it is given up after so many times. */
const INTERRUPTIONS_MAX = 25;

export type RunStepsInput = {
	readonly claimed: ClaimedRun;
	readonly pipeline: Pipeline;
	readonly owner: string;
	readonly signal: AbortSignal;
	readonly onState: (state: RunState) => void;
	readonly runChild: (task: {
		readonly run: RunRecord;
		readonly step: string;
		readonly work: Work & { readonly kind: 'pipeline' };
		readonly signal: AbortSignal;
		/** Failed runs of it that the step has had already. */
		readonly failures: number;
	}) => Promise<Result<string, FailureFacts>>;
};

/** How a run ended, with what is to be written of it together with its end. */
export type EndedSteps = { readonly state: RunState; readonly decided: Decided };

/** Fails, and leaves the run to be gone on with, only when nothing can be written about it. */
export async function runSteps(
	input: RunStepsInput,
	effects: RunnerEffects
): Promise<Result<EndedSteps, StoreFailure>> {
	return new Loop(input, effects).run();
}

type Happening = RunEvent | { readonly kind: 'broken'; readonly failure: StoreFailure };
type Ended = { readonly event: RunEvent } | { readonly broken: StoreFailure };

class Loop {
	readonly #input: RunStepsInput;
	readonly #effects: RunnerEffects;
	readonly #steps: ReadonlyMap<string, Step>;
	readonly #outcomes = new Map<string, StepOutcome>();
	readonly #failures = new Map<string, FailureFacts>();
	readonly #active = new Map<string, AbortController>();
	readonly #timers = new Set<string>();
	readonly #interruptions = new Map<string, number>();
	readonly #events = new Mailbox<Happening>();
	readonly #over = new AbortController();
	readonly #ledger: RunLedger;
	#state: RunState;
	#jumpedMs = 0;

	constructor(input: RunStepsInput, effects: RunnerEffects) {
		this.#input = input;
		this.#effects = { ...effects, now: () => effects.now() + this.#jumpedMs };
		this.#steps = new Map(stepsOf(input.pipeline).map((step) => [step.id, step]));
		const { run, attempts } = input.claimed;
		const all = [...run.kept, ...attempts];
		for (const attempt of all) this.#note(attempt);
		this.#state = restoreRun(startRun(input.pipeline), all);
		this.#ledger = new RunLedger(input.owner, this.#over.signal, this.#effects);
	}

	async run(): Promise<Result<EndedSteps, StoreFailure>> {
		const { signal, claimed } = this.#input;
		const cancel = (): void => this.#events.put({ kind: 'cancelled' });
		signal.addEventListener('abort', cancel, { once: true });
		if (signal.aborted || claimed.run.isCancelRequested) cancel();
		const stop = this.#effects.runs.watch((what) => {
			if (what === 'cancel-requested') void this.#lookForCancel();
		});
		try {
			while (outcomeOf(this.#state) === 'running') {
				this.#startWhatMay();
				this.#input.onState(this.#state);
				for (const event of await this.#events.take()) {
					if (event.kind === 'broken') return err(event.failure);
					this.#apply(event);
				}
			}
			this.#input.onState(this.#state);
			return ok({ state: this.#state, decided: this.#ledger.unwritten });
		} finally {
			stop();
			signal.removeEventListener('abort', cancel);
			this.#over.abort();
			for (const controller of this.#active.values()) controller.abort();
		}
	}

	#apply(event: RunEvent): void {
		this.#state = reduce(this.#state, event);
		if (event.kind === 'cancelled') for (const controller of this.#active.values()) controller.abort('cancelled');
	}

	#startWhatMay(): void {
		for (const id of queuedSteps(this.#state)) {
			// A for-each waits for its children, and takes no room meanwhile.
			if (this.#active.size >= this.#input.pipeline.maxParallel) break;
			this.#state = reduce(this.#state, { kind: 'started', step: id });
			const controller = new AbortController();
			this.#active.set(id, controller);
			void this.#attempt(id, controller).then((ended) => {
				this.#active.delete(id);
				this.#events.put('event' in ended ? ended.event : { kind: 'broken', failure: ended.broken });
			}, this.#events.fail);
		}
		for (const [id, { state, retryAtMs }] of this.#state.steps) {
			if (state !== 'retrying' || retryAtMs === null || this.#timers.has(id)) continue;
			this.#timers.add(id);
			const wait = Math.max(0, retryAtMs - this.#effects.now());
			void this.#effects.sleep(wait, this.#over.signal).then(() => {
				this.#timers.delete(id);
				this.#events.put({ kind: 'retry-due', step: id });
			}, this.#events.fail);
		}
	}

	async #attempt(id: string, controller: AbortController): Promise<Ended> {
		const { claimed } = this.#input;
		const status = this.#state.steps.get(id);
		invariant(status, 'a step that starts is a step of the run');
		const attempt: AttemptRecord = {
			run: claimed.run.id,
			step: id,
			attempt: status.attempts,
			state: 'running',
			startedAtMs: this.#effects.now(),
			endedAtMs: null,
			retryAtMs: null,
			outcome: null,
			failure: null,
			log: []
		};
		const { work } = this.#workOf(id);
		const mayTake = asksForData(work);
		const log = new StepLog(this.#effects.now, (lines) => {
			if (mayTake) this.#ledger.say({ ...attempt, log: lines });
		});
		const begun: Promise<Result<void, StoreFailure>>[] = [];
		// One that was given up has ended already.
		const begin: StepTask['begin'] = async () =>
			controller.signal.aborted ? err({ kind: 'cancelled' }) : (begun[0] ??= this.#ledger.begin(attempt));
		const performed = await this.#withinTime(this.#task(attempt, begin, controller.signal), log, controller);
		this.#ledger.hush(attempt);
		const began = await begun[0];
		if (began?.ok === false) return { broken: began.error };
		if (!performed.ok) return this.#fail(attempt, performed.error, log, controller.signal);
		// One that took a while was written as running: so is its end.
		if (!performed.value.isDecision || begun.length > 0) return this.#succeed(performed.value);
		this.#ledger.decide(performed.value.checkpoint);
		return this.#ended(performed.value);
	}

	#task(attempt: AttemptRecord, begin: StepTask['begin'], signal: AbortSignal): StepTask {
		const { pipeline, claimed, owner } = this.#input;
		const { step, work, scope } = this.#workOf(attempt.step);
		const failures = this.#state.steps.get(attempt.step)?.failures ?? 0;
		return {
			run: claimed.run,
			pipeline,
			owner,
			attempt,
			begin,
			decided: () => this.#ledger.unwritten,
			work,
			scope,
			signal,
			verdictOf: (check) => this.#outcomes.get(check)?.verdict ?? null,
			runChild: (child) => this.#input.runChild({ run: claimed.run, step: step.id, work: child, signal, failures }),
			jumpClock: (ms) => {
				this.#jumpedMs += ms;
			}
		};
	}

	#workOf(id: string): { readonly step: Step; readonly work: Work; readonly scope: Scope } {
		const { pipeline, claimed } = this.#input;
		const node = this.#state.nodes.find((one) => one.id === id);
		const step = this.#steps.get(node?.parent ?? id);
		invariant(node && step, 'every node is of a step');
		const failed = node.isHandler ? this.#firstFailure() : null;
		const scope = scopeOf(pipeline, claimed.run, failed);
		if (node.parent === null) return { step, work: step.work, scope };
		const items = this.#outcomes.get(node.parent)?.items;
		const index = this.#state.steps.get(node.parent)?.children?.indexOf(id) ?? -1;
		const item = items?.[index];
		invariant(step.work.kind === 'for-each' && item !== undefined, 'a child has its item');
		return { step, work: step.work.work, scope: withItem(scope, item) };
	}

	#firstFailure(): { step: string; failure: FailureFacts } {
		const bad = this.#state.nodes.find(({ id }) =>
			['failed', 'timed_out'].includes(this.#state.steps.get(id)?.state ?? '')
		);
		const step = bad?.id ?? '';
		return { step, failure: this.#failures.get(step) ?? { kind: 'failed' } };
	}

	async #withinTime(
		task: StepTask,
		log: StepLog,
		controller: AbortController
	): Promise<Result<Performed, FailureFacts>> {
		const times = this.#interruptions.get(task.attempt.step) ?? 0;
		if (times >= INTERRUPTIONS_MAX) return err({ kind: 'interrupted-too-often', times });
		const performing = performStep(task, log, this.#effects);
		const timeoutMs = this.#workOf(task.attempt.step).step.timeoutMs;
		if (timeoutMs === null) return performing;
		const timer = new AbortController();
		const late = this.#effects.sleep(timeoutMs, timer.signal).then(() => 'late' as const);
		const first = await Promise.race([performing, late]);
		timer.abort();
		if (first !== 'late') return first;
		controller.abort(TIMED_OUT);
		return err({ kind: 'timed-out', timeoutMs });
	}

	async #succeed(performed: Performed): Promise<Ended> {
		if (performed.isCheckpointed) this.#ledger.committed(performed.checkpoint);
		else {
			const finished = await this.#ledger.finish(performed.checkpoint);
			if (!finished.ok) return { broken: finished.error };
		}
		return this.#ended(performed);
	}

	#ended({ checkpoint: { attempt }, isUnchanged, outcome }: Performed): Ended {
		this.#note(attempt);
		return { event: succeeded(attempt.step, isUnchanged, outcome) };
	}

	async #fail(attempt: AttemptRecord, failure: FailureFacts, log: StepLog, signal: AbortSignal): Promise<Ended> {
		if (failure.kind === 'superseded') return this.#asCommitted(attempt);
		// The loop has ended, since nothing could be written: the next one finds the attempt interrupted.
		if (this.#over.signal.aborted) return { broken: { kind: 'superseded', run: attempt.run, step: attempt.step } };
		const now = this.#effects.now();
		const isTimeout = isTimedOut(signal);
		const isStopped = signal.aborted && !isTimeout;
		const { retry } = this.#workOf(attempt.step).step;
		const failures = (this.#state.steps.get(attempt.step)?.failures ?? 0) + 1;
		const delay = isPassing(failure) ? retryDelayMs(retry, failures, this.#effects.random()) : null;
		const retryAtMs = delay === null || isStopped ? null : now + delay;
		log.add('error', `${failure.kind}${delay === null ? '' : `; again in ${delay} ms`}`);
		const ended: AttemptRecord = {
			...attempt,
			state: isStopped ? 'stopped' : isTimeout ? 'timed_out' : 'failed',
			endedAtMs: now,
			retryAtMs,
			failure,
			log: log.lines,
			...(log.tests ? { tests: log.tests } : {})
		};
		const decided = this.#ledger.unwritten;
		const checkpoint: StepCheckpoint = { owner: this.#input.owner, attempt: ended, output: null, decided };
		const finished = await this.#ledger.finish(checkpoint);
		if (!finished.ok)
			return finished.error.kind === 'superseded' ? this.#asCommitted(attempt) : { broken: finished.error };
		this.#note(ended);
		const { step } = attempt;
		return { event: isStopped ? { kind: 'stopped', step } : { kind: 'failed', step, isTimeout, retryAtMs } };
	}

	/** Given up as too late, or cancelled, it had committed just before: then it is done. */
	async #asCommitted(attempt: AttemptRecord): Promise<Ended> {
		const superseded = { kind: 'superseded', run: attempt.run, step: attempt.step } as const;
		const stored = await this.#effects.runs.attempts(attempt.run);
		if (!stored.ok) return { broken: stored.error };
		const now = stored.value.find((one) => one.step === attempt.step && one.attempt === attempt.attempt);
		if (now?.state !== 'succeeded' && now?.state !== 'unchanged') return { broken: superseded };
		this.#note(now);
		return { event: succeeded(attempt.step, now.state === 'unchanged', now.outcome) };
	}

	#note({ step, state, outcome, failure }: AttemptRecord): void {
		if (outcome) this.#outcomes.set(step, outcome);
		if (failure) this.#failures.set(step, failure);
		if (state === 'interrupted') this.#interruptions.set(step, (this.#interruptions.get(step) ?? 0) + 1);
	}

	async #lookForCancel(): Promise<void> {
		if (this.#state.isCancelled || this.#over.signal.aborted) return;
		const run = await this.#effects.runs.run(this.#input.claimed.run.id);
		if (run.ok && run.value?.isCancelRequested) this.#events.put({ kind: 'cancelled' });
	}
}

/**
 * What does not only decides, at once, by what is known of the steps before it: whoever goes on with the run decides the same,
 * so that its end is written when something else is.
 */
function asksForData(work: Work): boolean {
	if (work.kind === 'branch') return work.on.kind === 'sql';
	if (work.kind === 'for-each') return work.items.kind === 'sql';
	return work.kind !== 'join';
}
