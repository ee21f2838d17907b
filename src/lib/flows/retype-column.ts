// Changes a column's type after import: a new version whose values are cast, never a silent loss.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { layoutOf, writerOf } from '../core/version/layout.ts';
import { commitTable, type Committed } from './commit-table.ts';
import { cutAfter } from './cut-after.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { runSql, runInput, bindSql, type RunSqlFailure } from './run-sql.ts';

export type RetypeInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly column: string;
	/** A DuckDB type, such as `INTEGER` or `DECIMAL(18,2)`. */
	readonly type: string;
	/** What happens to values that are not of the type. */
	readonly onMisfit: 'refuse' | 'null';
};

export type RetypeFailure =
	| RunSqlFailure
	| { readonly kind: 'unknown-column'; readonly column: string }
	| { readonly kind: 'unknown-type'; readonly type: string }
	| ValuesDoNotFit;

export type ValuesDoNotFit = {
	readonly kind: 'values-do-not-fit';
	readonly column: string;
	readonly type: string;
	readonly misfits: number;
	readonly examples: readonly string[];
};

/** A type is a name with optional parameters and brackets; anything else would be SQL in disguise. */
const TYPE_PATTERN = /^[A-Za-z][A-Za-z0-9_ ]*(\(\s*\d+\s*(,\s*\d+\s*)?\))?(\[\d*\])*$/;

export async function retypeColumn(input: RetypeInput, effects: Effects): Promise<Result<Committed, RetypeFailure>> {
	const { item, column, type } = input;
	if (!item.version.schema.some(({ name }) => name === column)) return err({ kind: 'unknown-column', column });
	if (!TYPE_PATTERN.test(type)) return err({ kind: 'unknown-type', type });
	const [table, cell] = [quoteName(item.dataset.name), quoteName(column)];
	return asJob(effects.jobs, `Change ${column} to ${type}`, undefined, async (job) => {
		if (input.onMisfit === 'refuse') {
			const fits = await countMisfits(input, table, cell, effects);
			if (!fits.ok) return fits;
		}
		const sql = `SELECT * REPLACE (TRY_CAST(${cell} AS ${type}) AS ${cell}) FROM ${table}`;
		const bound = await bindSql(sql, effects);
		if (!bound.ok) return bound;
		const writer = writerOf(layoutOf(item.version));
		const written = await effects.engine.write({ ...runInput(input, bound.value), writer }, (rowCount) =>
			job.progress({ rowCount })
		);
		if (!written.ok) return written;
		const cut = await cutAfter({ id: input.id, table: written.value, key: [], earlier: item.version }, job, effects);
		if (!cut.ok) return cut;
		return commitTable(
			{
				name: item.dataset.name,
				onto: item.dataset,
				message: `Change ${column} to ${type}`,
				table: cut.value,
				rejects: null,
				lineage: {
					operation: 'retype',
					source: null,
					options: null,
					sql,
					inputs: [item.version.id],
					parameters: { column, type, onMisfit: input.onMisfit },
					engine: item.version.lineage.engine
				}
			},
			effects
		);
	});
}

async function countMisfits(
	{ id, column, type }: RetypeInput,
	table: string,
	cell: string,
	effects: Effects
): Promise<Result<void, RetypeFailure>> {
	const misfit = `${cell} IS NOT NULL AND TRY_CAST(${cell} AS ${type}) IS NULL`;
	const sql = `SELECT count(*) AS misfits, (list(DISTINCT ${cell}::VARCHAR))[:5] AS examples FROM ${table} WHERE ${misfit}`;
	const counted = await runSql({ id, sql }, effects);
	if (!counted.ok) return counted;
	const bytes = await effects.engine.arrow(id);
	await effects.engine.release(id);
	if (!bytes.ok) return bytes;
	const row = decodeRows(bytes.value)[0];
	const misfits = Number(row?.['misfits'] ?? 0);
	if (misfits === 0) return ok(undefined);
	const examples = Array.isArray(row?.['examples']) ? row['examples'].map(String) : [];
	return err({ kind: 'values-do-not-fit', column, type, misfits, examples });
}
