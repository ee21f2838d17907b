// Reports of the rows of a dataset: a metric over time, an overview, a dashboard.
import type { Column } from '../version/version.ts';
import { kindOf } from './column-sql.ts';
import { COLOURS_MAX, type ProposedColumn } from './propose-charts.ts';
import { writeBlock, writeColumn, writeHead, writeValue, type Fields } from './report-text.ts';
import type { TemplateInput } from './templates.ts';

/** A column, with how many values it has. */
export type Dimension = Pick<ProposedColumn, 'name' | 'distinct'>;

/** Values that a chart of rows by a column shows. */
const BARS = 12;
/** On average, at least. */
const ROWS_A_VALUE = 2;

export function seriesText({ dataset, columns, dimensions, version }: TemplateInput): string {
	const date = dateOf(columns)?.name ?? 'date';
	const number = numbersOf(columns)[0]?.name ?? 'value';
	const from = sourceOf(dataset, version);
	return [
		writeHead({ title: `${number} over time`, description: `Made from ${from}.` }),
		`${writeValue('count', from, null, ',')} rows; the mean of ${number} is **${writeValue('avg', from, number, ',.2f')}**.\n`,
		`## ${number} by time\n`,
		writeBlock('chart', {
			type: 'line',
			from,
			x: date,
			y: `avg(${writeColumn(number)})`,
			color: dimensions.find(({ distinct }) => distinct <= COLOURS_MAX)?.name,
			title: `Mean of ${number}`
		}),
		`## Its distribution\n`,
		histogram(from, number, { title: `How often ${number} is how high` })
	].join('\n');
}

export function overviewText({ dataset, columns, dimensions, version }: TemplateInput): string {
	const from = sourceOf(dataset, version);
	const numbers = measuresOf(columns).slice(0, 4);
	const half = { span: 6 };
	return [
		writeHead({ title: `${dataset} at a glance`, description: `${columns.length} columns.` }),
		...figuresOf(from, numbers),
		'## Distributions\n',
		...rowsOverTime(from, columns, (date) => ({ title: `Rows over ${date}` })),
		...numbers.map(({ name }) => histogram(from, name, { title: name, ...half, height: 220 })),
		...dimensions.slice(0, 3).map(({ name }) => rowsBy(from, name, { title: `Rows by ${name}`, ...half })),
		'## First rows\n',
		writeBlock('table', { from, columns: chosen(columns), limit: 10 })
	].join('\n');
}

export function dashboardText({ dataset, columns, dimensions, version }: TemplateInput): string {
	const from = sourceOf(dataset, version);
	const numbers = measuresOf(columns);
	const categories = dimensions.slice(0, 2);
	const date = dateOf(columns)?.name;
	const inputs = { span: evenSpan(categories.length + (date === undefined ? 0 : 1)) };
	return [
		writeHead({ title: dataset, layout: 'dashboard' }),
		...categories.map(({ name }, at) =>
			writeBlock(`input choice${at + 1}`, {
				type: 'select',
				from,
				column: name,
				label: name,
				multiple: true,
				...inputs
			})
		),
		...(date === undefined
			? []
			: [writeBlock('input period', { type: 'date', from, column: date, label: date, ...inputs })]),
		...figuresOf(from, numbers),
		...rowsOverTime(from, columns, () => ({ title: 'Rows over time', span: 12, height: 200 })),
		...numbers.slice(0, 4).map(({ name }) => histogram(from, name, { title: name })),
		...categories.map(({ name }) => rowsBy(from, name, { title: name }))
	].join('\n');
}

/** As SQL names it. */
export function sourceOf(dataset: string, version: number | null): string {
	return version === null ? dataset : `${dataset}@v${version}`;
}

export function rowCount(from: string, look: Fields = {}): string {
	return writeBlock('metric', { from, value: 'count()', label: 'Rows', format: ',', ...look });
}

/** How many rows, and the means of the first numbers: one row of the page, filled. */
function figuresOf(from: string, numbers: readonly Column[]): readonly string[] {
	const means = numbers.slice(0, 3);
	const look = { span: evenSpan(means.length + 1) };
	return [
		rowCount(from, look),
		...means.map(({ name }) =>
			writeBlock('metric', {
				from,
				value: `avg(${writeColumn(name)})`,
				label: `Mean of ${name}`,
				format: ',.3~f',
				...look
			})
		)
	];
}

/** Of at most four blocks that fill a row. */
function evenSpan(count: number): number {
	return 12 / Math.max(1, count);
}

function rowsOverTime(from: string, columns: readonly Column[], look: (date: string) => Fields): readonly string[] {
	const date = dateOf(columns)?.name;
	return date === undefined ? [] : [writeBlock('chart', { type: 'area', from, x: date, y: 'count()', ...look(date) })];
}

function histogram(from: string, column: string, look: Fields): string {
	return writeBlock('chart', { type: 'histogram', from, x: column, ...look });
}

function rowsBy(from: string, column: string, look: Fields): string {
	return writeBlock('chart', {
		type: 'bar',
		from,
		x: column,
		y: 'count()',
		horizontal: true,
		order: '-y',
		limit: BARS,
		...look
	});
}

/** Of many columns the table shows all, of which there may be others by then. */
function chosen(columns: readonly Column[]): readonly string[] | undefined {
	return columns.length > 0 && columns.length <= 30 ? columns.map(({ name }) => name) : undefined;
}

export function dateOf(columns: readonly Column[]): Column | undefined {
	return columns.find((column) => kindOf(column) === 'date');
}

/** Numbers that say something: ids come last. */
export function numbersOf(columns: readonly Column[]): readonly Column[] {
	const numbers = columns.filter((column) => kindOf(column) === 'number');
	return [...numbers.filter((one) => !isId(one)), ...numbers.filter(isId)];
}

/** Numbers of which a mean says something, where there are any. */
function measuresOf(columns: readonly Column[]): readonly Column[] {
	const numbers = numbersOf(columns);
	const measures = numbers.filter((one) => !isId(one));
	return measures.length === 0 ? numbers : measures;
}

function isId({ name }: Column): boolean {
	return /(^|_)(id|key|code|zip)$/i.test(name);
}

/** Columns that may be dimensions, for what their type says. */
export function categoriesOf(columns: readonly Column[]): readonly Column[] {
	return columns.filter((column) => kindOf(column) === 'category' && /^(VARCHAR|BOOLEAN|ENUM)/.test(column.type));
}

/**
 * Those that group rows: more than one value, and each in several rows, which ids and names of single things have not. First come
 * those of which a chart shows every value; `distinct` may be an estimate.
 */
export function dimensionsOf(
	facts: readonly (Dimension & Pick<ProposedColumn, 'nullRatio'>)[],
	rows: number
): readonly Dimension[] {
	const grouping = facts.filter(
		({ distinct, nullRatio }) => distinct >= 2 && distinct * ROWS_A_VALUE <= rows * (1 - nullRatio)
	);
	const isShownWhole = ({ distinct }: Dimension): boolean => distinct <= BARS;
	return [...grouping.filter(isShownWhole), ...grouping.filter((one) => !isShownWhole(one))];
}
