// Says which columns tell the rows of a dataset apart: a new version with the same rows.
import type { ResultId } from '../core/ids.ts';
import { err, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { commitComposed, type Committed } from './commit-table.ts';
import { composeTable } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork, type KeyNotUnique } from './segment-work.ts';

export type SetKeyInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	/** None takes the key away. */
	readonly key: readonly string[];
	readonly signal?: AbortSignal | undefined;
};

export type SetKeyFailure = RunSqlFailure | { readonly kind: 'unknown-column'; readonly column: string } | KeyNotUnique;

const TABLE_VIEW = '@table';

export async function setKey(
	{ id, item, key, signal }: SetKeyInput,
	effects: Effects
): Promise<Result<Committed, SetKeyFailure>> {
	const { dataset, version } = item;
	const unknown = key.find((name) => !version.schema.some((column) => column.name === name));
	if (unknown !== undefined) return err({ kind: 'unknown-column', column: unknown });
	return asJob(effects.jobs, `Set the key of ${dataset.name}`, signal, async (job) => {
		if (key.length > 0) {
			const relation = { name: TABLE_VIEW, version: version.id, rows: 'data' } as const;
			const where = { table: quoteName(TABLE_VIEW), where: dataset.name, key };
			const failure = await new SegmentWork(id, job, effects).checkKey(where, [relation]);
			if (failure) return err(failure);
		}
		const idKey = await effects.store.idKey(effects.makeIdKey);
		if (!idKey.ok) return idKey;
		const kept = { kind: 'kept', segments: version.table.segments } as const;
		const table = await composeTable(
			{ id, base: version, schema: version.schema, pieces: [kept] },
			idKey.value,
			effects
		);
		if (!table.ok) return table;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		return commitComposed(
			{
				name: dataset.name,
				onto: dataset,
				message: key.length > 0 ? `Rows are told apart by ${key.join(', ')}` : 'Rows have no key',
				schema: version.schema,
				table: table.value,
				rejects: null,
				lineage: {
					operation: 'key',
					source: null,
					options: null,
					sql: null,
					inputs: [version.id],
					parameters: { key },
					engine: version.lineage.engine
				},
				primaryKey: key
			},
			effects
		);
	});
}
