// Runs of pipelines in IndexedDB. A run has one owner at a time; whatever another page writes about it is refused.
import { err, ok, type Result } from '#core/result.ts';
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import type { AttemptRecord, OutputRecord, RunRecord, StepCheckpoint } from '#core/pipeline/run-record.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { Refused, storeFailure } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

export type ClaimedRun = { readonly run: RunRecord; readonly attempts: readonly AttemptRecord[] };

export type RunStore = {
	run(id: string): Promise<Result<RunRecord | null, StoreFailure>>;
	/** Newest first; of one pipeline, or of all. */
	runs(filter: {
		readonly pipeline: string | null;
		readonly limit: number;
	}): Promise<Result<readonly RunRecord[], StoreFailure>>;
	/** Oldest first. */
	unfinished(): Promise<Result<readonly RunRecord[], StoreFailure>>;
	/** False when there is a run of that id. */
	create(run: RunRecord): Promise<Result<boolean, StoreFailure>>;
	/** Makes `owner` the one that writes. Attempts that ran are interrupted. Null when it has ended or is not there. */
	claim(id: string, owner: string): Promise<Result<ClaimedRun | null, StoreFailure>>;
	attempts(run: string): Promise<Result<readonly AttemptRecord[], StoreFailure>>;
	/** Fails: superseded */
	begin(attempt: AttemptRecord, owner: string): Promise<Result<void, StoreFailure>>;
	/** Of a step that made no version; see `Commit.checkpoint` for one that did. Fails: superseded */
	finish(checkpoint: StepCheckpoint): Promise<Result<void, StoreFailure>>;
	/** Fails: superseded */
	end(run: RunRecord, owner: string): Promise<Result<void, StoreFailure>>;
	requestCancel(id: string): Promise<Result<RunRecord | null, StoreFailure>>;
	output(key: OutputKey): Promise<Result<OutputRecord | null, StoreFailure>>;
	/** Newest first. */
	outputs(pipeline: string, step: string): Promise<Result<readonly OutputRecord[], StoreFailure>>;
	breaker(source: string): Promise<Result<BreakerRecord | null, StoreFailure>>;
	breakers(): Promise<Result<readonly BreakerRecord[], StoreFailure>>;
	/** Unless a newer revision is stored. */
	saveBreaker(breaker: BreakerRecord): Promise<Result<void, StoreFailure>>;
	/** Told after any tab, this one too, wrote about a run, or asked to cancel one. Returns the stop function. */
	watch(onChange: (what: RunChange) => void): () => void;
};

export type RunChange = 'changed' | 'cancel-requested';

export type OutputKey = Pick<OutputRecord, 'pipeline' | 'step' | 'fingerprint'>;

/** Runs and outputs that are kept of one pipeline and step. */
const KEPT_RUNS = 500;
const KEPT_OUTPUTS = 50;

export function createRunStore(db: WorkspaceDb): RunStore {
	const channel = new BroadcastChannel(`${db.name}:runs`);
	const listeners = new Set<(what: RunChange) => void>();
	const tell = (what: RunChange): void => {
		for (const listener of listeners) listener(what);
	};
	channel.onmessage = ({ data: what }: MessageEvent<RunChange>) => tell(what);
	const change = async <T>(work: () => Promise<T>, what: RunChange = 'changed'): Promise<Result<T, StoreFailure>> => {
		try {
			const value = await db.transaction('rw', [db.runs, db.attempts, db.outputs], work);
			channel.postMessage(what);
			tell(what);
			return ok(value);
		} catch (error) {
			return err(error instanceof Refused ? error.failure : storeFailure(error, 0));
		}
	};
	return {
		run: (id) => read(async () => (await db.runs.get(id)) ?? null),
		runs: ({ pipeline, limit }) =>
			read(async () => {
				const rows =
					pipeline === null
						? await db.runs.orderBy('startedAtMs').reverse().limit(limit).toArray()
						: await db.runs
								.where('[pipeline+startedAtMs]')
								.between([pipeline, -Infinity], [pipeline, Infinity])
								.reverse()
								.limit(limit)
								.toArray();
				return rows;
			}),
		unfinished: () => read(() => db.runs.where('state').equals('running').sortBy('startedAtMs')),
		create: (run) =>
			change(async () => {
				if (await db.runs.get(run.id)) return false;
				await db.runs.add(run);
				await forgetOld(db, run.pipeline);
				return true;
			}),
		claim: (id, owner) =>
			change(async () => {
				const run = await db.runs.get(id);
				if (run?.state !== 'running') return null;
				await db.runs.put({ ...run, owner });
				const attempts = await db.attempts.where('run').equals(id).toArray();
				const interrupted = attempts.map((one) =>
					one.state === 'running' ? ({ ...one, state: 'interrupted' } as const) : one
				);
				await db.attempts.bulkPut(interrupted.filter((one, index) => one !== attempts[index]));
				return { run: { ...run, owner }, attempts: interrupted };
			}),
		attempts: (run) => read(() => db.attempts.where('run').equals(run).toArray()),
		begin: (attempt, owner) =>
			change(async () => {
				await demandOwner(db, attempt, owner);
				await db.attempts.put(attempt);
			}),
		finish: (checkpoint) => change(() => checkpointInto(db, checkpoint)),
		end: (run, owner) =>
			change(async () => {
				await demandOwner(db, { run: run.id, step: '' }, owner);
				await db.runs.put({ ...run, owner: null });
			}),
		requestCancel: (id) =>
			change(async () => {
				const run = await db.runs.get(id);
				if (run?.state !== 'running') return run ?? null;
				await db.runs.put({ ...run, isCancelRequested: true });
				return { ...run, isCancelRequested: true };
			}, 'cancel-requested'),
		output: ({ pipeline, step, fingerprint }) =>
			read(async () => (await db.outputs.get([pipeline, step, fingerprint])) ?? null),
		outputs: (pipeline, step) =>
			read(async () => {
				const rows = await db.outputs.where('[pipeline+step]').equals([pipeline, step]).sortBy('atMs');
				return rows.reverse();
			}),
		breaker: (source) => read(async () => (await db.breakers.get(source)) ?? null),
		breakers: () => read(() => db.breakers.toArray()),
		saveBreaker: (breaker) =>
			read(() =>
				db.transaction('rw', db.breakers, async () => {
					const stored = await db.breakers.get(breaker.source);
					if ((stored?.revision ?? 0) < breaker.revision) await db.breakers.put(breaker);
				})
			),
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

/** Inside a transaction over runs, attempts and outputs: ends an attempt once, and only for the page that runs it. */
export async function checkpointInto(db: WorkspaceDb, { owner, attempt, output }: StepCheckpoint): Promise<void> {
	await demandOwner(db, attempt, owner);
	const stored = await db.attempts.get([attempt.run, attempt.step, attempt.attempt]);
	// One that did nothing but end has not been told of before.
	if (stored && stored.state !== 'running')
		throw new Refused({ kind: 'superseded', run: attempt.run, step: attempt.step });
	await db.attempts.put(attempt);
	if (!output) return;
	await db.outputs.put(output);
	const rows = await db.outputs.where('[pipeline+step]').equals([output.pipeline, output.step]).sortBy('atMs');
	const old = rows.slice(0, Math.max(0, rows.length - KEPT_OUTPUTS));
	await db.outputs.bulkDelete(old.map((row) => [row.pipeline, row.step, row.fingerprint]));
}

async function demandOwner(
	db: WorkspaceDb,
	at: { readonly run: string; readonly step: string },
	owner: string
): Promise<void> {
	const run = await db.runs.get(at.run);
	if (run?.owner !== owner || run.state !== 'running')
		throw new Refused({ kind: 'superseded', run: at.run, step: at.step });
}

async function forgetOld(db: WorkspaceDb, pipeline: string): Promise<void> {
	const rows = await db.runs
		.where('[pipeline+startedAtMs]')
		.between([pipeline, -Infinity], [pipeline, Infinity])
		.toArray();
	const old = rows.slice(0, Math.max(0, rows.length - KEPT_RUNS)).filter(({ state }) => state !== 'running');
	for (const { id } of old) await db.attempts.where('run').equals(id).delete();
	await db.runs.bulkDelete(old.map(({ id }) => id));
}

async function read<T>(work: () => PromiseLike<T>): Promise<Result<T, StoreFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		return err(storeFailure(error, 0));
	}
}
