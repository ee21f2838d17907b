// A dataset changed by a statement: UPDATE, DELETE, INSERT and ALTER TABLE become a version that writes what they change, and nothing else.
import { err, ok } from '../core/result.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import type { LineageParameter } from '../core/version/version.ts';
import { alter } from './change-columns.ts';
import { insert, remove, update } from './change-rows.ts';
import { commitComposed, type Committed } from './commit-table.ts';
import { composeTable } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { StatementWork, type Change, type ChangeBySqlInput, type Outcome } from './statement-work.ts';

/** `rowCount` rows were changed, removed or added; `committed` is null when that is none. */
export type ChangedBySql = { readonly rowCount: number; readonly committed: Committed | null };

export async function changeBySql(input: ChangeBySqlInput, effects: Effects): Outcome<ChangedBySql> {
	return asJob(effects.jobs, `Change ${input.item.dataset.name}`, input.signal, async (job) => {
		const work = new StatementWork(input, job, effects);
		try {
			const change = await changed(work);
			if (!change.ok) return change;
			if (change.value.rowCount === 0) return ok({ rowCount: 0, committed: null });
			const committed = await commitChange(input, change.value, work, job, effects);
			return committed.ok ? ok({ rowCount: change.value.rowCount, committed: committed.value }) : committed;
		} finally {
			await work.end();
		}
	});
}

function changed(work: StatementWork): Outcome<Change> {
	const { statement } = work.input;
	switch (statement.kind) {
		case 'update':
			return update(work, statement);
		case 'delete':
			return remove(work, statement);
		case 'insert':
			return insert(work, statement);
		default:
			return alter(work, statement);
	}
}

async function commitChange(
	{ id, item, sql, params }: ChangeBySqlInput,
	{ schema, pieces, primaryKey, layout, rowCount }: Change,
	work: StatementWork,
	job: JobHandle,
	effects: Effects
): Outcome<Committed> {
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const table = await composeTable({ id, base: item.version, schema, pieces }, key.value, effects);
	if (!table.ok) return table;
	const opened = await effects.engine.open();
	if (!opened.ok) return opened;
	if (job.signal.aborted) return err({ kind: 'cancelled' });
	return commitComposed(
		{
			name: item.dataset.name,
			onto: item.dataset,
			message: messageOf(sql),
			schema,
			table: table.value,
			rejects: null,
			lineage: {
				operation: 'sql',
				source: null,
				options: null,
				sql,
				inputs: [...new Set([item.version.id, ...work.inputs])],
				parameters: {
					rowCount,
					...(params.length > 0 ? { values: params.map(parameterOf) } : {})
				},
				engine: opened.value.version
			},
			...(primaryKey ? { primaryKey } : {}),
			...(layout ? { layout } : {})
		},
		effects
	);
}

/** The statement on one line, as far as a line goes. */
function messageOf(sql: string): string {
	const line = sql.trim().replaceAll(/\s+/g, ' ');
	return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** A bound value as lineage keeps it. */
function parameterOf(value: SqlParam): LineageParameter {
	if (value instanceof Date) return value.toISOString();
	const isPlain =
		typeof value !== 'bigint' && !(typeof value === 'number' && (Number.isNaN(value) || Object.is(value, -0)));
	return isPlain ? value : String(value);
}
