import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { columnFromArray, tableFromColumns, tableFromIPC, tableToIPC, utf8 } from '@uwdata/flechette';
import { describe, expect, test } from 'vitest';
import { applyTransform } from '#core/model/apply-transform.ts';
import { exp32, power32 } from '#core/model/exponentials.ts';
import { chosenClasses, isExact, predict } from '#core/model/predict.ts';
import type { Model } from '#core/model/model.ts';
import { sigmoid } from '#core/model/sigmoid.ts';
import type { RawColumn } from '#core/model/raw-column.ts';
import { encodeOnnx, valueMessage, type OnnxGraph } from '#core/onnx/graph.ts';
import { openForeign } from '#core/onnx/foreign.ts';
import { parseOnnxHeader } from '#core/onnx/header.ts';
import { mlflowOnnx } from '#core/onnx/mlflow-graph.ts';
import { modelToOnnx } from '#core/onnx/model-graph.ts';
import { repairOnnx } from '#core/onnx/repair.ts';
import { signatureOf, type ModelSignature } from '#core/onnx/signature.ts';
import { fieldsOf, MessageWriter } from '#core/onnx/wire.ts';
import { invariant, type Result } from '#core/result.ts';
import { createOnnx } from '#workers/onnx/onnx.ts';
import { seeded } from '../seeded.ts';
import { manyCategories, modelsOfEveryKind, rawColumns, ROWS } from '../onnx-models.ts';
import { loadNodeRuntime } from '../onnx-runtime.ts';

const onnx = createOnnx(loadNodeRuntime);

function value<T>(result: Result<T, unknown>): T {
	invariant(result.ok, `it went well: ${result.ok ? '' : JSON.stringify(result.error)}`);
	return result.value;
}

/** What the runtime says of rows. */
async function asked(
	bytes: Uint8Array<ArrayBuffer>,
	signature: ModelSignature,
	columns: readonly (readonly [string, unknown[] | Float32Array | Float64Array])[]
) {
	const key = `${bytes.length} ${Math.random()}`;
	value(await onnx.open(key, bytes));
	const given = tableFromColumns(
		columns.map(([name, values]) => [
			name,
			values instanceof Array ? columnFromArray(values, utf8()) : columnFromArray(values)
		])
	);
	const arrow = tableToIPC(given, { format: 'stream' });
	invariant(arrow, 'a table becomes a stream');
	const answers = tableFromIPC(value(await onnx.predict(key, signature, arrow as Uint8Array<ArrayBuffer>)));
	return [...Array(answers.numCols).keys()].map((at) => Array.from(answers.getChildAt(at) as Iterable<unknown>));
}

/** Raw columns as the SQL before a model gives them. */
function served(signature: ModelSignature, columns: readonly RawColumn[]) {
	return signature.columns.map(({ name, missing }, index) => {
		const column = columns.find((one) => one.name === name);
		invariant(column, 'every column is there');
		const key = `c${index}`;
		if (column.kind === 'texts')
			return [key, Array.from(column.codes, (code) => column.texts[code] ?? missing)] as const;
		const { type } = signature.inputs[index] ?? { type: 'float' };
		return [key, type === 'double' ? Float64Array.from(column.values) : Float32Array.from(column.values)] as const;
	});
}

/** What we say ourselves: the values of a regression, or classes with the probability that is told. */
function ownAnswers({ task, transform, predictor }: Model, columns: readonly RawColumn[]) {
	const outputs = predict(predictor, value(applyTransform(transform, columns)));
	if (task.kind === 'regression' || task.kind === 'anomaly') return [Array.from(outputs[0] ?? [])];
	if (task.kind === 'clustering') return [Array.from(outputs[0] ?? [], String)];
	const chosen: readonly number[] = Array.from(chosenClasses(outputs));
	const shares = chosen.map((number, row) => outputs[outputs.length === 1 ? 0 : number]?.[row] ?? Number.NaN);
	return [chosen.map((number) => task.classes.labels[number] ?? ''), shares];
}

function expectNear(told: unknown, own: unknown): void {
	expect(Math.abs(Number(told) - Number(own)) / Math.max(1, Math.abs(Number(own)))).toBeLessThanOrEqual(1e-5);
}

describe('a model of ours as ONNX', () => {
	const columns = rawColumns();

	test.each(modelsOfEveryKind())('$name answers in the runtime as it does here', async ({ name, model }) => {
		const { bytes, signature } = modelToOnnx(model, { name, threshold: 0.5, metadata: {} });
		const [told = [], shares = []] = await asked(bytes, signature, served(signature, columns));
		const [own = [], ownShares = []] = ownAnswers(model, columns);
		expect(told).toHaveLength(ROWS);
		if (isExact(model.predictor)) expect([told, shares]).toEqual([own, ownShares]);
		else if (typeof own[0] === 'string') expect(told).toEqual(own);
		else told.forEach((answer, row) => expectNear(answer, own[row]));
		ownShares.forEach((share, row) => expectNear(shares[row], share));
	});

	test('of random weights and classes has the bits of the runtime, where our own scorer answers for it', async () => {
		for (let seed = 100; seed < 105; seed++)
			for (const { name, model } of modelsOfEveryKind(seed)) {
				if (!isExact(model.predictor)) continue;
				const rows = rawColumns(seed);
				const { bytes, signature } = modelToOnnx(model, { name, threshold: 0.5, metadata: {} });
				const found = await asked(bytes, signature, served(signature, rows));
				expect(found, `${name} ${seed}`).toEqual(ownAnswers(model, rows));
			}
	});

	test.each([
		[1, 7],
		[1, 260],
		[1, 520],
		[3, 300],
		[4, 40],
		[5, 5],
		[9, 4],
		[40, 33]
	])('%i linear outputs of %i features have the bits of the runtime', async (outputs, width) => {
		const random = seeded(outputs * 10_000 + width);
		const draw = (): number => Math.fround((random() - 0.5) * 2 ** Math.floor(6 * random()));
		const names = Array.from({ length: width }, (_, at) => `x${at}`);
		const labels = Array.from({ length: outputs }, (_, at) => `c${String(at).padStart(2, '0')}`);
		const link = outputs === 1 ? 'identity' : 'softmax';
		const standard = { fill: null, mean: 0, scale: 1 };
		const model: Model = {
			task:
				outputs === 1
					? { kind: 'regression', target: 'y' }
					: { kind: 'multiclass', target: 'y', classes: { type: 'text', labels } },
			transform: { columns: names.map((name) => ({ kind: 'number', name, standard })) },
			predictor: {
				kind: 'linear',
				weights: Float32Array.from({ length: outputs * width }, draw),
				intercept: Float32Array.from({ length: outputs }, draw),
				link
			}
		};
		const { bytes, signature } = modelToOnnx(model, { name: 'wide', threshold: 0.5, metadata: {} });
		for (const rowCount of [1, 64]) {
			const rows = names.map((name) => ({
				name,
				kind: 'numbers' as const,
				values: Float64Array.from({ length: rowCount }, draw)
			}));
			const found = await asked(bytes, signature, served(signature, rows));
			expect(found, `${rowCount} rows`).toEqual(ownAnswers(model, rows));
		}
	});

	test.each([31, 40, 255])('sets one below another of %i categories answer as they do here', async (count) => {
		const { model, columns } = manyCategories(count);
		const { bytes, signature } = modelToOnnx(model, { name: 'many', threshold: 0.5, metadata: {} });
		const [told = []] = await asked(bytes, signature, served(signature, columns));
		expect(told).toEqual(ownAnswers(model, columns)[0]);
	});

	test('its file tells its signature, its metadata and the operators of its kind', () => {
		for (const { name, model } of modelsOfEveryKind()) {
			const { bytes, signature } = modelToOnnx(model, {
				name,
				threshold: 0.5,
				metadata: { 'weir.dataset': 'Zürich €' }
			});
			const header = value(parseOnnxHeader(bytes));
			expect(header).toMatchObject({
				producer: 'Weir',
				hasExternalData: false,
				metadata: { 'weir.dataset': 'Zürich €' }
			});
			expect(value(signatureOf(header))).toEqual(signature);
			expect(Object.hasOwn(header.operators, 'Gather')).toBe(name.startsWith('sets'));
			expect(header.opsets['ai.onnx.ml']).toBe(3);
		}
	});

	test('a column may be called as an output is', async () => {
		const [first] = modelsOfEveryKind();
		invariant(first, 'there is a first model');
		const { model } = first;
		const transform = {
			columns: model.transform.columns.map((column) =>
				column.name === 'size' ? { ...column, name: 'prediction' } : column
			)
		};
		const { bytes, signature } = modelToOnnx({ ...model, transform }, { name: 'n', threshold: 0.5, metadata: {} });
		expect(signature.answer).toEqual({ kind: 'number', output: 'prediction_' });
		expect((await onnx.open('named', bytes)).ok).toBe(true);
	});
});

test.each([
	['Sigmoid', sigmoid, 40],
	['Exp', exp32, 120],
	['Pow', (value: number) => power32(Math.fround(-Math.abs(value))), 100]
] as const)('%s has the bits of the runtime, wherever values lie', async (operator, own, most) => {
	const count = 4001;
	const values = Float32Array.from({ length: count }, (_, at) => ((at / (count - 1)) * 2 - 1) * most);
	if (operator === 'Pow') values.forEach((value, at) => (values[at] = -Math.abs(value)));
	const inputs = operator === 'Pow' ? ['two', 'x'] : ['x'];
	const bytes = encodeOnnx(
		{
			nodes: [{ operator, inputs, outputs: ['y'], attributes: {} }],
			outputs: [{ name: 'y', type: 'float', shape: ['N', 1] }],
			inputs: [{ name: 'x', type: 'float', shape: ['N', 1] }],
			constants: new Map(operator === 'Pow' ? [['two', { values: Float32Array.of(2), dims: [] }]] : [])
		},
		{ versions: { ir: 8, opset: 17, ml: 3 }, name: operator, metadata: {} }
	);
	const signature = value(signatureOf(value(parseOnnxHeader(bytes))));
	const [told] = await asked(bytes, signature, [['c0', values]]);
	expect(told).toEqual(Array.from(values, own));
});

describe('a foreign file', () => {
	const float = { type: 'float' as const };
	const graph = (nodes: OnnxGraph['nodes'], outputs: OnnxGraph['outputs']): Uint8Array<ArrayBuffer> =>
		encodeOnnx(
			{ nodes, outputs, inputs: [{ name: 'x', ...float, shape: ['N', 2] }], constants: new Map() },
			{ versions: { ir: 8, opset: 17, ml: 3 }, name: 'foreign', metadata: {} }
		);
	const classifier = graph(
		[
			{
				operator: 'LinearClassifier',
				domain: 'ai.onnx.ml',
				inputs: ['x'],
				outputs: ['label', 'shares'],
				attributes: {
					coefficients: { floats: Float32Array.of(1, 0, -1, 0) },
					intercepts: { floats: Float32Array.of(0, 0) },
					classlabels_strings: { texts: ['left', 'right'] },
					post_transform: { text: 'SOFTMAX' }
				}
			},
			{
				operator: 'ZipMap',
				domain: 'ai.onnx.ml',
				inputs: ['shares'],
				outputs: ['probabilities'],
				attributes: { classlabels_strings: { texts: ['left', 'right'] } }
			}
		],
		[
			{ name: 'label', type: 'string', shape: ['N'] },
			// What skl2onnx writes is a sequence of maps; the mending replaces whatever stands there.
			{ name: 'probabilities', ...float, shape: ['N', 2] }
		]
	);

	test('a ZipMap gives way to its probabilities', async () => {
		const { bytes, repairs } = value(repairOnnx(classifier));
		expect(repairs).toEqual([{ kind: 'zip-map-dropped', output: 'probabilities' }]);
		const header = value(parseOnnxHeader(bytes));
		expect(header.operators).toEqual({ 'ai.onnx.ml.LinearClassifier': 1, Identity: 1 });
		const signature = value(signatureOf(header));
		expect(signature.columns.map(({ name }) => name)).toEqual(['x_0', 'x_1']);
		const columns = [
			['c0', Float32Array.of(2, -3)],
			['c1', Float32Array.of(0, 0)]
		] as const;
		const [labels, shares] = await asked(bytes, signature, columns);
		expect(labels).toEqual(['left', 'right']);
		expect(shares?.map((share) => Number(share).toFixed(4))).toEqual(['0.0180', '0.9975']);
	});

	test('nodes of one name are numbered, and run', async () => {
		const add = (from: string, to: string) =>
			new MessageWriter().text(1, from).text(1, from).text(2, to).text(3, 'same').text(4, 'Add');
		const body = new MessageWriter().message(1, add('x', 'y')).message(1, add('y', 'z')).text(2, 'g');
		body
			.message(11, valueMessage({ name: 'x', ...float, shape: ['N', 1] }))
			.message(12, valueMessage({ name: 'z', ...float, shape: ['N', 1] }));
		const bytes = new MessageWriter()
			.integer(1, 8)
			.message(7, body)
			.message(8, new MessageWriter().text(1, '').integer(2, 17))
			.bytes();
		expect((await onnx.open('equal names', bytes)).ok).toBe(false);
		const repaired = value(repairOnnx(bytes));
		expect(repaired.repairs).toEqual([{ kind: 'nodes-renamed', count: 1 }]);
		const signature = value(signatureOf(value(parseOnnxHeader(repaired.bytes))));
		expect(await asked(repaired.bytes, signature, [['c0', Float32Array.of(1, 2)]])).toEqual([[4, 8]]);
	});

	test('cut or changed anywhere, it is read or refused, and never throws', () => {
		fc.assert(
			fc.property(fc.nat(classifier.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
				const bytes = isCut ? classifier.slice(0, at) : classifier.with(at, byte);
				const repaired = repairOnnx(bytes);
				const header = parseOnnxHeader(repaired.ok ? repaired.value.bytes : bytes);
				if (header.ok) signatureOf(header.value);
				else expect(['not-onnx', 'unsupported-onnx']).toContain(header.error.kind);
			}),
			{ numRuns: 2000 }
		);
		expect(parseOnnxHeader(new TextEncoder().encode('PK no model'))).toMatchObject({ ok: false });
	});

	test('of a version that the runtime does not know, it is told so', () => {
		const newer = encodeOnnx(
			{ nodes: [], inputs: [], outputs: [{ name: 'y', ...float, shape: [1] }], constants: new Map() },
			{ versions: { ir: 8, opset: 17, ml: 6 }, name: 'newer', metadata: {} }
		);
		expect(parseOnnxHeader(newer)).toEqual({ ok: false, error: { kind: 'unsupported-onnx', what: 'ai.onnx.ml 6' } });
	});

	test('numbers of a message come back, whatever their size', () => {
		for (const number of [0, 1, 127, 128, 2 ** 31, 2 ** 53 - 1]) {
			const [field] = [...fieldsOf(new MessageWriter().integer(3, number).bytes())];
			expect(field).toMatchObject({ number: 3, value: number });
		}
	});
});

const vectors = new URL('../vectors/onnx/', import.meta.url);
const fileOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, vectors)));

describe('what Python says', () => {
	type Told = { readonly outputs: Readonly<Record<string, readonly (number | string | null)[]>> };
	const reference = JSON.parse(readFileSync(new URL('reference.json', vectors), 'utf8')) as {
		readonly models: Readonly<Record<string, Told>>;
	};

	test.each(modelsOfEveryKind())(
		'of $name is what the runtime says here, of a file that is made as it was',
		async ({ name, model }) => {
			const { bytes, signature } = modelToOnnx(model, {
				name,
				threshold: 0.5,
				metadata: { 'weir.dataset': 'Zürich €' }
			});
			expect(Buffer.from(bytes).equals(fileOf(`${name}.onnx`))).toBe(true);
			const [answers = []] = await asked(bytes, signature, served(signature, rawColumns()));
			const { answer } = signature;
			const told =
				reference.models[name]?.outputs[answer.kind === 'number' ? answer.output : (answer.label ?? '')] ?? [];
			expect(told).toHaveLength(ROWS);
			answers.forEach((one, row) =>
				typeof one === 'string' ? expect(one).toBe(told[row]) : expectNear(one, told[row])
			);
		}
	);
});

test('a file of another maker answers MLflow, which gives columns of one dimension, as it answers here', async () => {
	const { bytes, signature } = value(openForeign(fileOf('foreign/columns.onnx')));
	const { answer } = signature;
	invariant(answer.kind === 'class', 'it is a classifier');
	const columns = [
		['c0', Float32Array.of(1, -2, 0.5)],
		['c1', ['Bern', 'Basel', 'Genève']]
	] as const;
	const given = columns.map(([name, values]) => [name, values instanceof Float32Array ? values : [...values]] as const);
	const [labels = [], shares = []] = await asked(bytes, signature, given);
	const flat = mlflowOnnx(bytes, signature, 'elsewhere');
	const header = value(parseOnnxHeader(flat));
	expect(header.inputs.map(({ shape }) => shape)).toEqual([['rows'], ['rows']]);
	const inputs = signature.inputs.map((input) => ({ ...input, rank: 1 as const }));
	for (const [row, label] of labels.entries()) {
		const output = `probability of ${String(label)}`;
		const [told = []] = await asked(flat, { ...signature, inputs, answer: { kind: 'number', output } }, given);
		expect(told[row]).toBe(shares[row]);
	}
});

describe('models of scikit-learn', () => {
	type Row = readonly (number | null)[];
	const told = JSON.parse(readFileSync(new URL('foreign.json', vectors), 'utf8')) as {
		readonly rows: { readonly table: readonly Row[]; readonly gaps: readonly Row[]; readonly city: readonly string[] };
		readonly models: Readonly<Record<string, Foreign>>;
	};
	type Foreign = {
		readonly prediction: readonly (number | string)[];
		readonly classes?: readonly string[];
		readonly shares?: readonly (readonly number[])[];
	};

	test.each(Object.keys(told.models))('%s answers as it did there', async (name) => {
		const { bytes, signature } = value(openForeign(fileOf(`foreign/${name}.onnx`)));
		const table = name === 'logistic' ? told.rows.gaps : told.rows.table;
		const numbers = (at: number): Float32Array => Float32Array.from(table, (row) => row[at] ?? Number.NaN);
		const columns: Parameters<typeof asked>[2] =
			name === 'columns'
				? [
						['c0', numbers(0)],
						['c1', [...told.rows.city]]
					]
				: signature.columns.map((_, at) => [`c${at}`, numbers(at)]);
		const [answers = [], shares = []] = await asked(bytes, signature, columns);
		const { prediction, classes, shares: theirs } = told.models[name] ?? { prediction: [] };
		expect(answers).toHaveLength(prediction.length);
		answers.forEach((answer, row) => {
			if (typeof answer !== 'string') return expectNear(answer, prediction[row]);
			expect(answer).toBe(String(prediction[row]));
			const number = classes?.length === 2 ? 1 : (classes?.indexOf(answer) ?? 0);
			if (theirs) expectNear(shares[row], theirs[row]?.[number]);
		});
	});
});
