// From a block's YAML, once its shape is known, to the block: defaults filled in, measures read, and what a type cannot do without.
import type { Path } from '../document/yaml-text.ts';
import { err, ok, type Result } from '../result.ts';
import type { GivenBlock, YamlBlockKind } from './block-schemas.ts';
import { parseMeasure } from './parse-measure.ts';
import type {
	Annotation,
	Block,
	BlockPlace,
	BlockSpan,
	ChartBlock,
	ChartType,
	InputBlock,
	InputValue,
	Measure,
	MetricBlock,
	ReportLayout,
	TableBlock
} from './report.ts';

type Fault = { readonly path: Path } & (
	| { readonly code: 'bad-measure'; readonly value: string }
	| { readonly code: 'needs'; readonly key: string; readonly type: string }
	| { readonly code: 'out-of-range'; readonly value: string; readonly rule: string }
);
type Around = { readonly name: string; readonly place: BlockPlace; readonly layout: ReportLayout };
type Lowered<B> = Result<B, readonly Fault[]>;

export function lowerBlock(kind: YamlBlockKind, given: GivenBlock<YamlBlockKind>, around: Around): Lowered<Block> {
	// The kind's own schema has just read it.
	switch (kind) {
		case 'chart':
			return lowerChart(given as GivenBlock<'chart'>, around);
		case 'table':
			return lowerTable(given as GivenBlock<'table'>, around);
		case 'metric':
			return lowerMetric(given as GivenBlock<'metric'>, around);
		case 'input':
			return lowerInput(given as GivenBlock<'input'>, around);
	}
}

/** What each type cannot do without. */
const needed: Readonly<Record<ChartType, readonly ('x' | 'y')[]>> = {
	line: ['x', 'y'],
	area: ['x', 'y'],
	bar: ['x'],
	histogram: ['x'],
	scatter: ['x', 'y'],
	heatmap: ['x', 'y'],
	box: ['y'],
	points: ['x', 'y'],
	regions: ['x']
};

const COUNT: Measure = { kind: 'aggregate', aggregate: 'count', column: null };

function lowerChart(given: GivenBlock<'chart'>, { place, layout }: Around): Lowered<ChartBlock> {
	const faults: Fault[] = [];
	for (const key of needed[given.type])
		if (given[key] === undefined) faults.push({ path: [], code: 'needs', key, type: given.type });
	for (const key of ['shapes', 'shape_key'] as const)
		if (given[key] !== undefined && given.type !== 'regions')
			faults.push({ path: [key], code: 'needs', key: 'type: regions', type: key });
	if (given.shape_key !== undefined && given.shapes === undefined)
		faults.push({ path: ['shape_key'], code: 'needs', key: 'shapes', type: 'shape_key' });
	const texts = given.y === undefined ? [] : typeof given.y === 'string' ? [given.y] : given.y;
	const y = texts.map((text, at) => measureAt(text, typeof given.y === 'string' ? ['y'] : ['y', at], faults));
	const size = given.size === undefined ? null : measureAt(given.size, ['size'], faults);
	const annotations = (given.annotations ?? []).map((one, at): Annotation => {
		const axis = one.x === undefined ? 'y' : 'x';
		const from = one[axis];
		if (from === undefined)
			faults.push({ path: ['annotations', at], code: 'needs', key: 'x or y', type: 'an annotation' });
		return { axis, from: from ?? 0, to: one.to ?? null, text: one.text ?? '' };
	});
	if (faults.length > 0) return err(faults);
	const isBar = given.type === 'bar';
	return ok({
		kind: 'chart',
		type: given.type,
		from: given.from,
		x: given.x ?? null,
		y: y.length > 0 || given.type === 'histogram' ? y : [COUNT],
		shapes: given.shapes === undefined ? null : { from: given.shapes, key: given.shape_key ?? given.x ?? '' },
		color: given.color ?? null,
		facet: given.facet ?? null,
		size,
		grain: given.grain ?? null,
		bins: given.bins ?? null,
		isStacked: given.stack ?? (isBar || given.type === 'area'),
		isHorizontal: given.horizontal ?? false,
		hasPoints: given.points ?? false,
		order: given.order ?? 'x',
		limit: given.limit ?? null,
		title: given.title ?? null,
		subtitle: given.subtitle ?? null,
		caption: given.caption ?? null,
		xLabel: given.x_label ?? null,
		yLabel: given.y_label ?? null,
		unit: given.unit ?? null,
		xFormat: given.x_format ?? null,
		yFormat: given.y_format ?? null,
		yScale: given.scale ?? 'linear',
		isFromZero: given.zero ?? (isBar || given.type === 'area' || given.type === 'histogram'),
		annotations,
		brush: given.brush ?? (layout === 'dashboard' ? brushOf(given.type) : 'none'),
		height: given.height ?? null,
		span: spanOf(given.span, layout === 'dashboard' ? 6 : 12),
		place
	});
}

function brushOf(type: ChartType): ChartBlock['brush'] {
	if (type === 'scatter' || type === 'heatmap') return 'xy';
	return type === 'box' || type === 'points' || type === 'regions' ? 'none' : 'x';
}

function lowerTable(given: GivenBlock<'table'>, { place }: Around): Lowered<TableBlock> {
	const order = given.order === undefined ? [] : typeof given.order === 'string' ? [given.order] : given.order;
	return ok({
		kind: 'table',
		from: given.from,
		columns:
			given.columns?.map((one) =>
				typeof one === 'string'
					? { column: one, label: null, format: null }
					: { column: one.column, label: one.label ?? null, format: one.format ?? null }
			) ?? null,
		order: order.map((text) => ({ column: text.replace(/^-/, ''), isDescending: text.startsWith('-') })),
		limit: given.limit ?? 100,
		title: given.title ?? null,
		span: spanOf(given.span, 12),
		place
	});
}

function lowerMetric(given: GivenBlock<'metric'>, { place }: Around): Lowered<MetricBlock> {
	const faults: Fault[] = [];
	const value = measureAt(given.value, ['value'], faults);
	const compare = given.compare === undefined ? null : measureAt(given.compare, ['compare'], faults);
	if (faults.length > 0) return err(faults);
	return ok({
		kind: 'metric',
		from: given.from,
		value,
		compare,
		label: given.label ?? null,
		unit: given.unit ?? null,
		format: given.format ?? null,
		better: given.better ?? null,
		span: spanOf(given.span, 3),
		place
	});
}

function lowerInput(given: GivenBlock<'input'>, { name, place }: Around): Lowered<InputBlock> {
	const faults: Fault[] = [];
	const { type } = given;
	if (given.column !== undefined && given.from === undefined)
		faults.push({ path: [], code: 'needs', key: 'from', type });
	if (given.from !== undefined && given.column === undefined)
		faults.push({ path: [], code: 'needs', key: 'column', type });
	if (type === 'select' && given.from === undefined && given.options === undefined)
		faults.push({ path: [], code: 'needs', key: 'from and column, or options', type });
	const isSpan = type === 'range' || type === 'date';
	const value = valueOf(given.value);
	if (value !== null && isSpan !== (typeof value === 'object' && !Array.isArray(value)))
		faults.push({
			path: ['value'],
			code: 'out-of-range',
			value: JSON.stringify(given.value),
			rule: isSpan ? 'from and to' : 'a text or a number'
		});
	if (faults.length > 0) return err(faults);
	return ok({
		kind: 'input',
		name,
		type,
		from: given.from ?? null,
		column: given.column ?? null,
		options: (given.options ?? []).map(String),
		label: given.label ?? null,
		value,
		isMultiple: given.multiple ?? false,
		span: spanOf(given.span, 3),
		place
	});
}

function valueOf(given: GivenBlock<'input'>['value']): InputValue {
	if (given === undefined) return null;
	if (typeof given !== 'object' || Array.isArray(given)) return given;
	return { from: given.from ?? null, to: given.to ?? null };
}

function measureAt(text: string, path: Path, faults: Fault[]): Measure {
	const measure = parseMeasure(text);
	if (!measure) faults.push({ path, code: 'bad-measure', value: text });
	return measure ?? COUNT;
}

function spanOf(given: number | undefined, otherwise: BlockSpan): BlockSpan {
	// The schema keeps it whole and between 1 and 12.
	return (given ?? otherwise) as BlockSpan;
}
