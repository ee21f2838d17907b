// Writes a dataset in another way, as a new version with the same values: narrower columns, another codec, an order.
import type { ResultId } from '../core/ids.ts';
import { err, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { chosenLayout, layoutOf, layoutWords, writerOf, type LayoutChoices } from '../core/version/layout.ts';
import { orderedRowsSql } from '../core/version/layout-sql.ts';
import { isNarrowing, type Narrowed } from '../core/version/narrow.ts';
import { commitTable, type Committed } from './commit-table.ts';
import { cutAfter } from './cut-after.ts';
import type { Effects } from './effects.ts';
import { proveNarrowings } from './find-narrowings.ts';
import { asJob } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { unknownColumn } from './propose-layout.ts';
import type { ValuesDoNotFit } from './retype-column.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type ApplyLayoutInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	/** None writes the table anew, as it is. */
	readonly choices: LayoutChoices;
	readonly message?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type ApplyLayoutFailure =
	| RunSqlFailure
	| { readonly kind: 'unknown-column'; readonly column: string }
	/** No type that stores the column's values in less room. */
	| { readonly kind: 'unknown-type'; readonly type: string }
	| ValuesDoNotFit;

const TABLE_VIEW = '@table';

export async function applyLayout(
	input: ApplyLayoutInput,
	effects: Effects
): Promise<Result<Committed, ApplyLayoutFailure>> {
	const { id, item, choices } = input;
	const { version, dataset } = item;
	const unknown = unknownColumn(version, choices);
	if (unknown !== null) return err({ kind: 'unknown-column', column: unknown });
	const narrowed = (choices.narrow ?? []).map(({ name, type }): Narrowed => {
		return { name, narrow: type, wide: version.schema.find((column) => column.name === name)?.type ?? '' };
	});
	const wrong = narrowed.find(({ wide, narrow }) => !isNarrowing(wide, narrow));
	if (wrong) return err({ kind: 'unknown-type', type: wrong.narrow });
	return asJob(effects.jobs, `Store ${dataset.name} in another way`, input.signal, async (job) => {
		const layout = chosenLayout(layoutOf(version), choices, version.schema);
		const work = new SegmentWork(id, job, effects);
		const table = quoteName(TABLE_VIEW);
		const relations = [{ name: TABLE_VIEW, version: version.id, rows: 'data' }] as const;
		const misfit = await proveNarrowings({ table, relations }, narrowed, work);
		if (misfit) return err(misfit);
		const schema = version.schema.map(({ name, type }) => ({
			name,
			type: narrowed.find((column) => column.name === name)?.narrow ?? type
		}));
		const sql = orderedRowsSql(table, schema, choices.order ?? []);
		const { rowCount } = version.table;
		const written = await whileCancellable(id, job.signal, effects, () =>
			effects.engine.write({ id, sql, params: [], relations, writer: writerOf(layout) }, (done) =>
				job.progress({ rowCount: done, fraction: rowCount > 0 ? done / rowCount : null })
			)
		);
		if (!written.ok) return written;
		// Where columns are narrowed and nothing else is done, the others keep their parts if they are cut alike.
		const isNarrowedAlone = Object.keys(choices).every((choice) => choice === 'narrow') && narrowed.length > 0;
		const key = version.primaryKey ?? [];
		const earlier = isNarrowedAlone ? version : null;
		const cut = await cutAfter({ id, table: written.value, key, earlier, writer: layout }, job, effects);
		if (!cut.ok) return cut;
		const opened = await effects.engine.open();
		if (!opened.ok) return opened;
		if (job.signal.aborted) return err({ kind: 'cancelled' });
		return commitTable(
			{
				name: dataset.name,
				onto: dataset,
				message: input.message ?? layoutWords(choices),
				table: cut.value,
				rejects: null,
				lineage: {
					operation: 'layout',
					source: null,
					options: null,
					sql: null,
					inputs: [version.id],
					engine: opened.value.version,
					parameters: choices
				},
				primaryKey: key,
				layout
			},
			effects
		);
	});
}
