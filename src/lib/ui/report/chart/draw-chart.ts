// From a block and its rows to a drawing.
import { chartTable, FACETS_MAX, isDensity, type ChartTable } from '#core/report/chart-table.ts';
import type { EditionTable } from '#core/report/edition.ts';
import { formatFor, withUnit } from '#core/report/format-value.ts';
import { measureLabel } from '#core/report/parse-measure.ts';
import type { ChartBlock } from '#core/report/report.ts';
import { drawBars } from './draw-bars.ts';
import { drawBoxes } from './draw-boxes.ts';
import { drawCells } from './draw-cells.ts';
import { drawDots } from './draw-dots.ts';
import { drawLines } from './draw-lines.ts';
import { drawMap } from './draw-map.ts';
import { frameScene, type Drawing } from './frame.ts';
import type { Land } from './land.ts';
import { facetsOf, NO_FACETS, type Scene, type SceneInput } from './scene.ts';

export type DrawnChart = { readonly drawing: Drawing; readonly scene: Scene; readonly table: ChartTable };

type Rows = {
	readonly table: EditionTable;
	readonly before: EditionTable | null;
	/** For maps. */
	readonly land: Land | null;
};

const HEIGHT = 280;
const FACET_HEIGHT = 150;
const FACET_WIDTH = 230;
const LYING_BAR = 24;
const HEIGHT_MAX = 1400;

export function drawChart(block: ChartBlock, rows: Rows, width: number): DrawnChart {
	const table = chartTable(rows.table);
	const before = rows.before && chartTable(rows.before);
	const own = before ?? table;
	const names = own.facets.names[0] === '' || isMap(block) ? [] : own.facets.names.slice(0, FACETS_MAX);
	const columns = Math.max(1, Math.min(names.length, Math.floor(width / FACET_WIDTH)));
	const facets = names.length === 0 ? NO_FACETS : facetsOf(table, names, columns);
	const lines = Math.max(1, Math.ceil(names.length / columns));
	const height = block.height ?? heightOf(block, own, lines, width);
	const input: SceneInput = {
		block,
		table,
		before,
		width: width / columns,
		height: height / lines,
		...wordsOf(block, own)
	};
	if (rows.land && isMap(block)) return { table, ...drawMap(input, rows.land, { width, height }) };
	const scene = sceneOf(input, facets);
	const left = own.facets.names.length - names.length;
	const notes =
		left > 0 && names.length > 0 ? [`${left} more ${left === 1 ? 'panel is' : 'panels are'} left out.`] : [];
	const drawing = frameScene(scene, {
		width,
		height,
		facets,
		seriesNames: table.series.names,
		annotations: block.annotations
	});
	return { drawing, scene: { ...scene, notes: [...scene.notes, ...notes] }, table };
}

function sceneOf(input: SceneInput, facets: typeof NO_FACETS): Scene {
	const { block, table } = input;
	if (isDensity(block, table)) return drawCells(input, facets);
	switch (block.type) {
		case 'line':
		case 'area':
			return drawLines(input, facets);
		case 'bar':
		case 'histogram':
			return drawBars(input, facets);
		case 'scatter':
		case 'points':
		case 'regions':
			return drawDots(input, facets);
		case 'heatmap':
			return drawCells(input, facets);
		case 'box':
			return drawBoxes(input, facets);
	}
}

export function isMap({ type }: Pick<ChartBlock, 'type'>): boolean {
	return type === 'points' || type === 'regions';
}

function heightOf(block: ChartBlock, table: ChartTable, lines: number, width: number): number {
	if (isMap(block)) return Math.round(Math.min(520, Math.max(180, width * 0.5)));
	if (lines > 1) return Math.min(4 * HEIGHT_MAX, lines * FACET_HEIGHT + 60);
	if (block.type === 'bar' && block.isHorizontal) {
		const bars = new Set(table.x?.values).size * (block.isStacked ? 1 : Math.min(4, table.series.names.length));
		return Math.min(HEIGHT_MAX, Math.max(120, bars * LYING_BAR + 60));
	}
	if (block.type === 'heatmap' && table.y?.type === 'text')
		return Math.min(HEIGHT_MAX, Math.max(180, new Set(table.y.values).size * 22 + 70));
	return HEIGHT;
}

type ChartWords = Pick<SceneInput, 'xFormat' | 'yFormat' | 'sizeFormat' | 'xLabel' | 'yLabel'>;

/** Formats and labels; where the report says nothing, as the columns are called. */
export function wordsOf(block: ChartBlock, table: ChartTable): ChartWords {
	const measures = block.y.map(measureLabel);
	const given = block.yLabel ?? (measures.length === 1 ? (measures[0] ?? '') : measures.length === 0 ? 'Rows' : '');
	const isHeat = block.type === 'heatmap';
	const unit = block.unit === null || isHeat ? '' : ` (${block.unit})`;
	const isXTold = block.xLabel !== null || table.x?.type === 'number';
	return {
		xFormat: formatFor(block.xFormat, table.x?.type ?? 'text'),
		yFormat: withUnit(formatFor(isHeat ? null : block.yFormat, table.y?.type ?? 'number'), isHeat ? null : block.unit),
		sizeFormat: withUnit(formatFor(isHeat ? block.yFormat : null, 'number'), isHeat ? block.unit : null),
		xLabel: isXTold ? (block.xLabel ?? block.x ?? '') : '',
		yLabel: given === '' ? '' : `${given}${unit}`
	};
}
