// Turns raw columns into the features of a fitted transform, with the float32 steps that ONNX takes.
import { err, ok, type Result } from '../result.ts';
import { datePart } from './date-parts.ts';
import type { FeatureTransform, FittedColumn, Standard } from './feature-transform.ts';
import type { FitFailure } from './fit-transform.ts';
import { asTexts, type RawColumn } from './raw-column.ts';

export type ApplyFailure = Exclude<FitFailure, { readonly kind: 'too-many-categories' }>;

/**
 * One array a feature, in the order of `featuresOf`.
 *
 * Nulls:  NaN where the transform fills none.
 * Owner:  allocates features × rows × 4 bytes, save for float32 columns that stay as they are: those are the caller's own arrays.
 */
export function applyTransform(
	{ columns: fitted }: FeatureTransform,
	columns: readonly RawColumn[]
): Result<readonly Float32Array[], ApplyFailure> {
	const features: Float32Array[] = [];
	for (const column of fitted) {
		const raw = columns.find(({ name }) => name === column.name);
		if (!raw) return err({ kind: 'unknown-column', column: column.name });
		if (column.kind === 'category') features.push(...categoryFeatures(column, raw));
		else if (raw.kind === 'texts') return err({ kind: 'not-numeric', column: column.name });
		else if (column.kind === 'date')
			for (const { part, standard } of column.parts) {
				const values = Float32Array.from(raw.values, (ms) => datePart(part, ms));
				features.push(standardized(values, standard));
			}
		else features.push(standardized(raw.values, column.standard));
	}
	return ok(features);
}

function standardized(values: Float64Array | Float32Array, { fill, mean, scale }: Standard): Float32Array {
	const isAsItIs = mean === 0 && scale === 1;
	if (isAsItIs && fill === null) return values instanceof Float32Array ? values : Float32Array.from(values);
	const feature = new Float32Array(values.length);
	for (let row = 0; row < values.length; row++) {
		const value = Math.fround(values[row] ?? NaN);
		const filled = fill !== null && Number.isNaN(value) ? fill : value;
		feature[row] = isAsItIs ? filled : Math.fround(filled - mean) * scale;
	}
	return feature;
}

function categoryFeatures(
	{ encoding, categories }: FittedColumn & { readonly kind: 'category' },
	raw: RawColumn
): readonly Float32Array[] {
	const { codes, texts } = asTexts(raw);
	const placeByText = new Map(categories.map((category, place) => [category, place]));
	const places = texts.map((text) => placeByText.get(text) ?? -1);
	if (encoding === 'native')
		return [
			Float32Array.from(codes, (code) => {
				const place = places[code] ?? -1;
				return place < 0 ? NaN : place;
			})
		];
	const features = categories.map(() => new Float32Array(codes.length));
	for (let row = 0; row < codes.length; row++) {
		const feature = features[places[codes[row] ?? -1] ?? -1];
		if (feature) feature[row] = 1;
	}
	return features;
}
