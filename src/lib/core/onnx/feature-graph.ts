// The fitted transform of a model as operators: raw columns come in, one matrix of features goes on to the predictor.
import type { FeatureTransform, FittedColumn, Standard } from '../model/feature-transform.ts';
import { exhaustive } from '../result.ts';
import { DateGraph } from './date-graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { OnnxValue } from './graph.ts';

type Piece = { readonly name: string; readonly standards: readonly Standard[] };

const AS_IT_IS: Standard = { fill: null, mean: 0, scale: 1 };

/** Adds an input for each column, which works with one dimension too (`withFlatInputs`), and answers with the name of the features: [rows, features], float32. */
export function addFeatures({ columns }: FeatureTransform, builder: GraphBuilder): string {
	const column = builder.constant(BigInt64Array.of(-1n, 1n));
	const pieces = columns.flatMap((fitted) => {
		const input = builder.input(inputOf(fitted));
		return piecesOf(fitted, builder.add('Reshape', [input, column]), builder);
	});
	const features = builder.add(
		'Concat',
		pieces.map(({ name }) => name),
		{ attributes: { axis: { integer: 1 } } }
	);
	return standardised(
		features,
		pieces.flatMap(({ standards }) => standards),
		builder
	);
}

function inputOf({ kind, name }: FittedColumn): OnnxValue {
	const type = kind === 'category' ? 'string' : kind === 'date' ? 'double' : 'float';
	return { name, type, shape: ['rows', 1] };
}

function piecesOf(column: FittedColumn, input: string, builder: GraphBuilder): readonly Piece[] {
	switch (column.kind) {
		case 'number':
		case 'boolean':
			return [{ name: input, standards: [column.standard] }];
		case 'date': {
			const dates = new DateGraph(builder, input);
			return column.parts.map(({ part, standard }) => ({
				name: builder.add('Cast', [dates.part(part)], { attributes: { to: { integer: 1 } } }),
				standards: [standard]
			}));
		}
		case 'category':
			return column.encoding === 'native'
				? [{ name: codes(column.categories, input, builder), standards: [AS_IT_IS] }]
				: oneHot(column.categories, input, builder);
		default:
			return exhaustive(column);
	}
}

function codes(categories: readonly string[], input: string, builder: GraphBuilder): string {
	if (categories.length === 0) return builder.learnt('LabelEncoder', [input], coded([''], [Number.NaN]));
	return builder.learnt(
		'LabelEncoder',
		[input],
		coded(
			categories,
			categories.map((_, code) => code)
		)
	);
}

function coded(texts: readonly string[], values: readonly number[]) {
	return {
		keys_strings: { texts },
		values_floats: { floats: Float32Array.from(values) },
		default_float: { float: Number.NaN }
	};
}

function oneHot(categories: readonly string[], input: string, builder: GraphBuilder): readonly Piece[] {
	if (categories.length === 0) return [];
	const encoded = builder.learnt('OneHotEncoder', [input], {
		cats_strings: { texts: categories },
		zeros: { integer: 1 }
	});
	const shape = builder.constant(BigInt64Array.of(-1n, BigInt(categories.length)));
	return [{ name: builder.add('Reshape', [encoded, shape]), standards: categories.map(() => AS_IT_IS) }];
}

function standardised(features: string, standards: readonly Standard[], builder: GraphBuilder): string {
	const isFilled = standards.some(({ fill }) => fill !== null);
	const isScaled = standards.some(({ mean, scale }) => mean !== 0 || scale !== 1);
	const filled = isFilled
		? builder.learnt('Imputer', [features], {
				imputed_value_floats: { floats: Float32Array.from(standards, ({ fill }) => fill ?? Number.NaN) },
				replaced_value_float: { float: Number.NaN }
			})
		: features;
	if (!isScaled) return filled;
	return builder.learnt('Scaler', [filled], {
		offset: { floats: Float32Array.from(standards, ({ mean }) => mean) },
		scale: { floats: Float32Array.from(standards, ({ scale }) => scale) }
	});
}
