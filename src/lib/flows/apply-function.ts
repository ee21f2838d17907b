// Applies a user function to the rows of a query: batch by batch through script workers, and back into the engine.
import { encodeCanonical } from '../core/encoding.ts';
import { resultId, type ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { appliedSql, batchSql, digestSql, stagedColumns } from '../core/script/apply-sql.ts';
import { pieceFacts } from '../core/script/piece.ts';
import { BATCH_ROWS, type ScriptFailure, type UserFunction } from '../core/script/user-function.ts';
import { heldTableSql } from '../core/sql/held.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import type { VersionId } from '../core/ids.ts';
import type { Column } from '../core/version/version.ts';
import type { RunInput, RunOutcome } from '#workers/engine/api.ts';
import { BatchReader } from './batch-reader.ts';
import { callBatches, type BatchCalls } from './call-batches.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { withQuery } from './prepared-query.ts';
import { atOriginal, whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';
import type { ServeFailure } from './serve-model.ts';
import type { Pieces } from './step-pieces.ts';
import type { WorkspaceSqlFailure } from './workspace-sql.ts';

export type ApplyFunctionInput = {
	/** Names the rows that are left in the engine. */
	readonly id: ResultId;
	readonly sql: string;
	readonly params?: readonly SqlParam[];
	readonly fn: UserFunction;
	readonly signal?: AbortSignal | undefined;
	/** Where it goes on behind what an earlier attempt of the same work was given; left out, it begins at the first row. */
	readonly pieces?: Pieces | undefined;
	/** Whether the query reads other things than versions, or in an order of its own: pieces are told apart by the rows themselves then. */
	readonly isComputed?: boolean | undefined;
};

export type ApplyFunctionFailure =
	WorkspaceSqlFailure | ServeFailure | ScriptFailure | { readonly kind: 'unknown-column'; readonly column: string };

export type Applied = RunOutcome & { readonly inputs: readonly VersionId[] };

type Outcome<T> = Promise<Result<T, ApplyFunctionFailure>>;

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
				const { schema, inputs } = given.value;
				const staged = stagedColumns(input.fn);
				const created = await work.run(emptyTableSql(tables.answers, staged), []);
				if (!created.ok) return created;
				const answered = await answerAll(input, { ...given.value, table: tables.given }, job, effects, (arrow) =>
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

type Given = Pick<RunInput, 'sql' | 'relations'> & {
	readonly inputs: readonly VersionId[];
	readonly schema: readonly Column[];
	readonly rowCount: number;
};

/** Makes the table of rows that the function is given. */
async function giveRows(
	{ id, sql, params = [] }: ApplyFunctionInput,
	table: string,
	job: JobHandle,
	effects: Effects
): Outcome<Given> {
	const create = `CREATE OR REPLACE TABLE ${table} AS `;
	const made = await withQuery<Pick<Given, 'sql' | 'relations' | 'inputs'>, ApplyFunctionFailure>(
		{ id, sql, params, signal: job.signal },
		effects,
		async (bound, inputs) => {
			const ran = await whileCancellable(id, job.signal, effects, () =>
				effects.engine.run({ ...bound, sql: create + bound.sql }, () => undefined)
			);
			const { relations } = bound;
			if (ran.ok) return ok({ sql: bound.sql, relations, inputs });
			return atOriginal(ran, { toOriginal: (at) => Math.max(0, at - create.length) });
		}
	);
	if (!made.ok) return made;
	const schema = await effects.engine.describe({ id, sql: `SELECT * FROM ${table}`, params: [], relations: [] });
	if (!schema.ok) return schema;
	const counted = await new SegmentWork(id, job, effects).rows(`SELECT count(*) AS n FROM ${table}`, []);
	if (!counted.ok) return counted;
	return ok({ ...made.value, schema: schema.value, rowCount: Number(counted.value[0]?.['n']) });
}

/** Calls the function for all rows that have no answers yet, and takes those that are kept and those that come. */
async function answerAll(
	{ id, fn, pieces, isComputed = false }: ApplyFunctionInput,
	given: Given & { readonly table: string },
	job: JobHandle,
	effects: Effects,
	take: (arrow: Uint8Array<ArrayBuffer>) => Promise<Result<void, RunSqlFailure>>
): Outcome<void> {
	const { schema, rowCount, table } = given;
	const columns = columnsOf(fn, schema);
	if (!columns.ok) return columns;
	const sql = (rows: { readonly startRow: number; readonly endRow: number }): string =>
		batchSql(table, columns.value, rows.startRow, rows.endRow);
	const read = { id: resultId(`${id}-given`), rowCount, batchRows: BATCH_ROWS, sql };
	const calls = { fn, rowCount, batches: new BatchReader(read, job, effects), take };
	if (!pieces) return callBatches({ ...calls, startRow: 0, keep: null }, job, effects);
	const digest = isComputed ? digestSql(table, columns.value) : null;
	const hashed = await fingerprintOf(fn, { ...given, digest }, new SegmentWork(read.id, job, effects), effects);
	if (!hashed.ok) return hashed;
	const fingerprint = hashed.value;
	const startRow = await pieces.each(fingerprint, ({ arrow }) => take(arrow));
	if (!startRow.ok) return startRow;
	const keep: BatchCalls['keep'] = (piece) => pieces.keep({ ...piece, fingerprint });
	return callBatches({ ...calls, startRow: startRow.value, keep }, job, effects);
}

async function fingerprintOf(
	fn: UserFunction,
	{ sql, relations, rowCount, digest }: Given & { readonly digest: string | null },
	work: SegmentWork,
	effects: Pick<Effects, 'engine' | 'sha256'>
): Promise<Result<string, RunSqlFailure>> {
	const opened = await effects.engine.open();
	if (!opened.ok) return opened;
	const digested = digest === null ? ok([]) : await work.rows(digest, []);
	if (!digested.ok) return digested;
	const [row] = digested.value;
	const rows = digest === null ? { sql, relations } : { digest: String(row?.['digest']) };
	const facts = pieceFacts(fn, rows, { rowCount, engine: opened.value.version });
	return ok(await effects.sha256(encodeCanonical(facts)));
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
