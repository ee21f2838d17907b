// Asks models about rows: the answers of a model over a table of the engine, staged in another table, batch by batch.
import { resultId } from '../core/ids.ts';
import type { ModelVersion } from '../core/model/registry/registered-model.ts';
import type { ServingFailure } from '../core/onnx/failure.ts';
import { answerColumns, modelInputSql, nullsSql, type GivenColumn } from '../core/onnx/serve-sql.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import { heldTableSql } from '../core/sql/held.ts';
import type { OnnxSession } from '../threads/onnx-session.ts';
import type { PredictFailure } from '#workers/model/api.ts';
import type { Answerer } from './answer-model.ts';
import { BatchReader } from './batch-reader.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import type { ResolveModelFailure } from './resolve-model.ts';
import { SegmentWork } from './segment-work.ts';
import type { UpgradeEffects } from './upgrade-workspace.ts';

/** What asking models about tables takes. */
export type ServeEffects = UpgradeEffects & Pick<Effects, 'engine' | 'models' | 'startOnnx' | 'trainer' | 'sha256'>;

export type ServeFailure = ServingFailure | ResolveModelFailure | PredictFailure | SqlFailure;

export type AskedTable = {
	/** Names what is held while it is read. */
	readonly id: string;
	/** The engine's table of the rows, as SQL, and what expressions of `given` may call it. */
	readonly table: string;
	readonly alias: string;
	readonly rowCount: number;
	readonly given: readonly GivenColumn[];
	/** The held table that the answers become: as many rows, in the same order. */
	readonly answers: string;
};

export async function answerTable(
	{ signature, model }: ModelVersion,
	asked: AskedTable,
	{ batchRows, answer }: Answerer,
	job: JobHandle,
	effects: ServeEffects
): Promise<Result<void, ServeFailure>> {
	const columns = answerColumns(signature);
	const work = new SegmentWork(resultId(`${asked.id}-make`), job, effects);
	const made = await work.run(
		`CREATE OR REPLACE TABLE ${heldTableSql(asked.answers)} (${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
		[]
	);
	if (!made.ok) return made;
	const told = nullsSql(signature, asked.given);
	if (told) {
		const counted = await work.rows(`SELECT ${told.select} FROM ${asked.table} AS ${asked.alias}`, []);
		if (!counted.ok) return counted;
		const column = told.columns.find((_, at) => Number(counted.value[0]?.[`n${at}`] ?? 0) > 0);
		if (column !== undefined) return err({ kind: 'model-null-not-allowed', model, column });
	}
	const select = `SELECT ${modelInputSql(signature, asked.given)} FROM ${asked.table} AS ${asked.alias}`;
	const batches = new BatchReader(
		{
			id: resultId(`${asked.id}-rows`),
			rowCount: asked.rowCount,
			batchRows,
			sql: ({ startRow, endRow }) =>
				`${select} WHERE ${asked.alias}.rowid >= ${startRow} AND ${asked.alias}.rowid < ${endRow}`
		},
		job,
		effects
	);
	try {
		for (let startRow = 0; startRow < asked.rowCount; startRow += batchRows) {
			if (job.signal.aborted) return err({ kind: 'cancelled' });
			const batch = await batches.read(startRow);
			if (!batch.ok) return batch;
			const answered = await answer(batch.value);
			if (!answered.ok) return job.signal.aborted ? err({ kind: 'cancelled' }) : answered;
			const kept = await effects.engine.append(asked.answers, columns, answered.value);
			if (!kept.ok) return kept;
			const doneRows = Math.min(asked.rowCount, startRow + batchRows);
			job.progress({ fraction: doneRows / asked.rowCount, rowCount: doneRows });
		}
		return ok(undefined);
	} finally {
		await batches.end();
	}
}

/** Models in a thread for as long as `work` takes; a job that is cancelled ends it. */
export async function withSession<T>(
	signal: AbortSignal,
	effects: Pick<Effects, 'startOnnx'>,
	work: (session: OnnxSession) => Promise<Result<T, ServeFailure>>
): Promise<Result<T, ServeFailure>> {
	const session = effects.startOnnx();
	const end = (): void => session.end();
	signal.addEventListener('abort', end, { once: true });
	try {
		const done = await work(session);
		// What failed may have left a call behind.
		if (done.ok && !signal.aborted) session.giveBack();
		else session.end();
		return done;
	} finally {
		signal.removeEventListener('abort', end);
	}
}
