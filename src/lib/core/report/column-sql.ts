// A column of a block in SQL: as a value, in steps of time or in bins, and what is made of many. Everything leaves as DOUBLE, BOOLEAN or VARCHAR; times as UTC epoch milliseconds.
import { nearest } from '../nearest.ts';
import { err, ok, type Result } from '../result.ts';
import { quoteName, quoteText, quoteValue } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import type { Bins } from './bins.ts';
import type { CellType } from './edition.ts';
import type { Grain, Measure } from './report.ts';

export type ColumnFailure =
	| {
			readonly kind: 'no-such-column';
			readonly column: string;
			readonly from: string;
			readonly nearest: string | null;
			readonly known: readonly string[];
	  }
	/** Where a number is needed. */
	| { readonly kind: 'not-numbers'; readonly column: string; readonly type: string };

/** `sql` is an expression over the rows. */
export type ColumnSql = { readonly sql: string; readonly type: CellType };

export type Kind = 'number' | 'date' | 'category';

export function findColumn(name: string, columns: readonly Column[], from: string): Result<Column, ColumnFailure> {
	const found =
		columns.find((column) => column.name === name) ??
		columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
	if (found) return ok(found);
	const known = columns.map((column) => column.name);
	return err({ kind: 'no-such-column', column: name, from, nearest: nearest(name, known), known });
}

export function kindOf({ type }: Column): Kind {
	const family = typeFamily(type);
	return family === 'number' ? 'number' : family === 'date' ? 'date' : 'category';
}

export function isWholeNumber({ type }: Column): boolean {
	return /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$/.test(type);
}

/** The value as it is; a number as the nearest double. */
export function valueSql(column: Column): ColumnSql {
	const name = quoteName(column.name);
	switch (typeFamily(column.type)) {
		case 'number':
			return { sql: `CAST(${name} AS DOUBLE)`, type: 'number' };
		case 'boolean':
			return { sql: name, type: 'boolean' };
		case 'date':
			return { sql: momentSql(name), type: column.type === 'DATE' ? 'date' : 'time' };
		default:
			return { sql: `CAST(${name} AS VARCHAR)`, type: 'text' };
	}
}

/** What rows are told apart by on an axis. */
export function dimensionSql(
	column: Column,
	{ grain, bins }: { readonly grain: Grain | null; readonly bins: Bins | null }
): ColumnSql {
	const name = quoteName(column.name);
	const kind = kindOf(column);
	if (kind === 'number' && bins) return { sql: binSql(`CAST(${name} AS DOUBLE)`, bins), type: 'number' };
	if (kind === 'number') return valueSql(column);
	if (kind === 'date' && grain) {
		const isDay = column.type === 'DATE' || (grain !== 'minute' && grain !== 'hour');
		// DuckDB 1.4 takes date_trunc of a column with nulls for one without: they become groups that are not null.
		const moment = momentSql(`date_trunc(${quoteText(grain)}, ${name})`);
		return { sql: `CASE WHEN ${name} IS NOT NULL THEN ${moment} END`, type: isDay ? 'date' : 'time' };
	}
	return kind === 'date' ? valueSql(column) : { sql: `CAST(${name} AS VARCHAR)`, type: 'text' };
}

/** The beginning of the bin; the highest value belongs to the last one. What is no finite number is in none. */
export function binSql(expression: string, { start, step, count }: Bins): string {
	const number = `least(floor((${expression} - ${quoteValue(start)}) / ${quoteValue(step)}), ${count - 1})`;
	return `CASE WHEN isfinite(${expression}) THEN ${quoteValue(start)} + ${number} * ${quoteValue(step)} END`;
}

export function measureSql(
	measure: Measure,
	columns: readonly Column[],
	from: string
): Result<ColumnSql, ColumnFailure> {
	if (measure.kind === 'column') {
		const column = findColumn(measure.column, columns, from);
		return column.ok ? ok(valueSql(column.value)) : column;
	}
	const { aggregate } = measure;
	if (measure.column === null) return ok({ sql: 'CAST(count(*) AS DOUBLE)', type: 'number' });
	const found = findColumn(measure.column, columns, from);
	if (!found.ok) return found;
	const column = found.value;
	const name = quoteName(column.name);
	if (aggregate === 'count') return ok({ sql: `CAST(count(${name}) AS DOUBLE)`, type: 'number' });
	if (aggregate === 'distinct') return ok({ sql: `CAST(count(DISTINCT ${name}) AS DOUBLE)`, type: 'number' });
	const kind = kindOf(column);
	if ((aggregate === 'min' || aggregate === 'max') && kind !== 'number') {
		const value = valueSql(column);
		return ok({ sql: `${aggregate}(${value.sql})`, type: value.type });
	}
	if (kind !== 'number') return err({ kind: 'not-numbers', column: column.name, type: column.type });
	return ok({ sql: `CAST(${aggregate}(CAST(${name} AS DOUBLE)) AS DOUBLE)`, type: 'number' });
}

function momentSql(expression: string): string {
	return `CAST(epoch_ms(CAST(${expression} AS TIMESTAMP)) AS DOUBLE)`;
}
