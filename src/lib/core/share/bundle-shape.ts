// The JSON of a bundle as a schema: strict, bounded, and the same types as the blocks of a report. It is held to what is drawn by the
// compiler: a block that gains a field does not compile until this says what it may be.
import * as v from 'valibot';
import type { CellType, EditionTable } from '../report/edition.ts';
import {
	aggregates,
	chartTypes,
	grains,
	inputTypes,
	type BlockSpan,
	type ChartBlock,
	type InputBlock,
	type MetricBlock,
	type QueryBlock,
	type TableBlock
} from '../report/report.ts';
import type { ProseNode } from '../report/prose.ts';
import { bundleLimits, type BundleSource } from './bundle.ts';
import { filtersShape, oldFiltersShape } from './filter-shape.ts';

const name = v.pipe(v.string(), v.maxLength(bundleLimits.nameLength));
const text = v.pipe(v.string(), v.maxLength(bundleLimits.textLength));
const maybe = v.nullable(name);
const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const timeMs = v.pipe(v.number(), v.integer(), v.minValue(-8.64e15), v.maxValue(8.64e15));
const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const span = v.custom<BlockSpan>(
	(input) => typeof input === 'number' && Number.isInteger(input) && input >= 1 && input <= 12
);

const measure = v.variant('kind', [
	v.strictObject({ kind: v.literal('column'), column: name }),
	v.strictObject({ kind: v.literal('aggregate'), aggregate: v.picklist(aggregates), column: maybe })
]);

const cellTypes = ['number', 'text', 'boolean', 'date', 'time'] as const satisfies readonly CellType[];

/** Each list is looked through once, by hand: a schema for each cell would take longer than the download. */
const values = v.custom<EditionTable['columns'][number]['values']>(
	(input) =>
		Array.isArray(input) &&
		input.every(
			(cell) =>
				cell === null ||
				typeof cell === 'boolean' ||
				typeof cell === 'number' ||
				(typeof cell === 'string' && cell.length <= bundleLimits.textLength)
		)
);
const column = v.strictObject({ name, type: v.picklist(cellTypes), values });
const table = v.pipe(
	v.strictObject({ rowCount: count, columns: v.pipe(v.array(column), v.maxLength(bundleLimits.columns)) }),
	v.check(({ rowCount, columns }) => columns.every((one) => one.values.length === rowCount))
);

const shown = v.variant('ok', [
	v.strictObject({
		ok: v.literal(true),
		table,
		totalRows: count,
		sources: v.pipe(v.array(count), v.maxLength(bundleLimits.sources))
	}),
	v.strictObject({ ok: v.literal(false) })
]);

const prose = v.strictObject({
	kind: v.literal('prose'),
	/** Looked at apart: see prose-check.ts. */
	node: v.custom<ProseNode>((given) => typeof given === 'object' && given !== null),
	values: v.pipe(v.array(v.strictObject({ format: maybe, shown })), v.maxLength(10_000))
});

const query = v.strictObject({
	kind: v.literal('query'),
	name,
	sql: text,
	isShown: v.literal(true)
}) satisfies v.GenericSchema<Wire<QueryBlock>>;

const place = v.union([finite, name]);
const chart = v.strictObject({
	kind: v.literal('chart'),
	type: v.picklist(chartTypes),
	x: maybe,
	y: v.pipe(v.array(measure), v.maxLength(100)),
	color: maybe,
	facet: maybe,
	size: v.nullable(measure),
	grain: v.nullable(v.picklist(grains)),
	bins: v.nullable(v.pipe(count, v.maxValue(10_000))),
	isStacked: v.boolean(),
	isHorizontal: v.boolean(),
	hasPoints: v.boolean(),
	order: v.picklist(['x', 'y', '-y']),
	limit: v.nullable(count),
	title: maybe,
	subtitle: maybe,
	caption: maybe,
	xLabel: maybe,
	yLabel: maybe,
	unit: maybe,
	xFormat: maybe,
	yFormat: maybe,
	yScale: v.picklist(['linear', 'log', 'sqrt']),
	isFromZero: v.boolean(),
	annotations: v.pipe(
		v.array(v.strictObject({ axis: v.picklist(['x', 'y']), from: place, to: v.nullable(place), text: name })),
		v.maxLength(1000)
	),
	brush: v.picklist(['x', 'y', 'xy', 'none']),
	height: v.nullable(v.pipe(finite, v.minValue(1), v.maxValue(10_000))),
	span
}) satisfies v.GenericSchema<Omit<Wire<ChartBlock>, 'shapes'>>;

const tableBlock = v.strictObject({
	kind: v.literal('table'),
	columns: v.nullable(
		v.pipe(v.array(v.strictObject({ column: name, label: maybe, format: maybe })), v.maxLength(bundleLimits.columns))
	),
	order: v.pipe(
		v.array(v.strictObject({ column: name, isDescending: v.boolean() })),
		v.maxLength(bundleLimits.columns)
	),
	limit: count,
	title: maybe,
	span
}) satisfies v.GenericSchema<Wire<TableBlock>>;

const metric = v.strictObject({
	kind: v.literal('metric'),
	value: measure,
	compare: v.nullable(measure),
	label: maybe,
	unit: maybe,
	format: maybe,
	better: v.nullable(v.picklist(['more', 'less'])),
	span
}) satisfies v.GenericSchema<Wire<MetricBlock>>;

const inputValue = v.union([
	v.null(),
	text,
	finite,
	v.pipe(v.array(text), v.maxLength(10_000)),
	v.strictObject({ from: v.nullable(v.union([text, finite])), to: v.nullable(v.union([text, finite])) })
]);
const input = v.strictObject({
	kind: v.literal('input'),
	name,
	type: v.picklist(inputTypes),
	column: maybe,
	label: maybe,
	value: inputValue,
	isMultiple: v.boolean(),
	span
}) satisfies v.GenericSchema<Omit<Wire<InputBlock>, 'options'>>;

const blockShape = v.variant('kind', [
	prose,
	query,
	v.strictObject({ ...chart.entries, shown, shapes: v.optional(table) }),
	v.strictObject({ ...tableBlock.entries, shown }),
	v.strictObject({ ...metric.entries, shown }),
	input
]);

const source = v.strictObject({
	name,
	number: v.nullable(count),
	rowCount: count,
	committedAtMs: timeMs,
	version: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
	contentHash: v.nullable(hex),
	fileHash: v.nullable(hex)
}) satisfies v.GenericSchema<BundleSource>;

export const bundleShape = v.strictObject({
	/** 2 has filters, each of a chart by itself; 3 has filters that hold together, and of inputs, or shapes, or both. */
	format: v.picklist(['weir/share/v1', 'weir/share/v2', 'weir/share/v3']),
	title: maybe,
	description: v.nullable(text),
	layout: v.picklist(['page', 'dashboard']),
	renderedAtMs: timeMs,
	sources: v.pipe(v.array(source), v.maxLength(bundleLimits.sources)),
	blocks: v.pipe(v.array(blockShape), v.maxLength(bundleLimits.blocks)),
	filters: v.optional(v.lazy((given) => (Array.isArray(given) ? oldFiltersShape : filtersShape)))
});

/** What of a block is in a bundle: not where it stands, nor what it is of. */
type Wire<Block> = Omit<Block, 'place' | 'from'>;
export type WireBundle = v.InferOutput<typeof bundleShape>;
export type WireBlock = WireBundle['blocks'][number];
export type WireShown = v.InferOutput<typeof shown>;
