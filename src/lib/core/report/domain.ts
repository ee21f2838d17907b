// How far the values of columns go, asked once for all blocks over the same rows before any filter: bins and axes stay where they are then.
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { findColumn, kindOf, valueSql } from './column-sql.ts';
import type { Block } from './report.ts';

/** Numbers as they are, times in UTC epoch milliseconds; null where there is no value. */
export type Domain = { readonly low: number | null; readonly high: number | null };
export type Domains = { readonly rowCount: number; readonly of: ReadonlyMap<string, Domain> };

/** Columns whose ends the blocks over `from` need. */
export function domainColumns(blocks: readonly Block[], from: string): readonly string[] {
	const wanted = new Set<string>();
	for (const block of blocks) {
		if (!('from' in block) || block.from?.toLowerCase() !== from.toLowerCase()) continue;
		if (block.kind === 'chart') {
			if (block.x !== null) wanted.add(block.x);
			const isPlane = block.type === 'scatter' || block.type === 'heatmap' || block.type === 'points';
			if (isPlane) for (const y of block.y) if (y.kind === 'column') wanted.add(y.column);
		}
		if (block.kind === 'input' && block.column !== null && (block.type === 'range' || block.type === 'date'))
			wanted.add(block.column);
	}
	return [...wanted];
}

/** Columns that are not there, or have no order on an axis, are left out: the block that names them says so. */
export function domainSql(wanted: readonly string[], columns: readonly Column[], from: string): string {
	const parts = ['CAST(count(*) AS DOUBLE) AS "rows"'];
	for (const name of wanted) {
		const column = findColumn(name, columns, from);
		if (!column.ok || kindOf(column.value) === 'category') continue;
		const { sql } = valueSql(column.value);
		const finite = kindOf(column.value) === 'number' ? `CASE WHEN isfinite(${sql}) THEN ${sql} END` : sql;
		parts.push(`min(${finite}) AS ${quoteName(`low ${name}`)}`, `max(${finite}) AS ${quoteName(`high ${name}`)}`);
	}
	return parts.join(', ');
}

export function readDomains(row: Readonly<Record<string, unknown>>, wanted: readonly string[]): Domains {
	const number = (value: unknown): number | null =>
		typeof value === 'number' && Number.isFinite(value) ? value : null;
	return {
		rowCount: number(row['rows']) ?? 0,
		of: new Map(wanted.map((name) => [name, { low: number(row[`low ${name}`]), high: number(row[`high ${name}`]) }]))
	};
}
