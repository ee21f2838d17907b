// What the check worker does: it reads rows once, keeps what sketches need, tells what they say, and finds unusual rows. Types only.
import type { LeftColumn } from '#core/check/anomaly/forest-columns.ts';
import type { AnomalousRow, GrownForest, RankedRow, Ranking } from '#core/check/anomaly/row-ranking.ts';
import type { RelationCandidate } from '#core/check/meaning/relations.ts';
import type { BrokenSketch } from '#core/check/sketch/sketch-bytes.ts';
import type { Comparison, ComparisonRules } from '#core/check/statistics/compare-sketches.ts';
import type { CheckCrashed } from '#core/check/statistics/failure.ts';
import type { VersionStatistics } from '#core/check/statistics/version-statistics.ts';
import type { Result } from '#core/result.ts';
import type { Column } from '#core/version/version.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type BrokenArrow = { readonly kind: 'broken-arrow'; readonly reason: string };

/** `at` are the numbers of those that cannot be read, or that have other columns. */
export type BrokenSketches = { readonly kind: 'broken-sketches'; readonly at: readonly number[] };

export type GrowOptions = {
	/** Of the table that the sample is of. */
	readonly rowCount: number;
	/** The columns were chosen by a person: all that have numbers are used. */
	readonly isChosen: boolean;
	readonly seed: number;
};

/** Null where no column is used. */
export type Grown = { readonly grown: GrownForest | null; readonly left: readonly LeftColumn[] };

/** Sketches go in and out as their bytes. Nothing is kept between calls. */
export type CheckApi = {
	/** Of all rows of an Arrow IPC stream. Transferred both ways. */
	sketch(arrowBytes: Bytes): Promise<Result<Bytes, CheckCrashed | BrokenArrow>>;
	/** Several as one, of all their rows, with these names of columns. At least one. Transferred both ways. */
	merge(sketches: readonly Bytes[], names: readonly string[]): Promise<Result<Bytes, CheckCrashed | BrokenSketches>>;
	/** `schema` is that of the rows. */
	statistics(sketch: Bytes, schema: readonly Column[]): Promise<Result<VersionStatistics, CheckCrashed | BrokenSketch>>;
	compare(
		before: Bytes,
		after: Bytes,
		rules: ComparisonRules
	): Promise<Result<Comparison, CheckCrashed | BrokenSketch>>;
	/** With `name`, those from and to that dataset alone. */
	relations(
		datasets: readonly { readonly name: string; readonly sketch: Bytes }[],
		name: string | null
	): Promise<Result<readonly RelationCandidate[], CheckCrashed | BrokenSketch>>;
	/** An isolation forest on a sample: rows as an Arrow IPC stream of the columns that are looked at. Transferred. */
	grow(sample: Bytes, options: GrowOptions): Promise<Result<Grown, CheckCrashed | BrokenArrow>>;
	/** The most unusual of some rows, which have the sample's columns, numbered from 0. Transferred. */
	rank(grown: GrownForest, arrowBytes: Bytes, limit: number): Promise<Result<Ranking, CheckCrashed | BrokenArrow>>;
	/** What tells the rows apart from all others. */
	causes(grown: GrownForest, rows: readonly RankedRow[]): Promise<Result<readonly AnomalousRow[], CheckCrashed>>;
};
