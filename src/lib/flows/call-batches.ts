// Calls a user function for all batches of its rows, in two threads; its answers are taken in the order of the rows, whichever thread
// is done first.
import { err, ok, type Result } from '../core/result.ts';
import type { Piece } from '../core/script/piece.ts';
import { BATCH_ROWS, type ScriptFailure, type UserFunction } from '../core/script/user-function.ts';
import { joinStreams } from '../core/sql/arrow-messages.ts';
import type { GivenRows } from '#workers/script/api.ts';
import type { BatchReader } from './batch-reader.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import type { RunSqlFailure } from './run-sql.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Take = (arrow: Bytes) => Promise<Result<void, RunSqlFailure>>;
type Keep = (piece: Omit<Piece, 'fingerprint'>) => Promise<void>;

export type BatchCalls = {
	readonly fn: UserFunction;
	/** Rows before it have their answers already; the first of a batch. */
	readonly startRow: number;
	readonly rowCount: number;
	readonly batches: Pick<BatchReader, 'read' | 'end'>;
	/** Is given the next answers when it has taken the last ones. */
	readonly take: Take;
	/** Is given all answers as well, some seconds of work at a time; null for nobody. */
	readonly keep: Keep | null;
};

/** Every batch meets a machine in which nothing ran before, so batches are independent of each other. */
const THREADS = 2;
/** Batches that wait for a thread, so that it has one while the engine is at other work. */
const AHEAD = 2 * THREADS;

export async function callBatches(
	{ fn, startRow, rowCount, batches, take, keep }: BatchCalls,
	job: JobHandle,
	effects: Pick<Effects, 'startScript' | 'now'>
): Promise<Result<void, RunSqlFailure | ScriptFailure>> {
	const threadCount = Math.min(THREADS, Math.max(1, Math.ceil((rowCount - startRow) / BATCH_ROWS)));
	const sessions = Array.from({ length: threadCount }, () => effects.startScript());
	const end = (): void => sessions.forEach((session) => session.end());
	job.signal.addEventListener('abort', end, { once: true });
	const pending: { readonly endRow: number; readonly answer: Promise<Result<GivenRows, ScriptFailure>> }[] = [];
	const taken = new AnswersTaken(take);
	const kept = keep && new AnswersKept(keep, startRow, effects.now);
	const settleFirst = async (): Promise<Result<void, RunSqlFailure | ScriptFailure>> => {
		const first = pending.shift();
		if (!first) return ok(undefined);
		const { endRow, answer } = first;
		const given = await answer;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		if (!given.ok) return given;
		const added = await taken.add(given.value.arrow);
		kept?.add(given.value.arrow, endRow);
		job.progress({ fraction: endRow / rowCount, rowCount: endRow });
		return added;
	};
	let isOver = false;
	try {
		for (let row = startRow; row < rowCount; row += BATCH_ROWS) {
			const batch = await batches.read(row);
			if (!batch.ok) return batch;
			const session = sessions[(row / BATCH_ROWS) % threadCount];
			const endRow = Math.min(rowCount, row + BATCH_ROWS);
			if (session) pending.push({ endRow, answer: session.api.call(fn, batch.value, row) });
			if (pending.length < threadCount + AHEAD) continue;
			const settled = await settleFirst();
			if (!settled.ok) return settled;
		}
		while (pending.length > 0) {
			const settled = await settleFirst();
			if (!settled.ok) return settled;
		}
		isOver = !job.signal.aborted;
		return await taken.rest();
	} finally {
		job.signal.removeEventListener('abort', end);
		// What failed may have left a call behind.
		if (isOver) sessions.forEach((session) => session.giveBack());
		else end();
		await taken.settled();
		await kept?.settled();
		await batches.end();
	}
}

/** Answers that are taken at once: each time is a statement of the engine's own. */
const TAKEN_TOGETHER = 8;
const TAKEN_BYTES = 32 * 1024 * 1024;

/** Hands answers on, several at a time; the next are gathered while those are on their way. */
class AnswersTaken {
	#answers: Bytes[] = [];
	#taking: Promise<Result<void, RunSqlFailure>> = Promise.resolve(ok(undefined));
	readonly #take: Take;

	constructor(take: Take) {
		this.#take = take;
	}

	/** Fails when those before could not be taken. */
	async add(answer: Bytes): Promise<Result<void, RunSqlFailure>> {
		this.#answers.push(answer);
		if (this.#answers.length < TAKEN_TOGETHER && sizeOf(this.#answers) < TAKEN_BYTES) return ok(undefined);
		return this.#handOn();
	}

	async rest(): Promise<Result<void, RunSqlFailure>> {
		const before = await this.#handOn();
		return before.ok ? this.#taking : before;
	}

	async settled(): Promise<void> {
		await this.#taking;
	}

	async #handOn(): Promise<Result<void, RunSqlFailure>> {
		const before = await this.#taking;
		const joined = before.ok ? joinStreams(this.#answers) : null;
		this.#answers = [];
		if (joined) this.#taking = this.#take(joined);
		return before;
	}
}

/** So much work a killed page loses at most. */
const KEPT_EVERY_MS = 2000;
const KEPT_BYTES = 64 * 1024 * 1024;

/** Hands answers on to be kept, once they have taken a while. */
class AnswersKept {
	#answers: Bytes[] = [];
	#startRow: number;
	#sinceMs: number;
	#keeping: Promise<void> = Promise.resolve();
	readonly #keep: Keep;
	readonly #now: () => number;

	constructor(keep: Keep, startRow: number, now: () => number) {
		this.#keep = keep;
		this.#startRow = startRow;
		this.#now = now;
		this.#sinceMs = now();
	}

	add(answer: Bytes, endRow: number): void {
		this.#answers.push(answer);
		const isDue = this.#now() - this.#sinceMs >= KEPT_EVERY_MS || sizeOf(this.#answers) >= KEPT_BYTES;
		const arrow = isDue ? joinStreams(this.#answers) : null;
		if (!arrow) return;
		const piece = { startRow: this.#startRow, endRow, arrow };
		this.#keeping = this.#keeping.then(() => this.#keep(piece));
		this.#answers = [];
		this.#startRow = endRow;
		this.#sinceMs = this.#now();
	}

	async settled(): Promise<void> {
		await this.#keeping;
	}
}

function sizeOf(answers: readonly Bytes[]): number {
	return answers.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
