// Runs a text and holds its rows batch by batch, telling how far it is.
import { err, ok, type Result } from '#core/result.ts';
import { arrowColumns } from '#core/sql/arrow-layout.ts';
import { concatBytes, END_OF_STREAM } from '#core/sql/arrow-messages.ts';
import { castQuery } from '#core/sql/cast-query.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import { arrowType } from '#core/sql/types.ts';
import type { Column } from '#core/version/version.ts';
import type { RunInput, RunOutcome, RunProgress } from './api.ts';
import { from } from './attempt.ts';
import type { Duck, RowStream } from './duck.ts';
import { HELD_MAX_BYTES, HeldRows } from './held.ts';
import type { Job } from './job.ts';
import type { Relations } from './relations.ts';
import { prepare } from './statement.ts';

export type HoldRows = (rows: HeldRows) => void;
export type TellProgress = (progress: RunProgress) => void;

type Bytes = Uint8Array<ArrayBuffer>;

const PROGRESS_EVERY_MS = 100;
/** Of rows that are answered at once. */
const ANSWER_MAX_BYTES = 64 * 1024 * 1024;
const asItIs = { prefix: '', suffix: '' };

export type RunContext = {
	readonly duck: Duck;
	readonly relations: Relations;
	readonly job: Job;
	/** Called as soon as the columns are known; rows are added to it afterwards. */
	readonly hold: HoldRows;
	readonly tell: TellProgress;
};

export async function run(input: RunInput, context: RunContext): Promise<Result<RunOutcome, SqlFailure>> {
	const startedMs = performance.now();
	const { duck, relations, job } = context;
	return duck.using(async (connection) => {
		const statement = await prepare(duck, relations, connection, input, job);
		const { prefix, suffix } = statement.columns ? castQuery(statement.columns, arrowType) : asItIs;
		const origin = statement.origin(prefix, suffix);
		const held = await from(origin, async () => {
			const stream = await duck.start(connection, origin.sql, job);
			return holdStream(stream, statement.columns, context, { startedMs, keepsRows: statement.givesRows });
		});
		if (leavesTransaction(held, statement.text)) duck.rollBack(connection);
		return held;
	});
}

export async function answer(
	input: RunInput,
	{ duck, relations, job }: Pick<RunContext, 'duck' | 'relations' | 'job'>
): Promise<Result<Bytes, SqlFailure>> {
	return duck.using(async (connection) => {
		const statement = await prepare(duck, relations, connection, input, job, false);
		const origin = statement.origin('');
		const answered = await from(origin, async (): Promise<Result<Bytes, SqlFailure>> => {
			const { header, batches } = await duck.start(connection, origin.sql, job);
			const messages = [header];
			let sizeBytes = 0;
			for await (const batch of batches) {
				messages.push(batch);
				sizeBytes += batch.byteLength;
				if (sizeBytes > ANSWER_MAX_BYTES) return err({ kind: 'result-too-large', limitBytes: ANSWER_MAX_BYTES });
			}
			return ok(concatBytes([...messages, END_OF_STREAM]));
		});
		if (leavesTransaction(answered, statement.text)) duck.rollBack(connection);
		return answered;
	});
}

/** A stream that was left, or a transaction that the text began, would hold the connection. */
function leavesTransaction({ ok: isWhole }: { readonly ok: boolean }, text: string): boolean {
	return !isWhole || /\b(begin|start)\b/i.test(text);
}

/** Adds a stream's rows to a held result until the last one, or until the limit. */
export async function holdStream(
	stream: RowStream,
	columns: readonly Column[] | null,
	{ hold, tell }: Pick<RunContext, 'hold' | 'tell'>,
	{ startedMs, keepsRows }: { readonly startedMs: number; readonly keepsRows: boolean }
): Promise<Result<RunOutcome, SqlFailure>> {
	const rows = new HeldRows(columns ?? arrowColumns(stream.header), stream.header);
	hold(rows);
	let toldMs = 0;
	for await (const batch of stream.batches) {
		if (!keepsRows) continue;
		rows.add(batch);
		if (rows.sizeBytes > HELD_MAX_BYTES) return err({ kind: 'result-too-large', limitBytes: HELD_MAX_BYTES });
		const nowMs = performance.now();
		if (nowMs - toldMs < PROGRESS_EVERY_MS) continue;
		toldMs = nowMs;
		tell({ ...rows.shape, elapsedMs: nowMs - startedMs });
	}
	return ok({ ...rows.shape, elapsedMs: performance.now() - startedMs, sizeBytes: rows.sizeBytes });
}
