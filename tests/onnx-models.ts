// Models of every kind, of a seed, and rows to ask them about: what ONNX must say of them is what we do.
import type { FeatureTransform, Standard } from '#core/model/feature-transform.ts';
import { featuresOf } from '#core/model/feature-transform.ts';
import type { Model, Predictor } from '#core/model/model.ts';
import type { RawColumn } from '#core/model/raw-column.ts';
import { SET_WORDS, type Trees } from '#core/model/trees.ts';
import { seeded } from './seeded.ts';

const AS_IT_IS: Standard = { fill: null, mean: 0, scale: 1 };
const cities = ['Bern', 'Genève', 'Zürich', "St. Gall'n"];
const dateParts = ['year', 'month', 'day', 'weekday', 'hour', 'day-of-year', 'days'] as const;

export const ROWS = 400;

/** Numbers with gaps, dates on either side of 1970, and texts of which one is no category. */
export function rawColumns(seed = 1): readonly RawColumn[] {
	const random = seeded(seed);
	const numbers = (of: () => number): Float64Array =>
		Float64Array.from({ length: ROWS }, () => (random() < 0.1 ? Number.NaN : of()));
	return [
		{ name: 'size', kind: 'numbers', values: numbers(() => Math.fround(random() * 200 - 100)) },
		{ name: 'is open', kind: 'numbers', values: numbers(() => (random() < 0.5 ? 1 : 0)) },
		{ name: 'at', kind: 'numbers', values: numbers(() => Math.floor((random() * 2 - 1) * 4e12)) },
		{
			name: 'city',
			kind: 'texts',
			codes: Int32Array.from({ length: ROWS }, () => Math.floor(random() * 6) - 1),
			texts: [...cities, 'Atlantis']
		}
	];
}

function transform(encoding: 'one-hot' | 'native', isScaled: boolean): FeatureTransform {
	const standard = isScaled ? { fill: Math.fround(1.7), mean: Math.fround(0.3), scale: Math.fround(0.11) } : AS_IT_IS;
	return {
		columns: [
			{ kind: 'number', name: 'size', standard },
			{ kind: 'boolean', name: 'is open', standard: isScaled ? { ...standard, fill: 0 } : AS_IT_IS },
			{ kind: 'date', name: 'at', parts: dateParts.map((part) => ({ part, standard })) },
			{ kind: 'category', name: 'city', encoding, categories: cities.toSorted() }
		]
	};
}

function randomSet(categoryCount: number, random: () => number): readonly number[] {
	return Array.from({ length: SET_WORDS }, (_, word) => {
		const count = Math.min(32, Math.max(0, categoryCount - 32 * word));
		return Math.floor(random() * 2 ** count);
	});
}

/** Leaves and thresholds are float32; `setFeatures` are asked by sets. */
export function randomTrees(
	width: number,
	outputCount: number,
	random: () => number,
	setFeatures: readonly number[],
	categoryCount = cities.length
): Trees {
	const nodes: number[][] = [];
	const [roots, output, sets]: [number[], number[], number[]] = [[], [], []];
	const grow = (depth: number): number => {
		const node = nodes.length;
		nodes.push([]);
		if (depth === 0 || random() < 0.15) {
			nodes[node] = [-1, 0, -1, 0, 0, 0, Math.fround(random() * 2 - 1)];
			return node;
		}
		const feature = Math.floor(random() * width);
		const isSet = setFeatures.includes(feature);
		const set = isSet ? sets.length / SET_WORDS : -1;
		if (isSet) sets.push(...randomSet(categoryCount, random));
		const left = grow(depth - 1);
		const right = grow(depth - 1);
		const threshold = isSet ? 0 : Math.fround((random() * 2 - 1) * (random() < 0.3 ? 100 : 3));
		nodes[node] = [feature, threshold, set, left, right, random() < 0.5 ? 1 : 0, 0];
		return node;
	};
	for (let tree = 0; tree < 12; tree++) {
		roots.push(nodes.length);
		output.push(tree % outputCount);
		// The first tree is a leaf.
		grow(tree === 0 ? 0 : 4);
	}
	const column = (at: number): readonly number[] => nodes.map((node) => node[at] ?? 0);
	return {
		roots: Uint32Array.from(roots),
		output: Uint16Array.from(output),
		feature: Int32Array.from(column(0)),
		threshold: Float32Array.from(column(1)),
		set: Int32Array.from(column(2)),
		left: Uint32Array.from(column(3)),
		right: Uint32Array.from(column(4)),
		missingLeft: Uint8Array.from(column(5)),
		value: Float32Array.from(column(6)),
		gain: new Float32Array(nodes.length),
		cover: new Uint32Array(nodes.length).fill(1),
		sets: Uint32Array.from(sets)
	};
}

export type NamedModel = { readonly name: string; readonly model: Model };

export function modelsOfEveryKind(seed = 7): readonly NamedModel[] {
	const random = seeded(seed);
	const target = 'price';
	const two = { type: 'text', labels: ['no', 'yes'] } as const;
	const three = { type: 'text', labels: ['high', 'low', 'mid'] } as const;
	const plain = transform('one-hot', false);
	const native = transform('native', false);
	const scaled = transform('one-hot', true);
	const width = featuresOf(scaled).length;
	const nativeWidth = featuresOf(native).length;
	const floats = (length: number): Float32Array => Float32Array.from({ length }, () => Math.fround(random() - 0.5));
	const ensemble = (outputs: number, link: 'identity' | 'logistic' | 'softmax' | 'exp'): Predictor => ({
		kind: 'tree-ensemble',
		trees: randomTrees(width, outputs, random, []),
		base: floats(outputs),
		link
	});
	const withSets = (outputs: number, link: 'identity' | 'softmax'): Predictor => ({
		kind: 'tree-ensemble',
		trees: randomTrees(nativeWidth, outputs, random, [nativeWidth - 1]),
		base: floats(outputs),
		link
	});
	const linear = (outputs: number, link: 'identity' | 'logistic' | 'softmax'): Predictor => ({
		kind: 'linear',
		weights: floats(outputs * width),
		intercept: floats(outputs),
		link
	});
	const regression = { kind: 'regression', target } as const;
	const binary = { kind: 'binary', target, classes: two } as const;
	const multiclass = { kind: 'multiclass', target, classes: three } as const;
	return [
		{ name: 'trees', model: { task: regression, transform: plain, predictor: ensemble(1, 'identity') } },
		{ name: 'trees-scaled', model: { task: regression, transform: scaled, predictor: ensemble(1, 'identity') } },
		{ name: 'trees-exp', model: { task: regression, transform: scaled, predictor: ensemble(1, 'exp') } },
		{ name: 'trees-binary', model: { task: binary, transform: plain, predictor: ensemble(1, 'logistic') } },
		{ name: 'trees-multiclass', model: { task: multiclass, transform: plain, predictor: ensemble(3, 'softmax') } },
		{ name: 'sets', model: { task: regression, transform: native, predictor: withSets(1, 'identity') } },
		{ name: 'sets-multiclass', model: { task: multiclass, transform: native, predictor: withSets(3, 'softmax') } },
		{ name: 'linear', model: { task: regression, transform: scaled, predictor: linear(1, 'identity') } },
		{ name: 'logistic', model: { task: binary, transform: scaled, predictor: linear(1, 'logistic') } },
		{ name: 'softmax', model: { task: multiclass, transform: scaled, predictor: linear(3, 'softmax') } },
		{
			name: 'isolation',
			model: {
				task: { kind: 'anomaly' },
				transform: scaled,
				predictor: { kind: 'isolation-trees', trees: positive(randomTrees(width, 1, random, [])), usual: 4.5 }
			}
		},
		{
			name: 'centers',
			model: {
				task: { kind: 'clustering' },
				transform: scaled,
				predictor: { kind: 'centers', centers: floats(5 * width), count: 5 }
			}
		}
	];
}

function positive(trees: Trees): Trees {
	return { ...trees, value: trees.value.map((value) => Math.fround(Math.abs(value) * 6)) };
}

/** Trees over two columns of native categories, with rows that have every category, and one that is none. */
export function manyCategories(
	count: number,
	seed = 5
): { readonly model: Model; readonly columns: readonly RawColumn[] } {
	const random = seeded(seed);
	const categories = Array.from({ length: count }, (_, number) => `c${String(number).padStart(3, '0')}`);
	const names = ['one', 'other'];
	const texts = [...categories, 'none of them'];
	const codes = (): Int32Array =>
		Int32Array.from({ length: ROWS }, (_, row) => (row < texts.length ? row : Math.floor(random() * texts.length)));
	const columns = names.map((name) => ({ name, kind: 'texts' as const, codes: codes(), texts }));
	const trees = randomTrees(names.length, 1, random, [0, 1], count);
	return {
		model: {
			task: { kind: 'regression', target: 'price' },
			transform: { columns: names.map((name) => ({ kind: 'category', name, encoding: 'native', categories })) },
			predictor: { kind: 'tree-ensemble', trees, base: Float32Array.of(0.5), link: 'identity' }
		},
		columns
	};
}
