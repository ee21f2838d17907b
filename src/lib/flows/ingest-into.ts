// New rows into a dataset that is there already: added, put in the place of all others, or taken in by key.
import type { IngestOverrides, PreviewNote } from '../core/ingest/options.ts';
import { err, ok, type Result } from '../core/result.ts';
import { historyColumns } from '../core/version/history-sql.ts';
import { USUAL_WRITER, keptLayout } from '../core/version/layout.ts';
import type { Column } from '../core/version/version.ts';
import { wideSchema } from '../core/version/widen.ts';
import { commitTable, type Committed } from './commit-table.ts';
import { cutAfter, keptKey } from './cut-after.ts';
import type { Effects } from './effects.ts';
import { readSource, sourceName, type ReadSource } from './ingest-source.ts';
import { Intake, intakeParameters, matchingKey, type IngestIntoFailure, type IngestIntoInput } from './intake.ts';
import { asJob } from './jobs.ts';
import { layOut } from './lay-out.ts';
import { findDataset } from './list-datasets.ts';

/** `readCount` rows came from the source, whatever became of them. */
export type TakenIn = Committed & { readonly readCount: number; readonly notes: readonly PreviewNote[] };

export async function ingestInto(
	input: IngestIntoInput,
	effects: Effects
): Promise<Result<TakenIn, IngestIntoFailure>> {
	const found = await findDataset(input.into, effects);
	if (!found.ok) return found;
	const item = found.value;
	if (input.mode !== 'replace') {
		const key = matchingKey(input, item.version);
		if (input.mode === 'upsert' && key.length === 0) return err({ kind: 'no-key' });
		const needed = input.history ? [...key, ...historyColumns] : key;
		const unknown = needed.find((name) => !item.version.schema.some((column) => column.name === name));
		if (unknown !== undefined) return err({ kind: 'unknown-column', column: unknown });
	}
	const label = `Import ${sourceName(input.source)} into ${item.dataset.name}`;
	return asJob(effects.jobs, label, input.signal, async (job) => {
		const overrides = input.mode === 'replace' ? input.overrides : withTypes(input.overrides, wideSchema(item.version));
		const read = await readSource({ source: input.source, overrides }, job, effects);
		if (!read.ok) return read;
		if (input.mode === 'replace') {
			const message = input.message ?? `Replace all rows by ${sourceName(input.source)}`;
			const { schema } = read.value.table;
			const key = input.key.length > 0 ? input.key : keptKey(item.version, schema);
			const missing = key.find((name) => !schema.some((column) => column.name === name));
			if (missing !== undefined) return err({ kind: 'unknown-column', column: missing });
			const layout = keptLayout(item.version, schema);
			const laid = await layOut({ id: input.id, table: read.value.table, from: USUAL_WRITER, layout }, job, effects);
			if (!laid.ok) return laid;
			const cut = await cutAfter({ id: input.id, table: laid.value, key, earlier: item.version }, job, effects);
			if (!cut.ok) return cut;
			const { name } = item.dataset;
			const { checkpoint } = input;
			const committed = await commitTable(
				{
					...read.value,
					lineage: { ...read.value.lineage, parameters: intakeParameters(input, key) },
					table: cut.value,
					name,
					onto: item.dataset,
					message,
					primaryKey: key,
					checkpoint
				},
				effects
			);
			return withReadCount(committed, read.value);
		}
		return withReadCount(await new Intake(input, item, read.value, job, effects).commit(), read.value);
	});
}

function withReadCount<E>(committed: Result<Committed, E>, { table, notes }: ReadSource): Result<TakenIn, E> {
	return committed.ok ? ok({ ...committed.value, readCount: table.rowCount, notes }) : committed;
}

/** A column of the dataset is read as its type, so that what does not fit is told line by line. */
export function withTypes(overrides: IngestOverrides, schema: readonly Column[]): IngestOverrides {
	const types = Object.fromEntries(schema.map(({ name, type }) => [name, type]));
	return { ...overrides, types: { ...types, ...overrides.types } };
}
