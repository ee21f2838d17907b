// A model as bytes, and back: equal models have equal bytes, whose hash is the model's identity.
import * as v from 'valibot';
import { decodeCanonical } from '../decoding.ts';
import { encodeCanonical, type Encodable } from '../encoding.ts';
import { err, exhaustive, ok, type Result } from '../result.ts';
import { NATIVE_MAX, featuresOf } from './feature-transform.ts';
import { outputCount, type Model, type Predictor } from './model.ts';
import { decodeTrees, encodeTrees, treesSchema } from './trees-bytes.ts';
import { packWords, packedWords, unpackWords } from './words.ts';

/** A reader refuses a newer one. */
const MODEL_FORMAT = 1;

export type BrokenModel = {
	readonly kind: 'broken-model';
	/** `encoding`: no canonical bytes; `shape`: members are missing or of another type; `content`: arrays contradict each other. */
	readonly reason: 'encoding' | 'newer-format' | 'shape' | 'content';
};

/**
 * Canonical bytes of `{ format, task, transform, predictor }`, in which each array is its numbers in little-endian order.
 *
 * Example: a model of format 1 begins with `6f 00000004 73 00000006 66 6f 72 6d 61 74 64 3ff0000000000000`.
 */
export function encodeModel({ task, transform, predictor }: Model): Uint8Array<ArrayBuffer> {
	return encodeCanonical({ format: MODEL_FORMAT, task, transform, predictor: encodePredictor(predictor) });
}

function encodePredictor(predictor: Predictor): Encodable {
	switch (predictor.kind) {
		case 'tree-ensemble':
			return { ...predictor, trees: encodeTrees(predictor.trees), base: packWords(predictor.base) };
		case 'linear':
			return { ...predictor, weights: packWords(predictor.weights), intercept: packWords(predictor.intercept) };
		case 'isolation-trees':
			return { ...predictor, trees: encodeTrees(predictor.trees) };
		case 'centers':
			return { ...predictor, centers: packWords(predictor.centers) };
		default:
			return exhaustive(predictor);
	}
}

/** The inverse of `encodeModel`; bytes may come from anywhere. */
export function decodeModel(bytes: Uint8Array<ArrayBuffer>): Result<Model, BrokenModel> {
	const decoded = decodeCanonical(bytes);
	if (!decoded.ok) return broken('encoding');
	const format = v.safeParse(v.object({ format: v.number() }), decoded.value);
	if (!format.success) return broken('shape');
	if (format.output.format > MODEL_FORMAT) return broken('newer-format');
	const parsed = v.safeParse(modelSchema, decoded.value);
	if (!parsed.success) return broken('shape');
	const { task, transform, predictor: encoded } = parsed.output;
	const features = featuresOf(transform);
	const predictor = decodePredictor(encoded, features.length);
	if (!predictor || outputCount(predictor) !== outputsWanted(task, predictor)) return broken('content');
	if (features.some(({ categoryCount }) => (categoryCount ?? 0) > NATIVE_MAX)) return broken('content');
	return ok({ task, transform, predictor });
}

const broken = (reason: BrokenModel['reason']): Result<never, BrokenModel> => err({ kind: 'broken-model', reason });

function decodePredictor(encoded: v.InferOutput<typeof predictorSchema>, width: number): Predictor | null {
	switch (encoded.kind) {
		case 'tree-ensemble': {
			const base = unpackWords(Float32Array, encoded.base);
			const trees = base && decodeTrees(encoded.trees, { width, outputCount: base.length });
			return trees ? { ...encoded, trees, base } : null;
		}
		case 'linear': {
			const weights = unpackWords(Float32Array, encoded.weights);
			const intercept = unpackWords(Float32Array, encoded.intercept);
			const isWhole = weights && intercept && weights.length === intercept.length * width;
			return isWhole ? { ...encoded, weights, intercept } : null;
		}
		case 'isolation-trees': {
			const trees = decodeTrees(encoded.trees, { width, outputCount: 1 });
			return trees ? { ...encoded, trees } : null;
		}
		case 'centers': {
			const centers = unpackWords(Float32Array, encoded.centers);
			return centers?.length === encoded.count * width ? { ...encoded, centers } : null;
		}
		default:
			return exhaustive(encoded);
	}
}

function outputsWanted(task: Model['task'], predictor: Predictor): number {
	if (predictor.kind === 'centers') return predictor.count;
	return task.kind === 'multiclass' ? task.classes.labels.length : 1;
}

const link = v.picklist(['identity', 'logistic', 'softmax', 'exp']);
const predictorSchema = v.variant('kind', [
	v.strictObject({ kind: v.literal('tree-ensemble'), trees: treesSchema, base: packedWords, link }),
	v.strictObject({ kind: v.literal('linear'), weights: packedWords, intercept: packedWords, link }),
	v.strictObject({ kind: v.literal('isolation-trees'), trees: treesSchema, usual: v.number() }),
	v.strictObject({
		kind: v.literal('centers'),
		centers: packedWords,
		count: v.pipe(v.number(), v.integer(), v.minValue(1))
	})
]);

const classes = v.strictObject({ type: v.picklist(['text', 'number', 'boolean']), labels: v.array(v.string()) });
const taskSchema = v.variant('kind', [
	v.strictObject({ kind: v.literal('regression'), target: v.string() }),
	v.strictObject({ kind: v.literal('binary'), target: v.string(), classes }),
	v.strictObject({ kind: v.literal('multiclass'), target: v.string(), classes }),
	v.strictObject({ kind: v.literal('anomaly') }),
	v.strictObject({ kind: v.literal('clustering') })
]);

const standard = v.strictObject({ fill: v.nullable(v.number()), mean: v.number(), scale: v.number() });
const part = v.picklist(['year', 'month', 'day', 'weekday', 'hour', 'day-of-year', 'days']);
const columnSchema = v.variant('kind', [
	v.strictObject({ kind: v.literal('number'), name: v.string(), standard }),
	v.strictObject({ kind: v.literal('boolean'), name: v.string(), standard }),
	v.strictObject({
		kind: v.literal('date'),
		name: v.string(),
		parts: v.array(v.strictObject({ part, standard }))
	}),
	v.strictObject({
		kind: v.literal('category'),
		name: v.string(),
		encoding: v.picklist(['one-hot', 'native']),
		categories: v.array(v.string())
	})
]);
const modelSchema = v.strictObject({
	format: v.literal(MODEL_FORMAT),
	task: taskSchema,
	transform: v.strictObject({ columns: v.array(columnSchema) }),
	predictor: predictorSchema
});
