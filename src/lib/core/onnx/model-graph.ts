// A model of ours as ONNX: its transform, its predictor and what its outputs mean, so that whoever serves it gives it raw columns.
import type { FittedColumn } from '../model/feature-transform.ts';
import { outputCount, type Link, type Model, type Predictor, type Task } from '../model/model.ts';
import { exhaustive, invariant } from '../result.ts';
import { addFeatures, type GraphFeatures } from './feature-graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import { encodeOnnx, USUAL_VERSIONS } from './graph.ts';
import { SIGNATURE_KEY, type ModelAnswer, type ModelSignature } from './signature.ts';
import { addTrees } from './tree-graph.ts';

export type ToldOnnx = {
	readonly name: string;
	/** Where the second of two classes begins. */
	readonly threshold: number;
	/** Told in the file besides the signature. */
	readonly metadata: Readonly<Record<string, string>>;
};

export type OnnxModel = { readonly bytes: Uint8Array<ArrayBuffer>; readonly signature: ModelSignature };

/** The outputs are `prediction`, or `label` and `probabilities`, or `cluster` and `distance`. */
export function modelToOnnx(model: Model, { name, threshold, metadata }: ToldOnnx): OnnxModel {
	const builder = new GraphBuilder();
	const { predictor } = model;
	const features = addFeatures(model.transform, 'trees' in predictor ? predictor.trees : null, builder);
	const raw = addPredictor(predictor, features, builder);
	const answer = addAnswer(model, raw, threshold, builder);
	const signature: ModelSignature = {
		columns: model.transform.columns.map(signatureColumn),
		inputs: model.transform.columns.map(({ name: input, kind }) => ({
			name: input,
			type: kind === 'category' ? 'string' : kind === 'date' ? 'double' : 'float',
			rank: 2
		})),
		answer
	};
	const bytes = encodeOnnx(builder.graph(), {
		versions: USUAL_VERSIONS,
		name,
		metadata: { ...metadata, [SIGNATURE_KEY]: JSON.stringify(signature) }
	});
	return { bytes, signature };
}

function signatureColumn(column: FittedColumn): ModelSignature['columns'][number] {
	const kind = column.kind === 'category' ? 'text' : column.kind;
	return { name: column.name, kind, missing: column.kind === 'category' ? unusedText(column.categories) : '' };
}

/** ONNX has no missing text: one that is no category is one. */
function unusedText(categories: readonly string[]): string {
	let text = '(missing)';
	while (categories.includes(text)) text += '_';
	return text;
}

/** Raw outputs, [rows, outputs]. */
function addPredictor(predictor: Predictor, features: GraphFeatures, builder: GraphBuilder): string {
	switch (predictor.kind) {
		case 'tree-ensemble':
			return linked(addTrees(predictor.trees, predictor.base, features, builder), predictor.link, builder);
		case 'linear': {
			const { weights, intercept, link } = predictor;
			const width = weights.length / Math.max(1, intercept.length);
			const product = builder.add(
				'Gemm',
				[features.name, builder.constant(weights, [intercept.length, width]), builder.constant(intercept)],
				{
					attributes: { transB: { integer: 1 } }
				}
			);
			return linked(product, link, builder);
		}
		case 'isolation-trees': {
			const { trees, usual } = predictor;
			const sums = addTrees(trees, new Float32Array(1), features, builder);
			const means = builder.add('Div', [sums, builder.constant(Float32Array.of(trees.roots.length), [])]);
			const shares = builder.add('Mul', [means, builder.constant(Float32Array.of(-1 / usual), [])]);
			return builder.add('Pow', [builder.constant(Float32Array.of(2), []), shares]);
		}
		case 'centers': {
			const { centers, count } = predictor;
			const apart = builder.add('Unsqueeze', [features.name, builder.constant(BigInt64Array.of(1n))]);
			const difference = builder.add('Sub', [apart, builder.constant(centers, [count, centers.length / count])]);
			const squares = builder.add('Mul', [difference, difference]);
			const sums = builder.add('ReduceSum', [squares, builder.constant(BigInt64Array.of(2n))], {
				attributes: { keepdims: { integer: 0 } }
			});
			return builder.add('Sqrt', [sums]);
		}
		default:
			return exhaustive(predictor);
	}
}

function linked(raw: string, link: Link, builder: GraphBuilder): string {
	switch (link) {
		case 'identity':
			return raw;
		case 'logistic':
			return builder.add('Sigmoid', [raw]);
		case 'softmax':
			return builder.add('Softmax', [raw], { attributes: { axis: { integer: 1 } } });
		case 'exp':
			return builder.add('Exp', [raw]);
		default:
			return exhaustive(link);
	}
}

function addAnswer({ task, predictor }: Model, raw: string, threshold: number, builder: GraphBuilder): ModelAnswer {
	switch (task.kind) {
		case 'regression':
		case 'anomaly':
			return { kind: 'number', output: builder.output({ name: 'prediction', type: 'float', shape: ['rows', 1] }, raw) };
		case 'clustering':
			return addCluster(raw, outputCount(predictor), builder);
		case 'binary':
		case 'multiclass':
			return addClasses(task, raw, threshold, builder);
		default:
			return exhaustive(task);
	}
}

function addCluster(distances: string, count: number, builder: GraphBuilder): ModelAnswer {
	const axis = { axis: { integer: 1 }, keepdims: { integer: 0 } };
	const nearest = builder.add('ArgMin', [distances], { attributes: axis });
	const classes = Array.from({ length: count }, (_, number) => String(number));
	const label = addLabel(nearest, classes, builder);
	const least = builder.add('ReduceMin', [distances], { attributes: { axes: { integers: [1] } } });
	builder.output({ name: 'distance', type: 'float', shape: ['rows', 1] }, least);
	return { kind: 'class', label, probabilities: null, classes, threshold: 0.5 };
}

type ClassTask = Extract<Task, { readonly kind: 'binary' | 'multiclass' }>;

function addClasses({ kind, classes }: ClassTask, raw: string, threshold: number, builder: GraphBuilder): ModelAnswer {
	const { labels } = classes;
	invariant(kind === 'multiclass' || labels.length === 2, 'a binary task has two classes');
	const shares = kind === 'binary' ? bothShares(raw, builder) : raw;
	const numbers = kind === 'binary' ? fromThreshold(raw, threshold, builder) : likeliest(raw, builder);
	const label = addLabel(numbers, labels, builder);
	const value = { name: 'probabilities', type: 'float', shape: ['rows', labels.length] } as const;
	return { kind: 'class', label, probabilities: builder.output(value, shares), classes: labels, threshold };
}

function bothShares(second: string, builder: GraphBuilder): string {
	const first = builder.add('Sub', [builder.constant(Float32Array.of(1), []), second]);
	return builder.add('Concat', [first, second], { attributes: { axis: { integer: 1 } } });
}

/** 1 from the threshold on, else 0; one dimension. */
function fromThreshold(share: string, threshold: number, builder: GraphBuilder): string {
	const isSecond = builder.add('GreaterOrEqual', [share, builder.constant(Float32Array.of(threshold), [])]);
	const number = builder.add('Cast', [isSecond], { attributes: { to: { integer: 7 } } });
	return builder.add('Reshape', [number, builder.constant(BigInt64Array.of(-1n))]);
}

function likeliest(shares: string, builder: GraphBuilder): string {
	return builder.add('ArgMax', [shares], { attributes: { axis: { integer: 1 }, keepdims: { integer: 0 } } });
}

function addLabel(numbers: string, labels: readonly string[], builder: GraphBuilder): string {
	const texts = builder.learnt('LabelEncoder', [numbers], {
		keys_int64s: { integers: labels.map((_, index) => index) },
		values_strings: { texts: labels },
		default_string: { text: '' }
	});
	return builder.output({ name: 'label', type: 'string', shape: ['rows'] }, texts);
}
