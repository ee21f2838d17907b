// A model of ours as `mlflow.onnx` asks one: a column of a table is one dimension, and what is answered must be one too.
import { nodeMessage, tensorMessage, valueMessage } from './graph.ts';
import { withFlatInputs } from './repair.ts';
import type { ModelSignature } from './signature.ts';
import { fieldsOf, MessageWriter, textOf } from './wire.ts';

/** What a class's probability is called there. */
export function classOutput(label: string): string {
	return `probability of ${label}`;
}

/** What was trained here takes columns of either shape; other files are given a column as they take it. */
export type ModelOrigin = 'here' | 'elsewhere';

/** MLflow gives one column alone as a matrix, and puts outputs side by side as columns, which shares of several classes are not. */
export function mlflowOnnx(
	bytes: Uint8Array,
	signature: ModelSignature,
	origin: ModelOrigin = 'here'
): Uint8Array<ArrayBuffer> {
	const isShaped = origin === 'here' || signature.inputs.length === 1;
	const shaped = isShaped ? bytes : withShapedInputs(bytes, signature);
	const flat = signature.inputs.length > 1 ? withFlatInputs(shaped, signature) : bytes;
	const { answer } = signature;
	const shares = answer.kind === 'class' ? answer.probabilities : null;
	const classes = answer.kind === 'class' ? answer.classes : [];
	const model = new MessageWriter();
	for (const field of fieldsOf(flat)) {
		if (field.number !== 7 || shares === null) model.raw(field.raw);
		else model.message(7, withClassOutputs(field.bytes, shares, classes));
	}
	return model.bytes();
}

function withClassOutputs(bytes: Uint8Array, shares: string, classes: readonly string[]): MessageWriter {
	const graph = new MessageWriter();
	for (const part of fieldsOf(bytes)) {
		const isShares =
			part.number === 12 && [...fieldsOf(part.bytes)].some((one) => one.number === 1 && textOf(one) === shares);
		if (!isShares) graph.raw(part.raw);
	}
	classes.forEach((label, number) => {
		const [index, name] = [`class ${number}`, classOutput(label)];
		graph.message(5, tensorMessage({ dims: [], values: BigInt64Array.of(BigInt(number)) }).text(8, index));
		const gather = {
			operator: 'Gather',
			inputs: [shares, index],
			outputs: [name],
			attributes: { axis: { integer: 1 } }
		};
		graph.message(1, nodeMessage(gather, `Class_${number}`));
		graph.message(12, valueMessage({ name, type: 'float', shape: ['rows'] }));
	});
	return graph;
}

const SHAPE = 'shape of a column';
const shapedName = (name: string): string => `${name} as a column`;

/** Whatever takes an input of two dimensions takes it through a Reshape. */
function withShapedInputs(bytes: Uint8Array, { inputs }: ModelSignature): Uint8Array<ArrayBuffer> {
	const names = new Set(inputs.filter(({ rank }) => rank === 2).map(({ name }) => name));
	const model = new MessageWriter();
	for (const field of fieldsOf(bytes)) {
		if (field.number !== 7) {
			model.raw(field.raw);
			continue;
		}
		const graph = new MessageWriter();
		for (const name of names) {
			const reshape = { operator: 'Reshape', inputs: [name, SHAPE], outputs: [shapedName(name)] };
			graph.message(1, nodeMessage(reshape, `Column of ${name}`));
		}
		graph.message(5, tensorMessage({ dims: [2], values: BigInt64Array.of(-1n, 1n) }).text(8, SHAPE));
		for (const part of fieldsOf(field.bytes))
			if (part.number === 1) graph.message(1, withInputNames(part.bytes, names));
			else graph.raw(part.raw);
		model.message(7, graph);
	}
	return model.bytes();
}

function withInputNames(bytes: Uint8Array, names: ReadonlySet<string>): MessageWriter {
	const node = new MessageWriter();
	for (const field of fieldsOf(bytes)) {
		const name = field.number === 1 ? textOf(field) : '';
		if (names.has(name)) node.text(1, shapedName(name));
		else node.raw(field.raw);
	}
	return node;
}
