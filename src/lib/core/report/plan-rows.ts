// From tables, metrics, numbers in prose and inputs to their queries.
import { ok, type Result } from '../result.ts';
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { groupValue } from './groups.ts';
import { findColumn, measureSql, valueSql, type ColumnFailure } from './column-sql.ts';
import type { Domains } from './domain.ts';
import type { BlockPlan, OutputColumn } from './plan-chart.ts';
import type { InputBlock, Measure, TableBlock } from './report.ts';

type Over = { readonly columns: readonly Column[]; readonly from: string; readonly domains: Domains };
const plain = { series: null, keys: [], xStep: null, yStep: null, groups: null } as const;
const CHOICES_MAX = 1000;

export function planTable(block: TableBlock, { columns, from }: Over): Result<BlockPlan, ColumnFailure> {
	const asked = block.columns?.map(({ column }) => column) ?? columns.map(({ name }) => name);
	const shown: BlockPlan['keys'][number][] = [];
	for (const name of asked) {
		const column = findColumn(name, columns, from);
		if (!column.ok) return column;
		shown.push({ name: column.value.name, ...valueSql(column.value) });
	}
	const parts = shown.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`);
	const orders: string[] = [];
	for (const { column: name, isDescending } of block.order) {
		const column = findColumn(name, columns, from);
		if (!column.ok) return column;
		orders.push(`r.${quoteName(column.value.name)}${isDescending ? ' DESC' : ''} NULLS LAST`);
	}
	const order = orders.length > 0 ? ` ORDER BY ${orders.join(', ')}` : '';
	return ok({
		...plain,
		columns: shown.map(({ name, type }) => ({ name, type })),
		keys: shown,
		sql: (rows) =>
			`SELECT ${parts.join(', ')}, CAST(count(*) OVER () AS DOUBLE) AS "@total" FROM ${rows} AS r${order} LIMIT ${block.limit}`
	});
}

/** One row; a column's value is that of the first one. */
export function planValues(
	values: readonly { readonly name: string; readonly measure: Measure }[],
	{ columns, from }: Over
): Result<BlockPlan, ColumnFailure> {
	const shown: OutputColumn[] = [];
	const parts: string[] = [];
	for (const { name, measure } of values) {
		const value = measureSql(measure, columns, from);
		if (!value.ok) return value;
		const { sql, type } = value.value;
		parts.push(`${measure.kind === 'column' ? `first(${sql})` : sql} AS ${quoteName(name)}`);
		shown.push({ name, type });
	}
	const merged = values.flatMap(({ name, measure }) => groupValue(name, measure, columns, from) ?? []);
	const groups =
		merged.length === values.length
			? { keys: [], values: merged, whole: [], rank: null, limit: 1, total: 'groups' as const }
			: null;
	return ok({
		...plain,
		groups,
		columns: shown,
		sql: (rows) => `SELECT ${parts.join(', ')}, 1.0 AS "@total" FROM ${rows}`
	});
}

export type ColumnEnds = {
	readonly low: number | null;
	readonly high: number | null;
	readonly type: 'number' | 'date' | 'time';
};

/** What there is to choose: values with how many rows have them, or the two ends. */
export function planInput(
	block: InputBlock,
	{ columns, from, domains }: Over
): Result<BlockPlan | ColumnEnds, ColumnFailure> {
	const column = findColumn(block.column ?? '', columns, from);
	if (!column.ok) return column;
	if (block.type === 'range' || block.type === 'date') {
		const { low = null, high = null } = domains.of.get(block.column ?? '') ?? {};
		const { type } = valueSql(column.value);
		return ok({ low, high, type: type === 'date' || type === 'time' ? type : 'number' });
	}
	const value = `CAST(${quoteName(column.value.name)} AS VARCHAR)`;
	return ok({
		...plain,
		columns: [
			{ name: 'value', type: 'text' },
			{ name: 'rows', type: 'number' }
		],
		groups: {
			keys: [{ name: 'value', type: 'text', sql: value }],
			values: [{ name: 'rows', type: 'number', merge: 'count', sql: null }],
			whole: ['value'],
			rank: { by: 'most', limit: CHOICES_MAX },
			limit: CHOICES_MAX,
			total: 'groups'
		},
		sql: (rows) =>
			`SELECT "value", "rows", CAST(count(*) OVER () AS DOUBLE) AS "@total" FROM (SELECT ${value} AS "value", CAST(count(*) AS DOUBLE) AS "rows" FROM ${rows} GROUP BY ALL) WHERE "value" IS NOT NULL ORDER BY "rows" DESC, "value" LIMIT ${CHOICES_MAX}`
	});
}
