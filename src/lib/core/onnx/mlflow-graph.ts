// A model of ours as `mlflow.onnx` asks one: a column of a table is one dimension, and what is answered must be one too.
import { nodeMessage, tensorMessage, valueMessage } from './graph.ts';
import { withFlatInputs } from './repair.ts';
import type { ModelSignature } from './signature.ts';
import { fieldsOf, MessageWriter, textOf } from './wire.ts';

/** What a class's probability is called there. */
export function classOutput(label: string): string {
	return `probability of ${label}`;
}

/** MLflow gives one column alone as a matrix, and puts outputs side by side as columns, which shares of several classes are not. */
export function mlflowOnnx(bytes: Uint8Array, signature: ModelSignature): Uint8Array<ArrayBuffer> {
	const flat = signature.inputs.length > 1 ? withFlatInputs(bytes, signature) : bytes;
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
