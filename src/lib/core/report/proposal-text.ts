// What proposals of charts are made of, and what a chosen one is in the text of a report.
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { kindOf, valueSql } from './column-sql.ts';
import { measureText } from './parse-measure.ts';
import type { ProposedChart, ProposedColumn } from './propose-charts.ts';
import { writeBlock } from './report-text.ts';

/** One row of facts about columns, under names that `readColumnFacts` knows. */
export function columnFactsSql(columns: readonly Column[]): string {
	const parts = columns.flatMap((column, at) => {
		const name = quoteName(column.name);
		const { sql } = valueSql(column);
		const ends = kindOf(column) === 'category' ? [] : [`min(${sql}) AS "low${at}"`, `max(${sql}) AS "high${at}"`];
		return [
			`CAST(approx_count_distinct(CAST(${name} AS VARCHAR)) AS DOUBLE) AS "distinct${at}"`,
			`CAST(count(*) FILTER (WHERE ${name} IS NULL) AS DOUBLE) AS "nulls${at}"`,
			...ends
		];
	});
	return ['CAST(count(*) AS DOUBLE) AS "rows"', ...parts].join(', ');
}

export function readColumnFacts(
	row: Readonly<Record<string, unknown>>,
	columns: readonly Column[]
): readonly ProposedColumn[] {
	const number = (name: string): number | null => {
		const value = row[name];
		return typeof value === 'number' && Number.isFinite(value) ? value : null;
	};
	const rows = number('rows') ?? 0;
	return columns.map(({ name, type }, at) => ({
		name,
		type,
		distinct: number(`distinct${at}`) ?? 0,
		nullRatio: rows === 0 ? 1 : (number(`nulls${at}`) ?? 0) / rows,
		low: number(`low${at}`),
		high: number(`high${at}`)
	}));
}

export function proposalText({ block, title }: ProposedChart, from: string): string {
	const y = block.y.map(measureText);
	return writeBlock('chart', {
		type: block.type,
		from,
		x: block.x ?? undefined,
		y: y.length === 0 ? undefined : y.length === 1 ? y[0] : y,
		color: block.color ?? undefined,
		facet: block.facet ?? undefined,
		horizontal: block.isHorizontal ? true : undefined,
		title
	});
}
