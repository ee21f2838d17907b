// Runs of pipelines that have ended, with their attempts, as records: what lineage of columns is read from, too.
import { runRule, type RunValue } from '#core/sync/record-rules.ts';
import { fromRecordValue, piecesOfKey, recordKey, toRecordValue } from '#core/sync/record-value.ts';
import type { AttemptRecord, RunRecord } from '#core/pipeline/run-record.ts';
import type { RecordKind } from './kind.ts';

export const runRecords: RecordKind = {
	...runRule,
	tables: (db) => [db.runs, db.attempts],
	read: async (db) => {
		const runs = await db.runs.toArray();
		const byRun = new Map<string, AttemptRecord[]>();
		for (const attempt of await db.attempts.toArray()) {
			const own = byRun.get(attempt.run);
			if (own) own.push(attempt);
			else byRun.set(attempt.run, [attempt]);
		}
		return runs
			.filter(hasEnded)
			.map((run) => [
				recordKey(runRule.kind, run.pipeline, run.id),
				toRecordValue({ run, attempts: byRun.get(run.id) ?? [] })
			]);
	},
	get: async (db, key) => {
		const id = piecesOfKey(key)[1] ?? '';
		const run = await db.runs.get(id);
		if (!run || !hasEnded(run)) return null;
		return toRecordValue({ run, attempts: await db.attempts.where('run').equals(id).toArray() });
	},
	put: async (db, _key, value) => {
		const { run, attempts } = fromRecordValue(value) as RunValue;
		await db.attempts.where('run').equals(run.id).delete();
		await db.attempts.bulkPut([...attempts]);
		await db.runs.put(run);
	},
	drop: async (db, key) => {
		const id = piecesOfKey(key)[1] ?? '';
		await db.attempts.where('run').equals(id).delete();
		await db.runs.delete(id);
	}
};

/** One that goes on belongs to the page that runs it. */
function hasEnded({ state }: RunRecord): boolean {
	return state !== 'running';
}
