// Learns how raw columns become features, from the rows of the training alone.
import { err, ok, type Result } from '../result.ts';
import { datePart } from './date-parts.ts';
import {
	NATIVE_MAX,
	type DatePart,
	type FeatureTransform,
	type FittedColumn,
	type Standard
} from './feature-transform.ts';
import { quantileOf } from './quantile.ts';
import { asTexts, type RawColumn, type RawNumbers } from './raw-column.ts';

/** How a column is to be used. Linear models, centers and distances need numbers that are filled and scaled; trees need neither. */
export type FeaturePlan = { readonly name: string } & (
	| { readonly as: 'number' | 'boolean'; readonly standard: StandardPlan }
	| { readonly as: 'date'; readonly parts: readonly DatePart[]; readonly standard: StandardPlan }
	| { readonly as: 'category'; readonly encoding: 'one-hot' | 'native'; readonly categoriesMax: number }
);

export type StandardPlan = { readonly fill: 'mean' | 'median' | 'none'; readonly isScaled: boolean };

export type FitFailure =
	| { readonly kind: 'unknown-column'; readonly column: string }
	/** Texts where numbers were asked for. */
	| { readonly kind: 'not-numeric'; readonly column: string }
	| { readonly kind: 'too-many-categories'; readonly column: string; readonly found: number; readonly max: number };

export function fitTransform(
	plans: readonly FeaturePlan[],
	columns: readonly RawColumn[],
	rows: Uint32Array
): Result<FeatureTransform, FitFailure> {
	const fitted: FittedColumn[] = [];
	for (const plan of plans) {
		const raw = columns.find(({ name }) => name === plan.name);
		if (!raw) return err({ kind: 'unknown-column', column: plan.name });
		const column = fitColumn(plan, raw, rows);
		if (!column.ok) return column;
		fitted.push(column.value);
	}
	return ok({ columns: fitted });
}

function fitColumn(plan: FeaturePlan, raw: RawColumn, rows: Uint32Array): Result<FittedColumn, FitFailure> {
	const { name } = plan;
	if (plan.as === 'category') return fitCategories(plan, raw, rows);
	if (raw.kind === 'texts') return err({ kind: 'not-numeric', column: name });
	if (plan.as === 'date')
		return ok({
			kind: 'date',
			name,
			parts: plan.parts.map((part) => ({
				part,
				standard: fitStandard(plan.standard, () => valuesOf(raw, rows, (ms) => datePart(part, ms)))
			}))
		});
	return ok({
		kind: plan.as,
		name,
		standard: fitStandard(plan.standard, () => valuesOf(raw, rows, (value) => value))
	});
}

/** Categories of the rows of the training, ascending; of more than there is room for, the most frequent. */
function fitCategories(
	{ name, encoding, categoriesMax }: FeaturePlan & { readonly as: 'category' },
	raw: RawColumn,
	rows: Uint32Array
): Result<FittedColumn, FitFailure> {
	const { codes, texts } = asTexts(raw);
	const counts = new Uint32Array(texts.length);
	for (const row of rows) {
		const code = codes[row] ?? -1;
		if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
	}
	const seen = texts.map((text, code) => ({ text, count: counts[code] ?? 0 })).filter(({ count }) => count > 0);
	const max = encoding === 'native' ? Math.min(NATIVE_MAX, categoriesMax) : categoriesMax;
	if (seen.length > 10 * max) return err({ kind: 'too-many-categories', column: name, found: seen.length, max });
	const kept = seen.sort((a, b) => b.count - a.count || compare(a.text, b.text)).slice(0, max);
	return ok({ kind: 'category', name, encoding, categories: kept.map(({ text }) => text).sort(compare) });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Present values of these rows, in float32, as they are served. */
function valuesOf({ values }: RawNumbers, rows: Uint32Array, of: (value: number) => number): Float64Array {
	const found = new Float64Array(rows.length);
	let count = 0;
	for (let at = 0; at < rows.length; at++) {
		const value = Math.fround(of(values[rows[at] ?? 0] ?? NaN));
		if (Number.isFinite(value)) found[count++] = value;
	}
	return found.subarray(0, count);
}

/** Values that stay as they are need not be looked at. */
function fitStandard({ fill, isScaled }: StandardPlan, of: () => Float64Array): Standard {
	if (fill === 'none' && !isScaled) return { fill: null, mean: 0, scale: 1 };
	const values = of();
	const mean = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
	const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
	const filled = fill === 'none' ? null : fill === 'mean' ? mean : quantileOf(values, null, 0.5);
	return {
		fill: filled === null ? null : plain(filled),
		mean: isScaled ? plain(mean) : 0,
		// A column of one value says nothing, whatever it is divided by.
		scale: isScaled ? plain(1 / (Math.sqrt(spread) || 1)) : 1
	};
}

/** Adding 0 makes -0 the 0 it equals. */
const plain = (value: number): number => Math.fround(value) + 0;
