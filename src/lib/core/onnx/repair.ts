// Mends what keeps a foreign model from running, or its answers from being read: see note on traps. The weights stay as they are.
import { valueMessage } from './graph.ts';
import { BrokenMessage, fieldsOf, integersOf, MessageWriter, textOf, type Field } from './wire.ts';
import { err, ok, type Result } from '../result.ts';
import type { OnnxFileFailure } from './header.ts';
import type { ModelSignature } from './signature.ts';

/**
 * Note: traps of ONNX Runtime 1.30.
 * `ZipMap`, which skl2onnx puts at the end of a classifier, gives a sequence of maps, which the runtime cannot hand out: an Identity in its
 * place gives the probabilities as they are. Two nodes of one name are refused as an invalid model: they are numbered.
 */
export type Repair =
	| { readonly kind: 'zip-map-dropped'; readonly output: string }
	| { readonly kind: 'nodes-renamed'; readonly count: number };

export type Repaired = { readonly bytes: Uint8Array<ArrayBuffer>; readonly repairs: readonly Repair[] };

/** Fails: not-onnx */
export function repairOnnx(bytes: Uint8Array<ArrayBuffer>): Result<Repaired, OnnxFileFailure> {
	try {
		const model = new MessageWriter();
		const repairs: Repair[] = [];
		for (const field of fieldsOf(bytes))
			if (field.number === 7) model.message(7, repairedGraph(field.bytes, repairs));
			else model.raw(field.raw);
		return ok(repairs.length > 0 ? { bytes: model.bytes(), repairs } : { bytes, repairs });
	} catch (thrown) {
		if (thrown instanceof BrokenMessage) return err({ kind: 'not-onnx', reason: thrown.message });
		throw thrown;
	}
}

/** A model of ours, which then takes columns of one dimension instead of two, as MLflow gives those of a table. */
export function withFlatInputs(bytes: Uint8Array, signature: ModelSignature): Uint8Array<ArrayBuffer> {
	const typeByInput = new Map(signature.inputs.map(({ name, type }) => [name, type]));
	const model = new MessageWriter();
	for (const field of fieldsOf(bytes)) {
		if (field.number !== 7) {
			model.raw(field.raw);
			continue;
		}
		const graph = new MessageWriter();
		for (const part of fieldsOf(field.bytes)) {
			const name = part.number === 11 ? nameOf(part) : '';
			const type = typeByInput.get(name);
			if (type) graph.message(11, valueMessage({ name, type, shape: ['rows'] }));
			else graph.raw(part.raw);
		}
		model.message(7, graph);
	}
	return model.bytes();
}

type Node = {
	readonly name: string;
	readonly operator: string;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly classCount: number;
	readonly fields: readonly Field[];
};

function repairedGraph(bytes: Uint8Array, repairs: Repair[]): MessageWriter {
	const fields = [...fieldsOf(bytes)];
	const nodes = new Map(fields.filter(({ number }) => number === 1).map((field) => [field, readNode(field)]));
	/** Outputs that ZipMaps gave, by how many classes they have. */
	const zipped = new Map<string, number>();
	for (const { operator, outputs, classCount } of nodes.values())
		if (operator === 'ZipMap' && outputs[0] !== undefined) zipped.set(outputs[0], classCount);
	const taken = new Set<string>();
	let renamed = 0;
	const graph = new MessageWriter();
	for (const field of fields) {
		const node = nodes.get(field);
		const zippedCount = field.number === 12 ? zipped.get(nameOf(field)) : undefined;
		if (node?.operator === 'ZipMap') graph.message(1, identity(node));
		else if (node && taken.has(node.name)) {
			let number = ++renamed;
			while (taken.has(`${node.name}_${number}`)) number++;
			taken.add(`${node.name}_${number}`);
			graph.message(1, withName(node, `${node.name}_${number}`));
		} else if (zippedCount !== undefined) {
			const width = zippedCount > 0 ? zippedCount : 'classes';
			graph.message(12, valueMessage({ name: nameOf(field), type: 'float', shape: ['rows', width] }));
		} else graph.raw(field.raw);
		if (node && node.name !== '') taken.add(node.name);
	}
	for (const output of zipped.keys()) repairs.push({ kind: 'zip-map-dropped', output });
	if (renamed > 0) repairs.push({ kind: 'nodes-renamed', count: renamed });
	return graph;
}

function readNode({ bytes }: Field): Node {
	const fields = [...fieldsOf(bytes)];
	const texts = (number: number): readonly string[] => fields.filter((field) => field.number === number).map(textOf);
	return {
		name: texts(3)[0] ?? '',
		operator: texts(4)[0] ?? '',
		inputs: texts(1),
		outputs: texts(2),
		classCount: fields.filter(({ number }) => number === 5).reduce((sum, field) => sum + countOf(field), 0),
		fields
	};
}

/** How many values the lists of an attribute hold. */
function countOf({ bytes }: Field): number {
	let count = 0;
	for (const field of fieldsOf(bytes)) {
		if (field.number === 8) count += integersOf(field).length;
		else if (field.number === 9) count++;
	}
	return count;
}

function nameOf({ bytes }: Field): string {
	for (const field of fieldsOf(bytes)) if (field.number === 1) return textOf(field);
	return '';
}

function identity({ inputs, outputs, name }: Node): MessageWriter {
	return new MessageWriter()
		.text(1, inputs[0] ?? '')
		.text(2, outputs[0] ?? '')
		.text(3, name)
		.text(4, 'Identity');
}

function withName({ fields }: Node, name: string): MessageWriter {
	const node = new MessageWriter().text(3, name);
	for (const field of fields) if (field.number !== 3) node.raw(field.raw);
	return node;
}
