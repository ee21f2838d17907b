// What may stand in each block of a report: the shapes that its YAML is read by. `static/schemas/report.json` is made from them, and a test keeps it so.
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { chartTypes, grains, inputTypes } from './report.ts';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));
const span = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(12));
const one = v.union([text, v.number()]);
const several = v.union([text, v.pipe(v.array(text), v.minLength(1), v.maxLength(12))]);
const source = v.pipe(text, v.description('A query of the report, or a dataset as SQL names it: sensors, sensors@v3'));
const column = v.pipe(text, v.description('A column'));
const measure = v.pipe(
	text,
	v.description('A column, or count(), sum(c), avg(c), min(c), max(c), median(c), distinct(c)')
);

const annotation = v.strictObject({
	x: v.optional(one),
	y: v.optional(one),
	to: v.optional(one),
	text: v.optional(v.pipe(v.string(), v.maxLength(200)))
});

export const chartSchema = v.strictObject({
	type: v.picklist(chartTypes),
	from: source,
	x: v.optional(column),
	y: v.optional(v.pipe(several, v.description('One measure or several'))),
	shapes: v.optional(
		v.pipe(
			text,
			v.description('Own regions: a query or dataset with a column geometry of GeoJSON, as an import of it gives')
		)
	),
	shape_key: v.optional(
		v.pipe(text, v.description('The column of the shapes that names each as x does; otherwise called as x is'))
	),
	color: v.optional(column),
	facet: v.optional(column),
	size: v.optional(measure),
	grain: v.optional(v.picklist(grains)),
	bins: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(200))),
	stack: v.optional(v.boolean()),
	horizontal: v.optional(v.boolean()),
	points: v.optional(v.boolean()),
	order: v.optional(v.picklist(['x', 'y', '-y'])),
	limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000))),
	title: v.optional(text),
	subtitle: v.optional(text),
	caption: v.optional(text),
	x_label: v.optional(text),
	y_label: v.optional(text),
	unit: v.optional(text),
	x_format: v.optional(text),
	y_format: v.optional(text),
	scale: v.optional(v.picklist(['linear', 'log', 'sqrt'])),
	zero: v.optional(v.boolean()),
	annotations: v.optional(v.pipe(v.array(annotation), v.maxLength(50))),
	brush: v.optional(v.picklist(['x', 'y', 'xy', 'none'])),
	height: v.optional(v.pipe(v.number(), v.integer(), v.minValue(80), v.maxValue(1200))),
	span: v.optional(span)
});

export const tableSchema = v.strictObject({
	from: source,
	columns: v.optional(
		v.pipe(
			v.array(v.union([column, v.strictObject({ column, label: v.optional(text), format: v.optional(text) })])),
			v.minLength(1),
			v.maxLength(200)
		)
	),
	order: v.optional(v.pipe(several, v.description('Columns; -name is from the greatest on'))),
	limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000))),
	title: v.optional(text),
	span: v.optional(span)
});

export const metricSchema = v.strictObject({
	from: source,
	value: measure,
	compare: v.optional(measure),
	label: v.optional(text),
	unit: v.optional(text),
	format: v.optional(text),
	better: v.optional(v.picklist(['more', 'less'])),
	span: v.optional(span)
});

const inputValue = v.union([
	text,
	v.number(),
	v.array(text),
	v.strictObject({ from: v.optional(one), to: v.optional(one) })
]);

export const inputSchema = v.strictObject({
	type: v.picklist(inputTypes),
	from: v.optional(source),
	column: v.optional(column),
	options: v.optional(v.pipe(v.array(one), v.minLength(1), v.maxLength(1000))),
	label: v.optional(text),
	value: v.optional(inputValue),
	multiple: v.optional(v.boolean()),
	span: v.optional(span)
});

export const headSchema = v.strictObject({
	title: v.optional(text),
	description: v.optional(text),
	layout: v.optional(v.picklist(['page', 'dashboard']))
});

export const yamlBlocks = { chart: chartSchema, table: tableSchema, metric: metricSchema, input: inputSchema } as const;
export type YamlBlockKind = keyof typeof yamlBlocks;
export type GivenBlock<Kind extends YamlBlockKind> = v.InferOutput<(typeof yamlBlocks)[Kind]>;

/** A schema for each block, and for the head of the text, under its name. */
export function reportJsonSchema(): Readonly<Record<string, unknown>> {
	const defs = Object.entries({ head: headSchema, ...yamlBlocks }).map(([name, schema]) => {
		const { $schema: _, ...shape } = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' });
		return [name, shape];
	});
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		$id: '/schemas/report.json',
		title: 'Weir report',
		description:
			'What the fenced blocks of a report hold, each under the word behind its fence, and the head of the text.',
		definitions: Object.fromEntries(defs)
	};
}
