// Which columns may tell rows apart, and which may point to rows of another dataset; told from sketches, to be made sure of by a check.
import { KEPT_HASHES, containment, countDistinct, DISTINCT_STANDARD_ERROR } from '../sketch/distinct.ts';
import type { ColumnSketch } from '../sketch/column-sketch.ts';

export type KeyCandidate = {
	readonly column: string;
	/** Different values of all rows. */
	readonly uniqueRatio: number;
	/** Few enough values for the count to be exact. */
	readonly isCertain: boolean;
};

export type NamedSketch = { readonly name: string; readonly sketch: ColumnSketch };

/** An estimate this many standard errors below the rows may still be of all of them. */
const ERRORS_BELOW = 3;

/** Columns without nulls whose different values are as many as the rows, as far as sketches tell: certain ones first, then in their order. */
export function keyCandidates(columns: readonly NamedSketch[]): readonly KeyCandidate[] {
	return columns
		.flatMap(({ name, sketch: { rowCount, nullCount, distinct, frequent, numbers } }): KeyCandidate[] => {
			if (!distinct || nullCount > 0 || rowCount < 2) return [];
			const { count, isExact } = countDistinct(distinct);
			const slack = isExact ? 0 : ERRORS_BELOW * DISTINCT_STANDARD_ERROR;
			// A value that is there twice for certain is no key; and measures are rarely equal by chance alone.
			const repeats = frequent?.values.some((value) => value.count > 1) ?? false;
			if (repeats || count < rowCount * (1 - slack)) return [];
			const isWhole = numbers === null || numbers.quantiles.levels.every((level) => level.every(Number.isInteger));
			return isWhole ? [{ column: name, uniqueRatio: Math.min(1, count / rowCount), isCertain: isExact }] : [];
		})
		.sort((a, b) => Number(b.isCertain) - Number(a.isCertain));
}

export type ForeignKeyCandidate = {
	readonly column: string;
	readonly references: string;
	/** Of the column's different values, those that are in the other, 0 to 1. */
	readonly share: number;
	/** Standard error of the share. */
	readonly error: number;
	/** Of the referenced column's different values, those that are used, at most 1. */
	readonly coverage: number;
};

/** The least share of values found, and the least number of different ones that say anything. */
const SHARE_MIN = 0.9;
const HASHES_MIN = 8;

/**
 * Columns of one dataset whose values are nearly all in a key candidate of another, the best first. Kinds are equal. Any
 * small numbers look like a reference to consecutive ones: names are left to whoever reads it.
 */
export function foreignKeyCandidates(
	from: readonly NamedSketch[],
	to: readonly NamedSketch[],
	shareMin = SHARE_MIN
): readonly ForeignKeyCandidate[] {
	const keys = new Set(keyCandidates(to).map(({ column }) => column));
	const targets = to.filter(({ name }) => keys.has(name));
	return from
		.flatMap(({ name, sketch }) =>
			targets.flatMap((target): ForeignKeyCandidate[] => {
				if (!sketch.distinct || !target.sketch.distinct || sketch.kind !== target.sketch.kind) return [];
				if (sketch.kind === 'booleans') return [];
				const found = containment(sketch.distinct, target.sketch.distinct);
				if (!found || found.share < shareMin) return [];
				const isWhole =
					sketch.distinct.smallest.length < KEPT_HASHES && found.hashes === sketch.distinct.smallest.length;
				if (found.hashes < HASHES_MIN && !isWhole) return [];
				const error = isWhole ? 0 : Math.sqrt((found.share * (1 - found.share)) / found.hashes);
				const used = (countDistinct(sketch.distinct).count * found.share) / countDistinct(target.sketch.distinct).count;
				return [{ column: name, references: target.name, share: found.share, error, coverage: Math.min(1, used) }];
			})
		)
		.sort((a, b) => b.share - a.share || b.coverage - a.coverage);
}
