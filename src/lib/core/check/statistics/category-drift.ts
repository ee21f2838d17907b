// Which values of a column are new and which are gone, told from sketches of its frequent values.
import { frequencyOf, type FrequentSketch, type FrequentValue } from '../sketch/frequent.ts';

export type Category = { readonly value: string | number; readonly before: number; readonly after: number };

export type CategoryDrift = {
	/** There now and not before, most frequent first. */
	readonly added: readonly Category[];
	/** There before and not now. */
	readonly missing: readonly Category[];
	/** Rows of the values that both have, and of all others in one: what chi-square and other distances compare. */
	readonly before: readonly number[];
	readonly after: readonly number[];
	/** False when a side had more different values than are kept: what is new or missing then is so among the frequent ones. */
	readonly isComplete: boolean;
};

/** Rows of each side are those that have a value. */
export function categoryDrift(
	before: { readonly frequent: FrequentSketch; readonly valueCount: number },
	after: { readonly frequent: FrequentSketch; readonly valueCount: number }
): CategoryDrift {
	const byKey = new Map<number, FrequentValue>();
	for (const { frequent } of [before, after]) for (const value of frequent.values) byKey.set(value.key, value);
	const categories = [...byKey.values()]
		.sort((a, b) => a.key - b.key)
		.map(({ key, value }) => {
			const [old, now] = [frequencyOf(before.frequent, key), frequencyOf(after.frequent, key)];
			return { value, before: old.least, after: now.least, isIn: old.least > 0, isNow: now.least > 0 };
		});
	const shown = ({ value, before: old, after: now }: (typeof categories)[number]): Category => ({
		value,
		before: old,
		after: now
	});
	return {
		added: categories
			.filter(({ isIn }) => !isIn)
			.map(shown)
			.sort((a, b) => b.after - a.after),
		missing: categories
			.filter(({ isNow }) => !isNow)
			.map(shown)
			.sort((a, b) => b.before - a.before),
		before: withRest(
			categories.map((category) => category.before),
			before.valueCount
		),
		after: withRest(
			categories.map((category) => category.after),
			after.valueCount
		),
		isComplete: before.frequent.errorMax === 0 && after.frequent.errorMax === 0
	};
}

/** The last is what no kept value accounts for. */
function withRest(counts: readonly number[], valueCount: number): readonly number[] {
	return [...counts, Math.max(0, valueCount - counts.reduce((sum, count) => sum + count, 0))];
}
