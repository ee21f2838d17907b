// Keeps a query's rows as a dataset: a new one, or the next version of one, with the SQL and its inputs in the lineage.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { parseDatasetName } from '../core/version/dataset-name.ts';
import type { Dataset } from '../core/version/version.ts';
import { commitTable, type Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { atOriginal, bindSql, runInput, whileCancellable, type RunSqlFailure } from './run-sql.ts';

export type SaveQueryInput = {
	readonly id: ResultId;
	readonly name: string;
	readonly sql: string;
	/** A taken name is refused, or the rows become that dataset's next version. */
	readonly whenTaken: 'refuse' | 'new-version';
	readonly message?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export async function saveQuery(input: SaveQueryInput, effects: Effects): Promise<Result<Committed, RunSqlFailure>> {
	const onto = await datasetToExtend(input, effects);
	if (!onto.ok) return onto;
	return asJob(effects.jobs, `Save ${input.name}`, input.signal, async (job) => {
		const bound = await bindSql(input.sql, effects);
		if (!bound.ok) return bound;
		const written = await whileCancellable(input.id, job.signal, effects, () =>
			effects.engine.write(runInput(input, bound.value), (rowCount) => job.progress({ rowCount }))
		);
		if (!written.ok) return atOriginal(written, bound.value);
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		const opened = await effects.engine.open();
		if (!opened.ok) return opened;
		return commitTable(
			{
				name: onto.value?.name ?? input.name,
				onto: onto.value,
				message: input.message ?? (onto.value ? `Replace rows by a query` : `Save a query`),
				table: written.value,
				rejects: null,
				lineage: {
					operation: 'sql',
					source: null,
					options: null,
					sql: input.sql,
					inputs: bound.value.inputs,
					engine: opened.value.version
				}
			},
			effects
		);
	});
}

async function datasetToExtend(
	{ name, whenTaken }: SaveQueryInput,
	effects: Effects
): Promise<Result<Dataset | null, RunSqlFailure>> {
	const parsed = parseDatasetName(name);
	if (!parsed.ok) return parsed;
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	const holder = datasets.value.find((dataset) => dataset.name.toLowerCase() === name.toLowerCase());
	if (holder && whenTaken === 'refuse') return err({ kind: 'name-taken', name });
	return ok(holder ?? null);
}
