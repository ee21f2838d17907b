// Applies a user function to the rows of a query: batch by batch through script workers, and back into the engine.
import { resultId, type ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { appliedSql, batchSql, stagedColumns } from '../core/script/apply-sql.ts';
import { BATCH_ROWS, type ScriptFailure, type UserFunction } from '../core/script/user-function.ts';
import { joinStreams } from '../core/sql/arrow-messages.ts';
import { heldTableSql } from '../core/sql/held.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import type { VersionId } from '../core/ids.ts';
import type { Column } from '../core/version/version.ts';
import type { RunOutcome } from '#workers/engine/api.ts';
import type { GivenRows } from '#workers/script/api.ts';
import { BatchReader } from './batch-reader.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { atOriginal, bindSql, runInput, whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type ApplyFunctionInput = {
	/** Names the rows that are left in the engine. */
	readonly id: ResultId;
	readonly sql: string;
	readonly params?: readonly SqlParam[];
	readonly fn: UserFunction;
	readonly signal?: AbortSignal | undefined;
};

export type ApplyFunctionFailure =
	RunSqlFailure | ScriptFailure | { readonly kind: 'unknown-column'; readonly column: string };

export type Applied = RunOutcome & { readonly inputs: readonly VersionId[] };

type Outcome<T> = Promise<Result<T, ApplyFunctionFailure>>;

/** Every batch meets a machine in which nothing ran before, so batches are independent of each other. */
const THREADS = 2;

/** Answers that are put into the engine at once: each time is a statement of its own. */
const KEPT_TOGETHER = 8;
const KEPT_BYTES = 32 * 1024 * 1024;

/**
 * Runs the query, then the function over its rows, and holds what it gives: see `appliedSql`.
 *
 * Owner: the rows stay in the engine under the input's id until they are released
 */
export async function applyFunction(input: ApplyFunctionInput, effects: Effects): Outcome<Applied> {
	return withApplied(input, effects, async ({ sql, inputs, job }) => {
		const outcome = await whileCancellable(input.id, job.signal, effects, () =>
			effects.engine.run({ id: input.id, sql, params: [], relations: [] }, () => undefined)
		);
		return outcome.ok ? ok({ ...outcome.value, inputs }) : outcome;
	});
}

/** Runs the query, then the function over its rows, then `use`: what it is given reads them, until it has ended. */
export async function withApplied<T, F>(
	input: ApplyFunctionInput,
	effects: Effects,
	use: (applied: {
		readonly sql: string;
		readonly inputs: readonly VersionId[];
		readonly job: JobHandle;
	}) => Promise<Result<T, F>>
): Promise<Result<T, F | ApplyFunctionFailure>> {
	return asJob(
		effects.jobs,
		'Apply a function',
		input.signal,
		async (job): Promise<Result<T, F | ApplyFunctionFailure>> => {
			const names = { given: `given-${input.id}`, answers: `answers-${input.id}` };
			const tables = { given: heldTableSql(names.given), answers: heldTableSql(names.answers) };
			const work = new SegmentWork(resultId(`${input.id}-batch`), job, effects);
			try {
				const given = await giveRows(input, tables.given, job, effects);
				if (!given.ok) return given;
				const { schema, rowCount, inputs } = given.value;
				const columns = columnsOf(input.fn, schema);
				if (!columns.ok) return columns;
				const staged = stagedColumns(input.fn);
				const created = await work.run(emptyTableSql(tables.answers, staged), []);
				if (!created.ok) return created;
				const batches = new BatchReader(
					{
						id: resultId(`${input.id}-given`),
						rowCount,
						batchRows: BATCH_ROWS,
						sql: ({ startRow, endRow }) => batchSql(tables.given, columns.value, startRow, endRow)
					},
					job,
					effects
				);
				const answered = await callAll({ fn: input.fn, rowCount, batches }, job, effects, (arrow) =>
					effects.engine.append(names.answers, staged, arrow)
				);
				if (!answered.ok) return answered;
				return await use({ sql: appliedSql(input.fn, schema, tables), inputs, job });
			} finally {
				await work.drop(tables.given);
				await work.drop(tables.answers);
			}
		}
	);
}

type Given = { readonly schema: readonly Column[]; readonly rowCount: number; readonly inputs: readonly VersionId[] };

/** Makes the table of rows that the function is given. */
async function giveRows(
	{ id, sql, params = [] }: ApplyFunctionInput,
	table: string,
	job: JobHandle,
	effects: Effects
): Outcome<Given> {
	const bound = await bindSql(sql, effects);
	if (!bound.ok) return bound;
	const create = `CREATE OR REPLACE TABLE ${table} AS `;
	const made = await whileCancellable(id, job.signal, effects, () =>
		effects.engine.run({ ...runInput({ id, params }, bound.value), sql: create + bound.value.sql }, () => undefined)
	);
	const toOriginal = (at: number): number => bound.value.toOriginal(Math.max(0, at - create.length));
	if (!made.ok) return atOriginal(made, { toOriginal });
	const schema = await effects.engine.describe({ id, sql: `SELECT * FROM ${table}`, params: [], relations: [] });
	if (!schema.ok) return schema;
	const counted = await new SegmentWork(id, job, effects).rows(`SELECT count(*) AS n FROM ${table}`, []);
	if (!counted.ok) return counted;
	return ok({ schema: schema.value, rowCount: Number(counted.value[0]?.['n']), inputs: bound.value.inputs });
}

/** The columns that the function reads, as the table has them. */
function columnsOf(
	{ inputs }: UserFunction,
	schema: readonly Column[]
): Result<readonly string[], { readonly kind: 'unknown-column'; readonly column: string }> {
	if (inputs === null) return ok(schema.map(({ name }) => name));
	const names: string[] = [];
	for (const input of inputs) {
		const column = schema.find(({ name }) => name.toLowerCase() === input.toLowerCase());
		if (!column) return err({ kind: 'unknown-column', column: input });
		if (!names.includes(column.name)) names.push(column.name);
	}
	return ok(names);
}

function emptyTableSql(table: string, columns: readonly Column[]): string {
	return `CREATE OR REPLACE TABLE ${table} (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`;
}

type Calls = {
	readonly fn: UserFunction;
	readonly rowCount: number;
	readonly batches: BatchReader;
};

/** Calls the function for every batch; answers are kept in the order of the rows, whichever thread is done first. */
async function callAll(
	{ fn, rowCount, batches }: Calls,
	job: JobHandle,
	effects: Effects,
	keep: (arrow: Uint8Array<ArrayBuffer>) => Promise<Result<void, ApplyFunctionFailure>>
): Outcome<void> {
	const threadCount = Math.min(THREADS, Math.max(1, Math.ceil(rowCount / BATCH_ROWS)));
	const sessions = Array.from({ length: threadCount }, () => effects.startScript());
	const end = (): void => sessions.forEach((session) => session.end());
	job.signal.addEventListener('abort', end, { once: true });
	const pending: { readonly startRow: number; readonly answer: Promise<Result<GivenRows, ScriptFailure>> }[] = [];
	const answers: GivenRows[] = [];
	const keepAll = async (): Outcome<void> => {
		const arrow = joinStreams(answers.splice(0).map((one) => one.arrow));
		return arrow ? keep(arrow) : ok(undefined);
	};
	const settleFirst = async (): Outcome<void> => {
		const first = pending.shift();
		if (!first) return ok(undefined);
		const given = await first.answer;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		if (!given.ok) return given;
		answers.push(given.value);
		const sizeBytes = answers.reduce((sum, { arrow }) => sum + arrow.byteLength, 0);
		const kept = answers.length < KEPT_TOGETHER && sizeBytes < KEPT_BYTES ? ok(undefined) : await keepAll();
		const doneRows = Math.min(rowCount, first.startRow + BATCH_ROWS);
		job.progress({ fraction: doneRows / rowCount, rowCount: doneRows });
		return kept;
	};
	let isOver = false;
	try {
		for (let startRow = 0; startRow < rowCount; startRow += BATCH_ROWS) {
			const batch = await batches.read(startRow);
			if (!batch.ok) return batch;
			const session = sessions[(startRow / BATCH_ROWS) % threadCount];
			if (session) pending.push({ startRow, answer: session.api.call(fn, batch.value, startRow) });
			if (pending.length <= threadCount) continue;
			const settled = await settleFirst();
			if (!settled.ok) return settled;
		}
		while (pending.length > 0) {
			const settled = await settleFirst();
			if (!settled.ok) return settled;
		}
		isOver = !job.signal.aborted;
		return await keepAll();
	} finally {
		job.signal.removeEventListener('abort', end);
		// What failed may have left a call behind.
		if (isOver) sessions.forEach((session) => session.giveBack());
		else end();
		await batches.end();
	}
}
