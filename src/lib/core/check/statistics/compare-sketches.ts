// The distance of one version from another, told from their sketches alone: what drifted, what deviates, and how it looks.
import type { ColumnSketch } from '../sketch/column-sketch.ts';
import type { SegmentSketch } from '../sketch/segment-sketch.ts';
import { frequencyOf, type FrequentValue } from '../sketch/frequent.ts';
import type { Category } from './category-drift.ts';
import { datasetDrift, type ColumnVerdict, type DriftThresholds } from './dataset-drift.ts';
import type { DeviationRule } from './deviation.ts';
import { commonEdges, countWithin, type Edges } from './histogram.ts';
import { metricDeviations, type MetricDeviation } from './metric-deviations.ts';
import { columnMetrics } from './metrics.ts';

export type ColumnComparison = ColumnVerdict & {
	/** Both in the same bins; null of texts. */
	readonly histogram: {
		readonly edges: Edges;
		readonly before: readonly number[];
		readonly after: readonly number[];
	} | null;
	/** Values that are most frequent on either side. */
	readonly topValues: readonly Category[];
	readonly deviations: readonly MetricDeviation[];
};

export type ComparisonRules = { readonly thresholds: DriftThresholds; readonly rule: DeviationRule };

export type Comparison = {
	readonly rowCount: { readonly before: number; readonly after: number };
	/** Of the columns that both have in one kind, what changed most first. */
	readonly columns: readonly ColumnComparison[];
};

const TOP_VALUES = 12;

export function compareSketches(
	before: SegmentSketch,
	after: SegmentSketch,
	{ thresholds, rule }: ComparisonRules
): Comparison {
	const [old, now] = [sketchByName(before), sketchByName(after)];
	const columns = datasetDrift(before, after, thresholds).flatMap((verdict): ColumnComparison[] => {
		const [one, other] = [old.get(verdict.column), now.get(verdict.column)];
		if (!one || !other) return [];
		return [
			{
				...verdict,
				histogram: histogramOf(one, other),
				topValues: topValuesOf(one, other),
				deviations: metricDeviations(one.kind, columnMetrics(one), columnMetrics(other), rule)
			}
		];
	});
	return { rowCount: { before: before.rowCount, after: after.rowCount }, columns };
}

function sketchByName({ columns }: SegmentSketch): ReadonlyMap<string, ColumnSketch> {
	return new Map(columns.map(({ name, sketch }) => [name, sketch]));
}

function histogramOf(
	{ numbers: before }: ColumnSketch,
	{ numbers: after }: ColumnSketch
): ColumnComparison['histogram'] {
	const edges = before && after && commonEdges([before, after]);
	return edges && { edges, before: countWithin(before, edges), after: countWithin(after, edges) };
}

/** By the larger of the two shares. */
function topValuesOf(before: ColumnSketch, after: ColumnSketch): readonly Category[] {
	const [old, now] = [before.frequent, after.frequent];
	if (!old || !now) return [];
	const byKey = new Map<number, FrequentValue>();
	for (const { values } of [old, now]) for (const value of values.slice(0, TOP_VALUES)) byKey.set(value.key, value);
	const [all, allNow] = [Math.max(1, before.rowCount), Math.max(1, after.rowCount)];
	return [...byKey.values()]
		.map(({ key, value }) => ({ value, before: frequencyOf(old, key).least, after: frequencyOf(now, key).least }))
		.sort((a, b) => Math.max(b.before / all, b.after / allNow) - Math.max(a.before / all, a.after / allNow))
		.slice(0, TOP_VALUES);
}
