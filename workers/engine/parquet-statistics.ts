// Null counts and bounds of columns, from the footers of Parquet files.
import { inBatches } from '#core/batches.ts';
import { quoteText } from '#core/sql/quote.ts';
import { typeFamily } from '#core/sql/types.ts';
import type { Column, ColumnStatistics } from '#core/version/version.ts';
import type { Duck } from './duck.ts';
import type { Job } from './job.ts';

/** DuckDB nests a UNION, and refuses what is nested a thousand times. */
const COLUMNS_AT_ONCE = 500;

/** `list` is the files as read_parquet takes them. A bound that one row group lacks though it has values is unknown. */
export async function statisticsOf(
	duck: Duck,
	connection: number,
	list: string,
	schema: readonly Column[],
	job: Job
): Promise<ColumnStatistics[]> {
	if (schema.length === 0) return [];
	const bound = (which: 'min' | 'max', type: string): string =>
		['nested', 'other'].includes(typeFamily(type))
			? `NULL AS ${which}, false AS has_${which}`
			: `CAST(${which}(TRY_CAST(stats_${which}_value AS ${type})) AS VARCHAR) AS ${which},
				bool_and(stats_${which}_value IS NOT NULL OR coalesce(stats_null_count = num_values, false)) AS has_${which}`;
	// A nested column's parts are named by a path below its own name, and tell nothing about the column as a whole.
	const parts = schema.map(
		({ name, type }, index) =>
			`SELECT ${index} AS nth, CASE WHEN count(*) = count(stats_null_count) THEN CAST(sum(stats_null_count) AS DOUBLE) END AS nulls,
				${bound('min', type)}, ${bound('max', type)}
			 FROM chunks WHERE path_in_schema = ${quoteText(name)}`
	);
	// The footers are read once for many columns, not for each.
	const chunks = `SELECT path_in_schema, num_values, stats_null_count, stats_min_value, stats_max_value FROM parquet_metadata(${list})`;
	const rows: Record<string, unknown>[] = [];
	for (const some of inBatches(parts, COLUMNS_AT_ONCE)) {
		const sql = `WITH chunks AS MATERIALIZED (${chunks}) FROM (${some.join(' UNION ALL ')}) ORDER BY nth`;
		rows.push(...(await duck.rows(connection, sql, job)));
	}
	return schema.map(({ name }, index) => {
		const row = rows[index];
		const boundOf = (which: 'min' | 'max'): string | null => {
			const value = row?.[which];
			return row?.[`has_${which}`] === true && typeof value === 'string' ? value : null;
		};
		return {
			column: name,
			nullCount: typeof row?.nulls === 'number' ? row.nulls : null,
			min: boundOf('min'),
			max: boundOf('max')
		};
	});
}
