// The fitted transform of a model as operators: raw columns come in, one matrix of features goes on to the predictor.
import type { FeatureTransform, FittedColumn, Standard } from '../model/feature-transform.ts';
import { membersOf, type Trees } from '../model/trees.ts';
import { exhaustive } from '../result.ts';
import { DateGraph } from './date-graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { OnnxValue } from './graph.ts';

/** The features as they stand in the graph, [rows, features], float32. */
export type GraphFeatures = {
	readonly name: string;
	/** Where each feature of the model stands. */
	readonly places: readonly number[];
	/** Where each set of its trees stands: 0 for a member, 1 for none, NaN for what is missing. */
	readonly setPlaces: ReadonlyMap<number, number>;
};

type Piece = {
	readonly name: string;
	readonly standards: readonly Standard[];
	/** For trees, what stands in the place of a native category: one feature for each of its sets that differs from the others. */
	readonly sets?: ReadonlyMap<number, number>;
};

const AS_IT_IS: Standard = { fill: null, mean: 0, scale: 1 };

/** Adds an input for each column, which works with one dimension too (`withFlatInputs`). `trees` are those that will ask the features. */
export function addFeatures({ columns }: FeatureTransform, trees: Trees | null, builder: GraphBuilder): GraphFeatures {
	const column = builder.constant(BigInt64Array.of(-1n, 1n));
	let feature = 0;
	const pieces = columns.flatMap((fitted) => {
		const input = builder.input(inputOf(fitted));
		const added = piecesOf(fitted, builder.add('Reshape', [input, column]), setsOf(trees, feature), builder);
		feature += added.reduce((sum, { standards, sets }) => sum + (sets ? 1 : standards.length), 0);
		return added;
	});
	const features = builder.add(
		'Concat',
		pieces.map(({ name }) => name),
		{ attributes: { axis: { integer: 1 } } }
	);
	const name = standardised(
		features,
		pieces.flatMap(({ standards }) => standards),
		builder
	);
	return { name, ...placesOf(pieces) };
}

function placesOf(pieces: readonly Piece[]): Pick<GraphFeatures, 'places' | 'setPlaces'> {
	const places: number[] = [];
	const setPlaces = new Map<number, number>();
	let first = 0;
	for (const { standards, sets } of pieces) {
		if (!sets) places.push(...standards.map((_, at) => first + at));
		else {
			places.push(first);
			for (const [set, at] of sets) setPlaces.set(set, first + at);
		}
		first += standards.length;
	}
	return { places, setPlaces };
}

/** The sets that trees ask of a feature. */
function setsOf(trees: Trees | null, feature: number): ReadonlyMap<number, readonly number[]> {
	const sets = new Map<number, readonly number[]>();
	trees?.feature.forEach((asked, node) => {
		const set = trees.set[node] ?? -1;
		if (asked === feature && set >= 0) sets.set(set, membersOf(trees, set));
	});
	return sets;
}

function inputOf({ kind, name }: FittedColumn): OnnxValue {
	const type = kind === 'category' ? 'string' : kind === 'date' ? 'double' : 'float';
	return { name, type, shape: ['rows', 1] };
}

function piecesOf(
	column: FittedColumn,
	input: string,
	sets: ReadonlyMap<number, readonly number[]>,
	builder: GraphBuilder
): readonly Piece[] {
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
				? [memberships(column.categories, sets, input, builder)]
				: oneHot(column.categories, input, builder);
		default:
			return exhaustive(column);
	}
}

/**
 * Whether a category is a member of each set, looked up in a table by its place.
 *
 * Note: the operator for sets in trees, BRANCH_MEMBER, is not used. Where one set stands below another and has values from 32 on,
 * onnxruntime 1.30 answers wrongly without a word, and readers before ai.onnx.ml 5 do not know it.
 */
function memberships(
	categories: readonly string[],
	sets: ReadonlyMap<number, readonly number[]>,
	input: string,
	builder: GraphBuilder
): Piece {
	const distinct = [...new Map([...sets.values()].map((members) => [members.join(), new Set(members)])).entries()];
	const width = Math.max(1, distinct.length);
	const table = new Float32Array((categories.length + 1) * width);
	for (let code = 0; code < categories.length; code++)
		for (let at = 0; at < width; at++) table[code * width + at] = distinct[at]?.[1].has(code) === true ? 0 : 1;
	table.fill(Number.NaN, categories.length * width);
	const places = categories.length > 0 ? categories : [''];
	const row = builder.learnt('LabelEncoder', [input], {
		keys_strings: { texts: places },
		values_int64s: { integers: places.map((_, code) => code) },
		default_int64: { integer: categories.length }
	});
	const looked = builder.add('Gather', [builder.constant(table, [categories.length + 1, width]), row], {
		attributes: { axis: { integer: 0 } }
	});
	const name = builder.add('Reshape', [looked, builder.constant(BigInt64Array.of(-1n, BigInt(width)))]);
	const numbers = new Map(distinct.map(([members], at) => [members, at]));
	return {
		name,
		standards: Array.from({ length: width }, () => AS_IT_IS),
		sets: new Map([...sets].map(([set, members]) => [set, numbers.get(members.join()) ?? 0]))
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
