// Rows of a training with what the trainer itself says of them: what serves the model must say the same.
import * as v from 'valibot';
import { decodeUtf8 } from '../../check/sketch/utf8.ts';

/** Of classes, the probability of the class; of two, of the second one. Null where the model tells none. */
export type Prediction = { readonly prediction: number | string | null; readonly probability: number | null };

export type ModelExamples = {
	readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[];
	readonly predictions: readonly Prediction[];
};

const examplesShape = v.object({
	rows: v.array(v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()])))),
	predictions: v.array(
		v.object({ prediction: v.nullable(v.union([v.string(), v.number()])), probability: v.nullable(v.number()) })
	)
});

/** Null where they cannot be read. */
export function parseExamples(bytes: Uint8Array): ModelExamples | null {
	const text = decodeUtf8(bytes, 0, bytes.length, Infinity);
	const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), examplesShape), text);
	return parsed.success ? parsed.output : null;
}
