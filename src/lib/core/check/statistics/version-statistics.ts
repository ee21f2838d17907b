// Everything that a version's sketch tells of it, in numbers and texts: what a page shows and a script reads.
import type { Column } from '../../version/version.ts';
import { keyCandidates, type KeyCandidate } from '../meaning/keys.ts';
import { inferMeaning, type InferredMeaning } from '../meaning/meaning.ts';
import type { SketchKind } from '../sketch/arrow-column.ts';
import { columnPairs, correlation } from '../sketch/co-moments.ts';
import type { ColumnSketch } from '../sketch/column-sketch.ts';
import { rankError, weightedValues } from '../sketch/quantiles.ts';
import type { SegmentSketch } from '../sketch/segment-sketch.ts';
import { commonEdges, countWithin, isOfWholeNumbers, type Edges } from './histogram.ts';
import { columnMetrics, type ColumnMetrics } from './metrics.ts';

export type VersionStatistics = {
	readonly rowCount: number;
	/** In the order of the schema. */
	readonly columns: readonly ColumnSummary[];
	/** Of pairs of numeric columns, the strongest first, whatever its sign. */
	readonly correlations: readonly Correlated[];
	readonly keyCandidates: readonly KeyCandidate[];
};

export type Correlated = {
	readonly first: string;
	readonly second: string;
	/** Pearson's, from -1 to 1. */
	readonly correlation: number;
	/** Rows that have both. */
	readonly rowCount: number;
};

export type ColumnSummary = {
	readonly name: string;
	/** As the schema has it. */
	readonly type: string;
	/** Times are told in milliseconds since 1970, booleans as 0 and 1. */
	readonly kind: SketchKind;
	readonly nullCount: number;
	readonly metrics: ColumnMetrics;
	/** By how much the share of rows up to a quantile may be off; 0 where quantiles are exact. */
	readonly rankError: number;
	/** Of values that are no number. */
	readonly nanCount: number;
	readonly meaning: InferredMeaning | null;
	/** Most frequent first; each count may be too low by `countErrorMax`. */
	readonly topValues: readonly { readonly value: string | number; readonly count: number }[];
	readonly countErrorMax: number;
	/** Null where there are no numbers. */
	readonly histogram: { readonly edges: Edges; readonly counts: readonly number[] } | null;
	/** Of texts that are there. */
	readonly texts: TextSummary | null;
};

export type TextSummary = {
	/** In characters. */
	readonly shortest: number;
	readonly longest: number;
	/** Such as `A-9`: see `TextShape`. Most frequent first. */
	readonly patterns: readonly { readonly pattern: string; readonly count: number }[];
};

const TOP_VALUES = 20;
const SAMPLED_NUMBERS = 64;

/** `schema` is the version's, whose columns the sketch has in their order. */
export function versionStatistics(sketch: SegmentSketch, schema: readonly Column[]): VersionStatistics {
	return {
		rowCount: sketch.rowCount,
		columns: sketch.columns.map(({ name, sketch: column }, at) => summaryOf(name, schema[at]?.type ?? '', column)),
		correlations: correlationsOf(sketch),
		keyCandidates: keyCandidates(sketch.columns)
	};
}

function summaryOf(name: string, type: string, sketch: ColumnSketch): ColumnSummary {
	const { kind, nullCount, numbers, texts, frequent } = sketch;
	const edges = numbers && commonEdges([numbers]);
	return {
		name,
		type,
		kind,
		nullCount,
		metrics: columnMetrics(sketch),
		rankError: numbers ? rankError(numbers.quantiles) : 0,
		nanCount: numbers?.nanCount ?? 0,
		meaning: inferMeaning(sampleOf(sketch)),
		topValues: (frequent?.values ?? []).slice(0, TOP_VALUES).map(({ value, count }) => ({ value, count })),
		countErrorMax: frequent?.errorMax ?? 0,
		histogram: numbers && edges ? { edges, counts: countWithin(numbers, edges) } : null,
		texts:
			texts && texts.lengths.count > 0
				? {
						shortest: texts.shortest,
						longest: texts.longest,
						patterns: texts.patterns.values.map(({ value, count }) => ({ pattern: String(value), count }))
					}
				: null
	};
}

/** Whole numbers may be such as card numbers. */
function sampleOf({ kind, numbers, texts }: ColumnSketch): readonly string[] {
	if (texts) return texts.sample.map(({ text }) => text);
	if (kind !== 'numbers' || !numbers || !isOfWholeNumbers(numbers)) return [];
	const values = [...new Set(weightedValues(numbers.quantiles).values)].filter(Number.isSafeInteger);
	const step = Math.max(1, values.length / SAMPLED_NUMBERS);
	return Array.from({ length: Math.min(values.length, SAMPLED_NUMBERS) }, (_, at) =>
		String(values[Math.floor(at * step)])
	);
}

function correlationsOf({ correlated, pairs }: SegmentSketch): readonly Correlated[] {
	return columnPairs(correlated.length)
		.flatMap(([first, second], at): readonly Correlated[] => {
			const pair = pairs[at];
			const found = pair ? correlation(pair) : null;
			const [one, other] = [correlated[first], correlated[second]];
			if (!pair || found === null || one === undefined || other === undefined) return [];
			return [{ first: one, second: other, correlation: found, rowCount: pair.count }];
		})
		.sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
}
