// What a report's text says, once it was read: prose, queries and what shows their rows. The grammar is in docs/reports.md.
import type { Place } from '../document/text-problem.ts';
import type { ProseNode, ProseValue } from './prose.ts';

/** In a page blocks stand below one another unless they ask for less width; a dashboard lays them on a grid. */
export type ReportLayout = 'page' | 'dashboard';

export type Report = {
	readonly title: string | null;
	readonly description: string | null;
	readonly layout: ReportLayout;
	readonly blocks: readonly Block[];
};

/** Columns of twelve that a block takes. */
export type BlockSpan = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12;

/** Where the block stands in the text: lines are 1-based, `from` and `to` (exclusive) count characters. */
export type BlockPlace = Place & { readonly from: number; readonly to: number };

export type Block = ProseBlock | QueryBlock | ChartBlock | TableBlock | MetricBlock | InputBlock;

export type ProseBlock = {
	readonly kind: 'prose';
	readonly node: ProseNode;
	/** Those the node names. */
	readonly values: readonly ProseValue[];
	readonly place: BlockPlace;
};

/** Rows under a name, for the blocks of the report; `$region` in it is the value of the input `region`. */
export type QueryBlock = {
	readonly kind: 'query';
	readonly name: string;
	readonly sql: string;
	/** Whether readers see the text. */
	readonly isShown: boolean;
	readonly place: BlockPlace;
};

/** What stands over rows: a column, or an aggregate of the rows that share everything else. */
export type Measure =
	| { readonly kind: 'column'; readonly column: string }
	| { readonly kind: 'aggregate'; readonly aggregate: Aggregate; readonly column: string | null };

export const aggregates = ['count', 'sum', 'avg', 'min', 'max', 'median', 'distinct'] as const;
export type Aggregate = (typeof aggregates)[number];

export const chartTypes = [
	'line',
	'area',
	'bar',
	'histogram',
	'scatter',
	'heatmap',
	'box',
	'points',
	'regions'
] as const;
/** `points` and `regions` are maps. A scatter of more rows than can be told apart is drawn as density. */
export type ChartType = (typeof chartTypes)[number];

export const grains = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof grains)[number];

export type Annotation = {
	/** A line at one value, or a band between two. Dates are ISO texts. */
	readonly axis: 'x' | 'y';
	readonly from: number | string;
	readonly to: number | string | null;
	readonly text: string;
};

export type Brush = 'x' | 'y' | 'xy' | 'none';

/** A person's own regions: rows with a column `geometry` of GeoJSON, and the column that names each as x does. */
export type OwnShapes = { readonly from: string; readonly key: string };

export type ChartBlock = {
	readonly kind: 'chart';
	readonly type: ChartType;
	/** A query of the report, or a dataset as SQL names it: `sensors`, `sensors@v3`. */
	readonly from: string;
	readonly x: string | null;
	/** Several give a series each. */
	readonly y: readonly Measure[];
	/** Of regions that are not countries. */
	readonly shapes: OwnShapes | null;
	readonly color: string | null;
	/** Small multiples, one for each value. */
	readonly facet: string | null;
	readonly size: Measure | null;
	/** Of dates on x. */
	readonly grain: Grain | null;
	/** Of numbers on x. */
	readonly bins: number | null;
	readonly isStacked: boolean;
	/** Bars that lie. */
	readonly isHorizontal: boolean;
	readonly hasPoints: boolean;
	/** Of bars: by their length, or as x says. */
	readonly order: 'x' | 'y' | '-y';
	/** Bars, or rows of a facet, beyond which the rest is left out and said so. */
	readonly limit: number | null;
	readonly title: string | null;
	readonly subtitle: string | null;
	readonly caption: string | null;
	readonly xLabel: string | null;
	readonly yLabel: string | null;
	/** A unit behind the numbers of y. */
	readonly unit: string | null;
	readonly xFormat: string | null;
	readonly yFormat: string | null;
	readonly yScale: 'linear' | 'log' | 'sqrt';
	readonly isFromZero: boolean;
	readonly annotations: readonly Annotation[];
	readonly brush: Brush;
	/** Pixels. */
	readonly height: number | null;
	readonly span: BlockSpan;
	readonly place: BlockPlace;
};

export type TableColumn = { readonly column: string; readonly label: string | null; readonly format: string | null };

export type TableBlock = {
	readonly kind: 'table';
	readonly from: string;
	/** Null: all of them. */
	readonly columns: readonly TableColumn[] | null;
	readonly order: readonly { readonly column: string; readonly isDescending: boolean }[];
	readonly limit: number;
	readonly title: string | null;
	readonly span: BlockSpan;
	readonly place: BlockPlace;
};

export type MetricBlock = {
	readonly kind: 'metric';
	readonly from: string;
	/** A column's value is that of the first row. */
	readonly value: Measure;
	/** What it is held against. */
	readonly compare: Measure | null;
	readonly label: string | null;
	readonly unit: string | null;
	readonly format: string | null;
	/** Whether more is better, for the colour of a difference; null says nothing of it. */
	readonly better: 'more' | 'less' | null;
	readonly span: BlockSpan;
	readonly place: BlockPlace;
};

export const inputTypes = ['select', 'range', 'date', 'search', 'number', 'text'] as const;
export type InputType = (typeof inputTypes)[number];

/**
 * What a reader chooses. With `from` and `column` it filters every block over the same rows; a query may name it besides as `$name`
 * (a range or a date span as `$name_from` and `$name_to`).
 */
export type InputBlock = {
	readonly kind: 'input';
	readonly name: string;
	readonly type: InputType;
	readonly from: string | null;
	readonly column: string | null;
	/** Of a select without `from`. */
	readonly options: readonly string[];
	readonly label: string | null;
	readonly value: InputValue;
	readonly isMultiple: boolean;
	readonly span: BlockSpan;
	readonly place: BlockPlace;
};

/** Null: nothing is chosen, everything is shown. A list is a choice of several; `from` and `to` (inclusive) may each be open. */
export type InputValue = null | string | number | readonly string[] | InputSpan;
export type InputSpan = { readonly from: string | number | null; readonly to: string | number | null };
