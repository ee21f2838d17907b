// What the check worker does: it reads rows once, keeps what sketches need, and tells what sketches say. Types only.
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
};
