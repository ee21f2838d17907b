// From an edition to what is shared of it: nothing stays that its readers do not see.
import type { Edition, EditionBlock, EditionSource, EditionTable, RegionShapes, Shown } from '../report/edition.ts';
import { categoryName, chartTable } from '../report/chart-table.ts';
import { areasOf, shapeFinder } from '../report/region-shapes.ts';
import type { BlockPlace, ChartBlock, InputValue, Measure, TableBlock } from '../report/report.ts';
import { invariant } from '../result.ts';
import type { Bundle, NotShared, SourceHashes } from './bundle.ts';
import type { SharedFilters } from './shared-filter.ts';

/** Where a block stands in a text that readers do not have. */
export const NOWHERE: BlockPlace = { line: 1, column: 1, from: 0, to: 0 };

const notRendered: Shown<NotShared> = { ok: false, failure: { kind: 'not-rendered' } };

/** `hashesOf` says what is known of a source's version; `filters` name blocks as the edition numbers them. */
export function minimiseEdition(
	edition: Edition,
	hashesOf: (source: EditionSource) => SourceHashes,
	filters: SharedFilters | null = null
): Bundle {
	const { title, report, description, layout, renderedAtMs } = edition;
	const used = [...new Set(edition.blocks.flatMap(sourcesOf))]
		.filter((at) => edition.sources[at] !== undefined)
		.toSorted((a, b) => a - b);
	const sources = used.flatMap((at) => {
		const source = edition.sources[at];
		if (!source) return [];
		const { name, version, number, rowCount, committedAtMs } = source;
		return [{ name, number, rowCount, committedAtMs, version, ...hashesOf(source) }];
	});
	const atOf = (at: number): readonly number[] => {
		const there = used.indexOf(at);
		return there < 0 ? [] : [there];
	};
	const parts = edition.blocks.map((block) => minimiseBlock(block, atOf));
	const blocks = parts.flat();
	const places = parts.map((part, at) => (part.length === 0 ? null : parts.slice(0, at).flat().length));
	const hasHeading = blocks.some(
		({ block }) => block.kind === 'prose' && block.node.kind === 'heading' && block.node.depth === 1
	);
	const bundle = { title: title ?? (hasHeading ? null : report), description, layout, renderedAtMs, sources, blocks };
	return filters ? { ...bundle, filters: movedFilters(filters, places) } : bundle;
}

/** Blocks that can be filtered are all shown: only queries are left out. */
function movedFilters({ sources, cubes }: SharedFilters, places: readonly (number | null)[]): SharedFilters {
	const placeOf = (at: number): number => {
		const place = places[at] ?? null;
		invariant(place !== null, 'what filters, and what is filtered, is shown');
		return place;
	};
	return {
		sources: sources.map((one) => ({ ...one, at: placeOf(one.at), left: one.left.flatMap((at) => places[at] ?? []) })),
		cubes: cubes.map((one) => ({ ...one, at: placeOf(one.at) }))
	};
}

/** As rows of an input, what was chosen: there is nothing else to choose from. */
export function chosenOf(value: InputValue): Shown<NotShared> {
	const values = typeof value === 'string' || typeof value === 'number' ? [value] : isList(value) ? value : [];
	const columns = values.length === 0 ? [] : [{ name: 'value', type: 'text' as const, values: values.map(String) }];
	const table = { rowCount: values.length, columns };
	return { ok: true, table, totalRows: values.length, sources: [], sql: null, elapsedMs: 0 };
}

function isList(value: InputValue): value is readonly string[] {
	return Array.isArray(value);
}

function sourcesOf(one: EditionBlock): readonly number[] {
	// An input's own rows are not shared: only what was chosen.
	if (isQuery(one) || isInput(one)) return [];
	const shown = isProse(one) ? one.values : [one.shown];
	return shown.flatMap((each) => (each.ok ? each.sources : []));
}

/** Of a region that no row is of, readers see the outline and no name. */
function shapesShown({ table }: RegionShapes, shown: EditionTable): RegionShapes {
	const areas = areasOf(table);
	const find = shapeFinder(areas.map(({ key }) => key));
	const { x } = chartTable(shown);
	const named = new Set(x?.values.map((value) => find(categoryName(value, x))));
	const columns = [
		{ name: 'key', type: 'text' as const, values: areas.map(({ key }, at) => (named.has(at) ? key : null)) },
		{ name: 'shape', type: 'text' as const, values: areas.map(({ area }) => JSON.stringify(area)) }
	];
	return sharedShapes({ rowCount: areas.length, columns });
}

/** Which rows had no outline is not told. */
export function sharedShapes(table: EditionTable): RegionShapes {
	const unread = { noGeometry: 0, noArea: 0, beyond: 0 };
	return { table, rowCount: table.rowCount, unread };
}

type AtOf = (at: number) => readonly number[];

function minimiseBlock(one: EditionBlock, atOf: AtOf): readonly EditionBlock<NotShared>[] {
	if (isProse(one)) {
		const { node, values } = one.block;
		const unnamed = values.map(({ format }) => ({ from: '', value: column('value'), format }));
		return [
			{
				block: { kind: 'prose', node, values: unnamed, place: NOWHERE },
				values: one.values.map((shown) => minimiseShown(shown, ['value'], 1, atOf))
			}
		];
	}
	if (isQuery(one)) {
		const { name, sql, isShown } = one.block;
		return isShown
			? [{ block: { kind: 'query', name, sql, isShown, place: NOWHERE }, table: null, failure: null }]
			: [];
	}
	if (isInput(one)) {
		const { block, value } = one;
		// What may be chosen elsewhere is nothing that readers choose, and of its names they see one.
		const label = block.label ?? block.column ?? block.name;
		const named = { ...block, name: 'input', column: null, label };
		const chosen = { ...named, from: null, options: [], value, place: NOWHERE };
		return [{ block: chosen, shown: chosenOf(value), value }];
	}
	if (isTable(one)) {
		const { block, shown } = one;
		const kept = keptColumns(block, shown);
		const order = block.order.filter((by) => kept === null || kept.includes(by.column));
		return [
			{
				block: { ...block, from: '', order, place: NOWHERE },
				shown: minimiseShown(shown, kept, block.limit, atOf)
			}
		];
	}
	if (isMetric(one)) {
		const { block, shown } = one;
		const compare = block.compare && column('compare');
		const value = block.label === null ? block.value : column('value');
		return [
			{
				block: { ...block, from: '', value, compare, place: NOWHERE },
				shown: minimiseShown(shown, ['value', ...(compare ? ['compare'] : [])], 1, atOf)
			}
		];
	}
	const block = { ...one.block, ...labelled(one.block), from: '', shapes: null, place: NOWHERE };
	const drawn = { block, shown: minimiseShown(one.shown, null, Infinity, atOf) };
	return [one.shown.ok && one.shapes ? { ...drawn, shapes: shapesShown(one.shapes, one.shown.table) } : drawn];
}

/** Behind a label nobody sees what its column is called. */
function labelled({ x, xLabel, y, yLabel }: ChartBlock): Pick<ChartBlock, 'x' | 'y'> {
	const [only, ...others] = y;
	const isNamed = yLabel !== null && only !== undefined && only.column !== null && others.length === 0;
	return { x: x === null ? null : (xLabel ?? x), y: isNamed ? [{ ...only, column: 'value' }] : y };
}

function keptColumns({ columns }: TableBlock, shown: Shown): readonly string[] | null {
	return columns && shown.ok ? columns.map((one) => one.column) : null;
}

/** `kept`: columns by name; null is all. */
function minimiseShown(shown: Shown, kept: readonly string[] | null, limit: number, atOf: AtOf): Shown<NotShared> {
	if (!shown.ok) return notRendered;
	const { table, totalRows, sources } = shown;
	const own = sources.flatMap(atOf);
	return { ok: true, table: cutTable(table, kept, limit), totalRows, sources: own, sql: null, elapsedMs: 0 };
}

function cutTable({ rowCount, columns }: EditionTable, kept: readonly string[] | null, limit: number): EditionTable {
	const rows = Math.min(rowCount, limit);
	return {
		rowCount: rows,
		columns: columns
			.filter(({ name }) => kept === null || kept.includes(name))
			.map(({ name, type, values }) => ({ name, type, values: values.slice(0, rows) }))
	};
}

function column(name: string): Measure {
	return { kind: 'column', column: name };
}

type Of<Kind extends EditionBlock['block']['kind']> = Extract<
	EditionBlock,
	{ readonly block: { readonly kind: Kind } }
>;

// The kind stands one level below what it tells apart, where TypeScript does not look.
const isProse = (one: EditionBlock): one is Of<'prose'> => one.block.kind === 'prose';
const isQuery = (one: EditionBlock): one is Of<'query'> => one.block.kind === 'query';
const isInput = (one: EditionBlock): one is Of<'input'> => one.block.kind === 'input';
const isTable = (one: EditionBlock): one is Of<'table'> => one.block.kind === 'table';
const isMetric = (one: EditionBlock): one is Of<'metric'> => one.block.kind === 'metric';
