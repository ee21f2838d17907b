// How raw columns become features, with what was learnt from the rows of the training: part of a model, and of its ONNX.
import { exhaustive } from '../result.ts';

/** The features of a row are those of its columns, in order. */
export type FeatureTransform = { readonly columns: readonly FittedColumn[] };

/**
 * One raw column, as the table has it.
 *
 * | kind | raw value | null | features |
 * | --- | --- | --- | --- |
 * | number | rounded to float32 | NaN | one |
 * | boolean | 0 or 1 | NaN | one |
 * | date | milliseconds since 1970, UTC, float64 | NaN | one a part |
 * | category, one-hot | text of the value | no text | one a category, 1 where it is the value, else 0; all 0 where it is none |
 * | category, native | text of the value | no text | one: its place among the categories; NaN where it is none |
 */
export type FittedColumn =
	| { readonly kind: 'number'; readonly name: string; readonly standard: Standard }
	| { readonly kind: 'boolean'; readonly name: string; readonly standard: Standard }
	| { readonly kind: 'date'; readonly name: string; readonly parts: readonly FittedPart[] }
	| {
			readonly kind: 'category';
			readonly name: string;
			readonly encoding: 'one-hot' | 'native';
			/** Ascending by UTF-16; of `native` up to `NATIVE_MAX`. */
			readonly categories: readonly string[];
	  };

export type FittedPart = { readonly part: DatePart; readonly standard: Standard };

/**
 * First a missing value becomes `fill` (null leaves it NaN), then fround(fround(x - mean) * scale): float32 throughout, as the Imputer
 * and Scaler of ONNX compute. All are float32 values. Mean 0 with scale 1 leaves a value as it is.
 */
export type Standard = { readonly fill: number | null; readonly mean: number; readonly scale: number };

/** Weekdays are 1, Monday, to 7; `days` are whole days since 1970; the others are as a calendar has them, in UTC. */
export type DatePart = 'year' | 'month' | 'day' | 'weekday' | 'hour' | 'day-of-year' | 'days';

/** One code is left for missing. */
export const NATIVE_MAX = 255;

/** Of a feature: the text a person reads, the column it is of, and of native categories how many. */
export type Feature = { readonly name: string; readonly column: string; readonly categoryCount: number | null };

/** In the order of the features of a row: `price`, `at (hour)`, `country = DE`. */
export function featuresOf({ columns }: FeatureTransform): readonly Feature[] {
	return columns.flatMap((column): readonly Feature[] => {
		const { name } = column;
		switch (column.kind) {
			case 'number':
			case 'boolean':
				return [{ name, column: name, categoryCount: null }];
			case 'date':
				return column.parts.map(({ part }) => ({ name: `${name} (${part})`, column: name, categoryCount: null }));
			case 'category':
				return column.encoding === 'native'
					? [{ name, column: name, categoryCount: column.categories.length }]
					: column.categories.map((category) => ({
							name: `${name} = ${category}`,
							column: name,
							categoryCount: null
						}));
			default:
				return exhaustive(column);
		}
	});
}
