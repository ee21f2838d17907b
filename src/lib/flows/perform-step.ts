// One attempt of one step: nothing when its output stands, else the work, behind its source's breaker, with the faults a run was told to meet.
import { faultsOf, type Fault } from '../core/pipeline/fault.ts';
import { fingerprintOf, testsHashOf } from '../core/pipeline/fingerprint.ts';
import type { Pipeline, Work } from '../core/pipeline/pipeline.ts';
import { resolveWork } from '../core/pipeline/resolve-work.ts';
import type { Scope } from '../core/pipeline/references.ts';
import { isPassing } from '../core/pipeline/retry.ts';
import {
	NO_OUTCOME,
	withLine,
	type AttemptRecord,
	type Decided,
	type FailureFacts,
	type FingerprintParts,
	type LogLine,
	type ModelTestOutcome,
	type OutputRecord,
	type RunRecord,
	type StepCheckpoint,
	type StepOutcome
} from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Done, RunnerEffects, Study } from './runner-effects.ts';
import { piecesOfStep } from './step-pieces.ts';
import { testStep } from './test-model.ts';

export type StepTask = {
	readonly run: RunRecord;
	readonly pipeline: Pipeline;
	readonly owner: string;
	/** As it began. */
	readonly attempt: AttemptRecord;
	/** Writes that, once; before it has settled, the step has no effect. What only looks does not ask for it. */
	readonly begin: () => Promise<Result<void, FailureFacts>>;
	/** What its checkpoint has besides. */
	readonly decided: () => Decided;
	readonly work: Work;
	readonly scope: Scope;
	/** Aborted when the run is cancelled or the attempt timed out. */
	readonly signal: AbortSignal;
	/** How the steps before ended, for a branch on a verdict. */
	readonly verdictOf: (step: string) => 'passed' | 'failed' | null;
	readonly runChild: (work: Work & { readonly kind: 'pipeline' }) => Promise<Result<string, FailureFacts>>;
	/** Of a fault. */
	readonly jumpClock: (ms: number) => void;
};

export type Performed = Done & {
	readonly isUnchanged: boolean;
	/** Did nothing that could be lost: whoever goes on with the run would find the same, or do the work. */
	readonly isDecision: boolean;
	readonly checkpoint: StepCheckpoint;
};

/** Collects the log of an attempt. */
export class StepLog {
	/** Of its tests; undefined where none were run. */
	tests: readonly ModelTestOutcome[] | undefined;
	#lines: readonly LogLine[] = [];
	readonly #now: () => number;
	readonly #onLine: (lines: readonly LogLine[]) => void;
	constructor(now: () => number, onLine: (lines: readonly LogLine[]) => void) {
		this.#now = now;
		this.#onLine = onLine;
	}
	get lines(): readonly LogLine[] {
		return this.#lines;
	}
	add(level: LogLine['level'], text: string): void {
		this.#lines = withLine(this.#lines, { atMs: this.#now(), level, text });
		this.#onLine(this.#lines);
	}
}

export async function performStep(
	task: StepTask,
	log: StepLog,
	effects: RunnerEffects
): Promise<Result<Performed, FailureFacts>> {
	const resolved = resolveWork(task.work, task.scope);
	if (!resolved.ok) return resolved;
	const work = resolved.value;
	const plain = (outcome: StepOutcome): Result<Performed, FailureFacts> => {
		const checkpoint = checkpointOf(task, { outcome, isUnchanged: false, output: null, log, now: effects.now() });
		return ok({ outcome, isUnchanged: false, isDecision: work.kind !== 'pipeline', isCheckpointed: false, checkpoint });
	};
	if (work.kind === 'join') return plain(NO_OUTCOME);
	if (work.kind === 'branch' && work.on.kind === 'verdict') {
		const chosen = task.verdictOf(work.on.check) === 'passed' ? work.on.passed : work.otherwise;
		log.add('info', `Goes on with ${chosen.join(', ') || 'nothing'}`);
		return plain({ ...NO_OUTCOME, chosen });
	}
	if (work.kind === 'pipeline') {
		const begun = await task.begin();
		if (!begun.ok) return begun;
		const child = await task.runChild(work);
		return child.ok ? plain({ ...NO_OUTCOME, run: child.value }) : child;
	}
	if (work.kind === 'for-each' && work.items.kind === 'list') return plain({ ...NO_OUTCOME, items: work.items.list });
	return new DataStep(task, work, log, effects).perform();
}

class DataStep {
	readonly #task: StepTask;
	readonly #work: Work;
	readonly #log: StepLog;
	/** Aborted when the work has ended, however it did. */
	readonly #over = new AbortController();
	readonly #effects: RunnerEffects;

	constructor(task: StepTask, work: Work, log: StepLog, effects: RunnerEffects) {
		this.#task = task;
		this.#work = work;
		this.#log = log;
		this.#effects = effects;
	}

	async perform(): Promise<Result<Performed, FailureFacts>> {
		try {
			return await this.#perform();
		} finally {
			this.#over.abort();
		}
	}

	async #perform(): Promise<Result<Performed, FailureFacts>> {
		const { run, attempt } = this.#task;
		// It will run, whatever it reads: that is written while it is looked up.
		if (run.isForced && !onlyAsks(this.#work)) void this.#task.begin();
		const studied = await this.#effects.worker.study(this.#work);
		if (!studied.ok) return studied;
		const study = studied.value;
		for (const { dataset, version, rowCount } of study.inputs)
			this.#log.add('info', `Reads ${dataset}@${version.slice(0, 8)}: ${rowCount} rows`);
		const reuse = await fingerprintOf({ work: this.#work, ...study }, this.#effects.sha256);
		if (study.unrepeatable !== null) this.#log.add('info', `Runs every time: ${study.unrepeatable}`);
		else if (!run.isForced && faultsOf(run.faults, attempt.step, attempt.attempt).length === 0) {
			const key = { pipeline: run.pipeline, step: attempt.step, fingerprint: reuse.fingerprint };
			const known = await this.#effects.runs.output(key);
			if (!known.ok) return known;
			const stands = known.value ? await this.#effects.worker.stands(known.value) : ok(false);
			if (!stands.ok) return stands;
			if (known.value && stands.value) return this.#unchanged(known.value);
		}
		return this.#run(study, study.unrepeatable === null ? reuse : null);
	}

	/** Its tests are run all the same, unless the very same ones passed already. */
	async #unchanged(known: OutputRecord): Promise<Result<Performed, FailureFacts>> {
		const tests = await this.#testsHash();
		const isTested = tests !== null && tests !== known.tests;
		if (isTested) {
			const begun = await this.#task.begin();
			if (!begun.ok) return begun;
			const tested = await this.#test();
			if (!tested.ok) return tested;
		} else if (tests !== null) this.#log.add('info', 'Same code and same tests: they passed before');
		this.#log.add('info', 'Same code and same inputs: its output stands');
		const { outcome } = known;
		const checkpoint = this.#checkpoint(outcome, true, isTested ? { ...known, tests } : null);
		return ok({ outcome, isUnchanged: true, isDecision: !isTested, isCheckpointed: false, checkpoint });
	}

	async #run(study: Study, reuse: Reuse | null): Promise<Result<Performed, FailureFacts>> {
		const { run, attempt, signal, pipeline } = this.#task;
		const faults = faultsOf(run.faults, attempt.step, attempt.attempt);
		const begun = onlyAsks(this.#work) ? this.#beginSoon() : await this.#task.begin();
		if (!begun.ok) return begun;
		const tested = await this.#test();
		if (!tested.ok) return tested;
		const tests = await this.#testsHash();
		const at = { run: run.id, step: attempt.step, log: this.#log.add.bind(this.#log) };
		let committed: StepCheckpoint | null = null;
		const context = {
			...at,
			pipeline: run.pipeline,
			attempt: attempt.attempt,
			signal,
			pieces: piecesOfStep({ ...at, owner: this.#task.owner }, this.#effects.runs),
			checkpoint: (outcome: StepOutcome, isAsStudied: boolean) => {
				const output = isAsStudied ? this.#output(outcome, reuse, tests) : null;
				committed = this.#checkpoint(outcome, false, output);
				return committed;
			},
			inputs: study.inputs
		};
		const work = async (): Promise<Result<Done, FailureFacts>> => {
			for (const fault of faults) {
				const failure = await this.#meet(fault);
				if (failure) return err(failure);
			}
			const worked = await this.#effects.worker.work(this.#work, context);
			this.#over.abort();
			return worked;
		};
		const isFault = (failure: FailureFacts): boolean => isPassing(failure) || isTimedOut(signal);
		const done =
			study.source === null
				? await work()
				: await this.#effects.breakers.call<Done, FailureFacts>(
						{ source: study.source, settings: pipeline.breaker, isFault, work },
						signal
					);
		if (!done.ok) return done;
		const { outcome, isCheckpointed } = done.value;
		// What was decided since the commit is not on the disk with it.
		const made = isCheckpointed ? committed : null;
		const checkpoint = made ?? this.#checkpoint(outcome, false, this.#output(outcome, reuse, tests));
		return ok({ outcome, isCheckpointed, isUnchanged: false, isDecision: onlyAsks(this.#work), checkpoint });
	}

	/** Nothing hangs on it, unless the work takes a while. */
	#beginSoon(): Result<void, never> {
		const { signal } = this.#over;
		void this.#effects.sleep(BEGIN_AFTER_MS, signal).then(() => (signal.aborted ? undefined : this.#task.begin()));
		return ok(undefined);
	}

	/** Of what is to be tested before it; null where nothing is. */
	async #testsHash(): Promise<string | null> {
		const { run, work } = this.#task;
		return run.isTested ? testsHashOf(work, this.#effects.sha256) : null;
	}

	/** With the text as it stands, since each test has its own parameters. */
	async #test(): Promise<Result<void, FailureFacts>> {
		const { run, pipeline, attempt, work } = this.#task;
		if (!run.isTested || work.kind !== 'transform' || work.tests.length === 0) return ok(undefined);
		const outcomes = await testStep({ step: attempt.step, work, pipeline, run }, this.#effects);
		this.#log.tests = outcomes;
		const failed = outcomes.filter(({ passed }) => !passed).map(({ name }) => name);
		for (const { name, passed } of outcomes)
			this.#log.add(passed ? 'info' : 'error', `Test ${name}: ${passed ? 'passed' : 'failed'}`);
		return failed.length === 0 ? ok(undefined) : err({ kind: 'model-test-failed', step: attempt.step, tests: failed });
	}

	async #meet(fault: Fault): Promise<FailureFacts | null> {
		const { signal, attempt } = this.#task;
		this.#log.add('warn', `Fault: ${fault.do}`);
		switch (fault.do) {
			case 'fail':
				return { kind: 'fault-injected', step: attempt.step, attempt: attempt.attempt };
			case 'quota':
				return { kind: 'storage-full', neededBytes: 0 };
			case 'slow':
				await this.#effects.sleep(fault.ms, signal);
				return signal.aborted ? { kind: 'cancelled' } : null;
			case 'time-out':
				// Ends when the attempt is given up, and no earlier than that unless nothing gives it up.
				await this.#effects.sleep(Math.max(fault.ms, 86_400_000), signal);
				return { kind: 'cancelled' };
			case 'kill-worker':
				// In the middle of the work, unless that is over sooner.
				void this.#effects.sleep(fault.ms, this.#over.signal).then(() => {
					if (this.#over.signal.aborted) return;
					this.#log.add('warn', 'The engine is ended');
					this.#effects.worker.killWorker();
				});
				return null;
			case 'clock-jump':
				this.#task.jumpClock(fault.ms);
				return null;
		}
	}

	#output(outcome: StepOutcome, reuse: Reuse | null, tests: string | null): OutputRecord | null {
		const { run, attempt } = this.#task;
		const made = { pipeline: run.pipeline, step: attempt.step, outcome, run: run.id, atMs: this.#effects.now() };
		return reuse && { ...made, ...reuse, ...(tests === null ? {} : { tests }) };
	}

	#checkpoint(outcome: StepOutcome, isUnchanged: boolean, output: OutputRecord | null): StepCheckpoint {
		return checkpointOf(this.#task, { outcome, isUnchanged, output, log: this.#log, now: this.#effects.now() });
	}
}

/** A quick answer is one write, of its end. */
const BEGIN_AFTER_MS = 50;

/** Such a step has no effect before its end is written, which waits for its beginning where that is written. */
function onlyAsks(work: Work): boolean {
	return (work.kind === 'check' && !work.suite) || work.kind === 'branch' || work.kind === 'for-each';
}

type Reuse = { readonly fingerprint: string; readonly parts: FingerprintParts };

function checkpointOf(
	{ attempt, owner, decided }: StepTask,
	made: { outcome: StepOutcome; isUnchanged: boolean; output: OutputRecord | null; log: StepLog; now: number }
): StepCheckpoint {
	const { outcome, isUnchanged, output, log, now } = made;
	return {
		owner,
		attempt: {
			...attempt,
			state: isUnchanged ? 'unchanged' : 'succeeded',
			endedAtMs: now,
			outcome,
			log: log.lines,
			...(log.tests ? { tests: log.tests } : {})
		},
		decided: decided(),
		output
	};
}

export function isTimedOut(signal: AbortSignal): boolean {
	return signal.aborted && signal.reason === TIMED_OUT;
}

export const TIMED_OUT = 'timed out';
