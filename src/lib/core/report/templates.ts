// Whole reports from a dataset: what its columns are decides what stands in them.
import { quoteName } from '../sql/quote.ts';
import type { Column, ColumnStatistics } from '../version/version.ts';
import { kindOf } from './column-sql.ts';

export type TemplateInput = {
	readonly dataset: string;
	readonly columns: readonly Column[];
	readonly statistics: readonly ColumnStatistics[];
};

export type ReportTemplate = {
	readonly id: 'series' | 'overview' | 'dashboard';
	readonly title: string;
	readonly about: string;
	readonly nameOf: (dataset: string) => string;
	readonly textOf: (input: TemplateInput) => string;
	/** Null where the dataset has what it needs. */
	readonly missing: (columns: readonly Column[]) => string | null;
};

export const reportTemplates: readonly ReportTemplate[] = [
	{
		id: 'series',
		title: 'A metric over time',
		about: 'A time series of one number and a histogram of its distribution.',
		nameOf: (dataset) => `${dataset} over time`,
		textOf: seriesText,
		missing: (columns) =>
			dateOf(columns) && numbersOf(columns)[0] ? null : 'It needs a column of dates and one of numbers.'
	},
	{
		id: 'overview',
		title: 'Overview of a dataset',
		about: 'How many rows, how numbers are distributed, what categories there are, and the first rows.',
		nameOf: (dataset) => `${dataset} overview`,
		textOf: overviewText,
		missing: () => null
	},
	{
		id: 'dashboard',
		title: 'Dashboard',
		about: 'Charts on a grid with inputs that filter all of them.',
		nameOf: (dataset) => `${dataset} dashboard`,
		textOf: dashboardText,
		missing: () => null
	}
];

function seriesText({ dataset, columns }: TemplateInput): string {
	const date = dateOf(columns)?.name ?? 'date';
	const number = numbersOf(columns)[0]?.name ?? 'value';
	const group = categoriesOf(columns)[0]?.name;
	const from = `from: ${yaml(dataset)}`;
	return [
		head({ title: `${number} over time`, description: `Made from ${dataset}.` }),
		`${value('count', dataset, null, ',')} rows; the mean of ${number} is **${value('avg', dataset, number, ',.2f')}**.\n`,
		`## ${number} by time\n`,
		block('chart', [
			'type: line',
			from,
			`x: ${yaml(date)}`,
			`y: ${yaml(`avg(${named(number)})`)}`,
			...(group === undefined ? [] : [`color: ${yaml(group)}`]),
			`title: ${yaml(`Mean of ${number}`)}`
		]),
		`## Its distribution\n`,
		block('chart', ['type: histogram', from, `x: ${yaml(number)}`, `title: ${yaml(`How often ${number} is how high`)}`])
	].join('\n');
}

function overviewText({ dataset, columns }: TemplateInput): string {
	const from = `from: ${yaml(dataset)}`;
	const numbers = numbersOf(columns).slice(0, 4);
	const categories = categoriesOf(columns).slice(0, 3);
	const date = dateOf(columns);
	const metrics = [
		block('metric', [from, 'value: count()', 'label: Rows', 'format: ","']),
		...numbers
			.slice(0, 3)
			.map(({ name }) =>
				block('metric', [
					from,
					`value: ${yaml(`avg(${named(name)})`)}`,
					`label: ${yaml(`Mean of ${name}`)}`,
					'format: ",.3~f"'
				])
			)
	];
	const charts = [
		...(date
			? [
					block('chart', [
						'type: area',
						from,
						`x: ${yaml(date.name)}`,
						'y: count()',
						`title: ${yaml(`Rows over ${date.name}`)}`
					])
				]
			: []),
		...numbers.map(({ name }) =>
			block('chart', ['type: histogram', from, `x: ${yaml(name)}`, `title: ${yaml(name)}`, 'span: 6', 'height: 220'])
		),
		...categories.map(({ name }) =>
			block('chart', [
				'type: bar',
				from,
				`x: ${yaml(name)}`,
				'y: count()',
				'horizontal: true',
				'order: -y',
				'limit: 12',
				`title: ${yaml(`Rows by ${name}`)}`,
				'span: 6'
			])
		)
	];
	return [
		head({ title: `${dataset} at a glance`, description: `${columns.length} columns.` }),
		...metrics,
		'## Distributions\n',
		...charts,
		'## First rows\n',
		block('table', [from, 'limit: 10'])
	].join('\n');
}

function dashboardText({ dataset, columns }: TemplateInput): string {
	const from = `from: ${yaml(dataset)}`;
	const numbers = numbersOf(columns);
	const categories = categoriesOf(columns);
	const date = dateOf(columns);
	const first = numbers[0];
	const inputs = [
		...categories
			.slice(0, 2)
			.map(({ name }, at) =>
				block(`input choice${at + 1}`, [
					'type: select',
					from,
					`column: ${yaml(name)}`,
					`label: ${yaml(name)}`,
					'multiple: true'
				])
			),
		...(date
			? [block('input period', ['type: date', from, `column: ${yaml(date.name)}`, `label: ${yaml(date.name)}`])]
			: [])
	];
	return [
		head({ title: dataset, layout: 'dashboard' }),
		...inputs,
		block('metric', [from, 'value: count()', 'label: Rows', 'format: ","']),
		...(first
			? [
					block('metric', [
						from,
						`value: ${yaml(`avg(${named(first.name)})`)}`,
						`label: ${yaml(`Mean of ${first.name}`)}`,
						'format: ",.3~f"'
					])
				]
			: []),
		...(date
			? [
					block('chart', [
						'type: area',
						from,
						`x: ${yaml(date.name)}`,
						'y: count()',
						'title: Rows over time',
						'span: 12',
						'height: 200'
					])
				]
			: []),
		...numbers
			.slice(0, 4)
			.map(({ name }) => block('chart', ['type: histogram', from, `x: ${yaml(name)}`, `title: ${yaml(name)}`])),
		...categories
			.slice(0, 2)
			.map(({ name }) =>
				block('chart', [
					'type: bar',
					from,
					`x: ${yaml(name)}`,
					'y: count()',
					'horizontal: true',
					'order: -y',
					'limit: 12',
					`title: ${yaml(name)}`
				])
			)
	].join('\n');
}

function head(entries: Readonly<Record<string, string>>): string {
	return `---\n${Object.entries(entries)
		.map(([key, text]) => `${key}: ${yaml(text)}`)
		.join('\n')}\n---\n`;
}

function block(fence: string, lines: readonly string[]): string {
	return `\`\`\`${fence}\n${lines.join('\n')}\n\`\`\`\n`;
}

function value(aggregate: string, dataset: string, column: string | null, format: string): string {
	const inside = [dataset, ...(column === null ? [] : [column])].map((name) =>
		/[\s."()@]/.test(name) ? quoteName(name) : name
	);
	return `{{ ${aggregate}(${inside.join('.')}) | ${format} }}`;
}

function named(column: string): string {
	return /[()"]/.test(column) ? quoteName(column) : column;
}

/** A text that YAML reads as that text. */
function yaml(text: string): string {
	return /^[A-Za-z_][\w ().-]*$/.test(text) &&
		!/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) &&
		!text.endsWith(' ')
		? text
		: JSON.stringify(text);
}

function dateOf(columns: readonly Column[]): Column | undefined {
	return columns.find((column) => kindOf(column) === 'date');
}

/** Numbers that say something: ids come last. */
function numbersOf(columns: readonly Column[]): readonly Column[] {
	const isId = ({ name }: Column): boolean => /(^|_)(id|key|code|zip)$/i.test(name);
	const numbers = columns.filter((column) => kindOf(column) === 'number');
	return [...numbers.filter((one) => !isId(one)), ...numbers.filter(isId)];
}

function categoriesOf(columns: readonly Column[]): readonly Column[] {
	return columns.filter((column) => kindOf(column) === 'category' && /^(VARCHAR|BOOLEAN|ENUM)/.test(column.type));
}
