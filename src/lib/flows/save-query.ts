// Keeps a query's rows as a dataset: a new one, or the next version of one, with the SQL and its inputs in the lineage.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { parseDatasetName } from '../core/version/dataset-name.ts';
import { keptLayout, layoutOf, writerOf } from '../core/version/layout.ts';
import type { Lineage, LineageParameters } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import { commitTable, type CheckpointOf, type Committed } from './commit-table.ts';
import { cutAfter, keptKey } from './cut-after.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { layOut } from './lay-out.ts';
import { AS_IT_IS, optimiseWritten } from './optimise-written.ts';
import { findDataset, type CatalogueItem } from './list-datasets.ts';
import { withPredictions, type Predicted } from './predict-sql.ts';
import { atOriginal, bindSql, runInput, whileCancellable, type RunSqlFailure } from './run-sql.ts';
import type { ServeFailure } from './serve-model.ts';

export type SaveQueryInput = {
	readonly id: ResultId;
	readonly name: string;
	readonly sql: string;
	/** A taken name is refused, or the rows become that dataset's next version. */
	readonly whenTaken: 'refuse' | 'new-version';
	/** Columns that tell rows apart; left out, the dataset's key stays. */
	readonly primaryKey?: readonly string[] | undefined;
	readonly message?: string | undefined;
	/** Columns are narrowed where nothing is lost by it. */
	readonly optimise?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly checkpoint?: CheckpointOf | undefined;
	/** Of a recipe: its version, and a query for the rows it refuses. */
	readonly made?: Pick<Lineage, 'operation' | 'recipe'> & {
		readonly rejectsSql: string | null;
		/** Where the query reads what was made of other versions before: what is told instead, and of which versions besides. */
		readonly told?: Pick<Lineage, 'inputs'> & { readonly sql: string; readonly parameters: LineageParameters };
	};
};

export type SaveQueryFailure =
	RunSqlFailure | ServeFailure | { readonly kind: 'unknown-column'; readonly column: string };

/** `savedBytes` is what narrowing saved; 0 when that was not asked for. */
export type SavedQuery = Committed & { readonly savedBytes: number };

export async function saveQuery(
	input: SaveQueryInput,
	effects: Effects
): Promise<Result<SavedQuery, SaveQueryFailure>> {
	const bind = (sql: string) => bindSql(sql, effects);
	return withPredictions(input, bind, effects, (predicted) => savePredicted(input, predicted, effects));
}

async function savePredicted(
	input: SaveQueryInput,
	predicted: Predicted,
	effects: Effects
): Promise<Result<SavedQuery, SaveQueryFailure>> {
	const onto = await datasetToExtend(input, effects);
	if (!onto.ok) return onto;
	return asJob(effects.jobs, `Save ${input.name}`, input.signal, async (job) => {
		const bound = await bindSql(predicted.sql, effects);
		if (!bound.ok) return atOriginal(bound, predicted);
		const inputs = [...new Set([...(input.made?.told?.inputs ?? []), ...predicted.inputs, ...bound.value.inputs])];
		const earlier = onto.value?.version ?? null;
		const writer = writerOf(layoutOf(earlier));
		const written = await whileCancellable(input.id, job.signal, effects, () =>
			effects.engine.write({ ...runInput(input, bound.value), writer }, (rowCount) => job.progress({ rowCount }))
		);
		if (!written.ok) return atOriginal(atOriginal(written, bound.value), predicted);
		const { schema } = written.value;
		const unknown = input.primaryKey?.find((name) => !schema.some((column) => column.name === name));
		if (unknown !== undefined) return err({ kind: 'unknown-column', column: unknown });
		const kept = keptLayout(earlier, schema);
		const laid = await layOut({ id: input.id, table: written.value, from: writer, layout: kept }, job, effects);
		if (!laid.ok) return laid;
		const given = { id: input.id, table: laid.value, from: writer, layout: kept };
		const optimised = input.optimise ? await optimiseWritten(given, job, effects) : ok({ ...given, ...AS_IT_IS });
		if (!optimised.ok) return optimised;
		const { table, layout, choices, savedBytes } = optimised.value;
		const cut = await cutAfter(
			{ id: input.id, table, key: input.primaryKey ?? keptKey(earlier, schema), earlier },
			job,
			effects
		);
		if (!cut.ok) return cut;
		const rejects = await writeRejects(input, job.signal, effects);
		if (!rejects.ok) return rejects;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		const opened = await effects.engine.open();
		if (!opened.ok) return opened;
		const committed = await commitTable(
			{
				name: onto.value?.dataset.name ?? input.name,
				onto: onto.value?.dataset ?? null,
				message: input.message ?? (onto.value ? `Replace rows by a query` : `Save a query`),
				table: cut.value,
				rejects: rejects.value,
				lineage: {
					operation: input.made?.operation ?? 'sql',
					source: null,
					options: null,
					sql: input.made?.told?.sql ?? input.sql,
					inputs,
					parameters: {
						replace: onto.value !== null,
						...(input.primaryKey ? { key: input.primaryKey } : {}),
						...choices,
						...(predicted.models.length > 0 ? { models: predicted.models.map((one) => ({ ...one })) } : {}),
						...input.made?.told?.parameters
					},
					...(input.made?.recipe === undefined ? {} : { recipe: input.made.recipe }),
					engine: opened.value.version
				},
				layout,
				...(input.primaryKey ? { primaryKey: input.primaryKey } : {}),
				checkpoint: input.checkpoint
			},
			effects
		);
		return committed.ok ? ok({ ...committed.value, savedBytes }) : committed;
	});
}

async function writeRejects(
	{ id, made }: SaveQueryInput,
	signal: AbortSignal,
	effects: Effects
): Promise<Result<WrittenTable | null, RunSqlFailure>> {
	const sql = made?.rejectsSql ?? null;
	if (sql === null) return ok(null);
	const bound = await bindSql(sql, effects);
	if (!bound.ok) return bound;
	const written = await whileCancellable(id, signal, effects, () =>
		effects.engine.write(runInput({ id }, bound.value), () => undefined)
	);
	if (!written.ok) return written;
	return ok(written.value.rowCount === 0 ? null : written.value);
}

async function datasetToExtend(
	{ name, whenTaken }: SaveQueryInput,
	effects: Effects
): Promise<Result<CatalogueItem | null, RunSqlFailure>> {
	const parsed = parseDatasetName(name);
	if (!parsed.ok) return parsed;
	const holder = await findDataset(name, effects);
	if (!holder.ok) return holder.error.kind === 'unknown-dataset' ? ok(null) : holder;
	return whenTaken === 'refuse' ? err({ kind: 'name-taken', name }) : holder;
}
