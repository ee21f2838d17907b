// Runs of pipelines in IndexedDB. A run has one owner at a time; whatever another page writes about it is refused. What can be
// lost without harm is not waited for until the disk has it: see DECISIONS.md of core/pipeline.
import Dexie from 'dexie';
import { err, ok, type Result } from '#core/result.ts';
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import type {
	AttemptRecord,
	Decided,
	OutputRecord,
	RunRecord,
	StepCheckpoint,
	StepPiece
} from '#core/pipeline/run-record.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { Refused, storeFailure } from './failures.ts';
import { relaxed, type Asked } from './relaxed.ts';
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
	/** Together with what was decided before it, without which it would not be found again. Fails: superseded */
	begin(attempt: AttemptRecord, owner: string, decided: Decided): Promise<Result<void, StoreFailure>>;
	/** Of a step that made no version; see `Commit.checkpoint` for one that did. Fails: superseded */
	finish(checkpoint: StepCheckpoint): Promise<Result<void, StoreFailure>>;
	/** Decisions that nothing else was written with, and what attempts have said so far that still run. Fails: superseded */
	keep(attempts: Decided, owner: string): Promise<Result<void, StoreFailure>>;
	/** What an attempt of a running step made so far, piece by piece, for another attempt of it. Fails: superseded */
	keepPiece(piece: StepPiece, owner: string): Promise<Result<void, StoreFailure>>;
	/** The piece that begins at a row; null when there is none of that fingerprint. They go with the commit of the step, or the run. */
	piece(at: PieceKey): Promise<Result<StepPiece | null, StoreFailure>>;
	/** Fails: superseded */
	end(run: RunRecord, owner: string, decided: Decided): Promise<Result<void, StoreFailure>>;
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

export type PieceKey = Pick<StepPiece, 'run' | 'step' | 'fingerprint' | 'startRow'>;

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
	const told = async <T>(
		write: () => PromiseLike<T>,
		what: RunChange = 'changed'
	): Promise<Result<T, StoreFailure>> => {
		try {
			const value = await write();
			channel.postMessage(what);
			tell(what);
			return ok(value);
		} catch (error) {
			return err(error instanceof Refused ? error.failure : storeFailure(error, 0));
		}
	};
	const change = <T>(work: () => Promise<T>, what: RunChange = 'changed'): Promise<Result<T, StoreFailure>> =>
		told(() => db.transaction('rw', [db.runs, db.attempts, db.outputs, db.pieces], work), what);
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
		begin: (attempt, owner, decided) => told(() => putRelaxed(db, [...decided, { attempt, output: null }], owner, [])),
		// It made nothing: what a power cut takes of it is done again.
		finish: (checkpoint) => told(() => finishRelaxed(db, checkpoint)),
		keep: (attempts, owner) => {
			const isRunning = ({ attempt: { state } }: Decided[number]): boolean => state === 'running';
			const ended = attempts.filter((one) => !isRunning(one));
			const going = attempts.filter(isRunning).map(({ attempt }) => attempt);
			return told(() => putRelaxed(db, ended, owner, going));
		},
		keepPiece: (piece, owner) =>
			read(() =>
				relaxed(db, ['runs', 'pieces'], async ({ get, put }) => {
					refuseOthers((await get('runs', piece.run)) as RunRecord | undefined, piece, owner);
					await put('pieces', piece);
				})
			),
		piece: ({ run, step, fingerprint, startRow }) =>
			read(async () => {
				const piece = await db.pieces.get([run, step, startRow]);
				return piece?.fingerprint === fingerprint ? piece : null;
			}),
		end: (run, owner, decided) =>
			change(async () => {
				await demandOwner(db, { run: run.id, step: '' }, owner);
				await db.pieces.where(PIECE_KEY).between([run.id, Dexie.minKey], [run.id, Dexie.maxKey]).delete();
				await keepDecided(db, decided);
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

const PIECE_KEY = '[run+step+startRow]';

/** Inside a transaction over runs, attempts, outputs and pieces: ends an attempt once, and only for the page that runs it. */
export async function checkpointInto(
	db: WorkspaceDb,
	{ owner, attempt, output, decided }: StepCheckpoint
): Promise<void> {
	await demandOwner(db, attempt, owner);
	refuseEnded(await db.attempts.get(keyOf(attempt)), attempt);
	await keepDecided(db, [...decided, { attempt, output }]);
	const own = [attempt.run, attempt.step];
	await db.pieces
		.where(PIECE_KEY)
		.between([...own, Dexie.minKey], [...own, Dexie.maxKey])
		.delete();
}

async function keepDecided(db: WorkspaceDb, decided: Decided): Promise<void> {
	await db.attempts.bulkPut(decided.map(({ attempt }) => attempt));
	const outputs = decided.flatMap(({ output }) => output ?? []);
	await db.outputs.bulkPut(outputs);
	for (const { pipeline, step } of outputs) {
		const own = db.outputs.where('[pipeline+step]').equals([pipeline, step]);
		if ((await own.count()) > KEPT_OUTPUTS) await db.outputs.bulkDelete([...oldOutputs(await own.toArray())]);
	}
}

function finishRelaxed(db: WorkspaceDb, { owner, attempt, output, decided }: StepCheckpoint): Promise<void> {
	return relaxed(db, ['runs', 'attempts', 'outputs'], async (asked) => {
		const [run, stored] = await Promise.all([asked.get('runs', attempt.run), asked.get('attempts', keyOf(attempt))]);
		refuseOthers(run as RunRecord | undefined, attempt, owner);
		refuseEnded(stored as AttemptRecord | undefined, attempt);
		await putDecided([...decided, { attempt, output }], asked);
	});
}

async function putDecided(decided: Decided, asked: Asked): Promise<void> {
	const puts = decided.flatMap(({ attempt, output }) => [
		asked.put('attempts', attempt),
		...(output ? [keepOutput(output, asked)] : [])
	]);
	await Promise.all(puts);
}

async function keepOutput(output: OutputRecord, { put, count, all, remove }: Asked): Promise<void> {
	const [index, key] = ['[pipeline+step]', [output.pipeline, output.step]];
	const [, kept] = await Promise.all([put('outputs', output), count('outputs', index, key)]);
	if (Number(kept) <= KEPT_OUTPUTS) return;
	for (const old of oldOutputs((await all('outputs', index, key)) as readonly OutputRecord[]))
		await remove('outputs', old);
}

/** Keys of those beyond the newest. */
function oldOutputs(rows: readonly OutputRecord[]): readonly [string, string, string][] {
	const old = rows.toSorted((one, other) => one.atMs - other.atMs).slice(0, Math.max(0, rows.length - KEPT_OUTPUTS));
	return old.map((row) => [row.pipeline, row.step, row.fingerprint]);
}

/** One that did nothing but end has not been told of before. */
function refuseEnded(stored: AttemptRecord | undefined, { run, step }: At): void {
	if (stored && stored.state !== 'running') throw new Refused({ kind: 'superseded', run, step });
}

/** `going` are written over attempts that still run, and over nothing else. */
async function putRelaxed(
	db: WorkspaceDb,
	ended: Decided,
	owner: string,
	going: readonly AttemptRecord[]
): Promise<void> {
	const first = ended[0]?.attempt ?? going[0];
	if (!first) return;
	await relaxed(db, ['runs', 'attempts', 'outputs'], async (asked) => {
		const { get, put } = asked;
		refuseOthers((await get('runs', first.run)) as RunRecord | undefined, first, owner);
		await putDecided(ended, asked);
		for (const attempt of going) {
			const stored = (await get('attempts', keyOf(attempt))) as AttemptRecord | undefined;
			if (stored?.state === 'running') await put('attempts', attempt);
		}
	});
}

function keyOf({ run, step, attempt }: AttemptRecord): [string, string, number] {
	return [run, step, attempt];
}

async function demandOwner(db: WorkspaceDb, at: At, owner: string): Promise<void> {
	refuseOthers(await db.runs.get(at.run), at, owner);
}

type At = { readonly run: string; readonly step: string };

function refuseOthers(run: RunRecord | undefined, at: At, owner: string): void {
	if (run?.owner !== owner || run.state !== 'running')
		throw new Refused({ kind: 'superseded', run: at.run, step: at.step });
}

async function forgetOld(db: WorkspaceDb, pipeline: string): Promise<void> {
	const own = db.runs.where('[pipeline+startedAtMs]').between([pipeline, -Infinity], [pipeline, Infinity]);
	if ((await own.count()) <= KEPT_RUNS) return;
	const rows = await own.toArray();
	const old = rows.slice(0, Math.max(0, rows.length - KEPT_RUNS)).filter(({ state }) => state !== 'running');
	for (const { id } of old) await db.attempts.where('run').equals(id).delete();
	await db.runs.bulkDelete(old.map(({ id }) => id));
}

async function read<T>(work: () => PromiseLike<T>): Promise<Result<T, StoreFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		return err(error instanceof Refused ? error.failure : storeFailure(error, 0));
	}
}
