// An ONNX model as Weir makes one: a graph of operators, what goes in and comes out, and what is told besides.
import { MessageWriter } from './wire.ts';

/** Numbers of TensorProto.DataType. */
export const elementTypes = {
	float: 1,
	uint8: 2,
	int8: 3,
	uint16: 4,
	int16: 5,
	int32: 6,
	int64: 7,
	string: 8,
	bool: 9,
	float16: 10,
	double: 11,
	uint32: 12,
	uint64: 13
} as const;
export type ElementType = keyof typeof elementTypes;

/** Of trees, scalers and encoders. */
export const ML = 'ai.onnx.ml';

export type OnnxTensor = {
	readonly dims: readonly number[];
	readonly values: Float32Array | Float64Array | Uint8Array | BigInt64Array;
};

export type Attribute =
	| { readonly float: number }
	| { readonly integer: number }
	| { readonly text: string }
	| { readonly tensor: OnnxTensor }
	| { readonly floats: Float32Array }
	| { readonly integers: readonly number[] }
	| { readonly texts: readonly string[] };

export type OnnxNode = {
	readonly operator: string;
	/** Left out of ONNX's own. */
	readonly domain?: typeof ML;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly attributes?: Readonly<Record<string, Attribute>>;
};

/** A text in a shape is a dimension that is not known before. */
export type OnnxValue = {
	readonly name: string;
	readonly type: ElementType;
	readonly shape: readonly (number | string)[];
};

export type OnnxGraph = {
	readonly nodes: readonly OnnxNode[];
	readonly inputs: readonly OnnxValue[];
	readonly outputs: readonly OnnxValue[];
	readonly constants: ReadonlyMap<string, OnnxTensor>;
};

export type OnnxVersions = { readonly ir: number; readonly opset: number; readonly ml: number };

/** What readers since 2022 take. */
export const USUAL_VERSIONS: OnnxVersions = { ir: 8, opset: 17, ml: 3 };

/**
 * The bytes of a model file.
 *
 * Source: onnx.proto3 of ONNX 1.17, ModelProto.
 */
export function encodeOnnx(
	graph: OnnxGraph,
	{
		versions,
		name,
		metadata
	}: { readonly versions: OnnxVersions; readonly name: string; readonly metadata: Readonly<Record<string, string>> }
): Uint8Array<ArrayBuffer> {
	const model = new MessageWriter().integer(1, versions.ir).text(2, 'Weir').text(3, '1').integer(5, 1);
	model.message(7, graphMessage(graph, name));
	model.message(8, new MessageWriter().text(1, '').integer(2, versions.opset));
	model.message(8, new MessageWriter().text(1, ML).integer(2, versions.ml));
	for (const [key, value] of Object.entries(metadata))
		model.message(14, new MessageWriter().text(1, key).text(2, value));
	return model.bytes();
}

function graphMessage({ nodes, inputs, outputs, constants }: OnnxGraph, name: string): MessageWriter {
	const graph = new MessageWriter();
	nodes.forEach((node, index) => graph.message(1, nodeMessage(node, `${node.operator}_${index}`)));
	graph.text(2, name);
	for (const [constant, tensor] of constants) graph.message(5, tensorMessage(tensor).text(8, constant));
	for (const input of inputs) graph.message(11, valueMessage(input));
	for (const output of outputs) graph.message(12, valueMessage(output));
	return graph;
}

export function nodeMessage(
	{ operator, domain, inputs, outputs, attributes = {} }: OnnxNode,
	name: string
): MessageWriter {
	const node = new MessageWriter();
	for (const input of inputs) node.text(1, input);
	for (const output of outputs) node.text(2, output);
	node.text(3, name).text(4, operator);
	for (const [key, attribute] of Object.entries(attributes)) node.message(5, attributeMessage(key, attribute));
	if (domain) node.text(7, domain);
	return node;
}

function attributeMessage(name: string, attribute: Attribute): MessageWriter {
	const message = new MessageWriter().text(1, name);
	if ('float' in attribute) return message.float(2, attribute.float).integer(20, 1);
	if ('integer' in attribute) return message.integer(3, attribute.integer).integer(20, 2);
	if ('text' in attribute) return message.text(4, attribute.text).integer(20, 3);
	if ('tensor' in attribute) return message.message(5, tensorMessage(attribute.tensor)).integer(20, 4);
	if ('floats' in attribute) return message.floats(7, attribute.floats).integer(20, 6);
	if ('integers' in attribute) return message.integers(8, attribute.integers).integer(20, 7);
	for (const text of attribute.texts) message.text(9, text);
	return message.integer(20, 8);
}

export function tensorMessage({ dims, values }: OnnxTensor): MessageWriter {
	const { float, double, uint8, int64 } = elementTypes;
	const type =
		values instanceof Float32Array
			? float
			: values instanceof Float64Array
				? double
				: values instanceof Uint8Array
					? uint8
					: int64;
	const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
	return new MessageWriter().integers(1, dims).integer(2, type).content(9, bytes);
}

export function valueMessage({ name, type, shape }: OnnxValue): MessageWriter {
	const dims = new MessageWriter();
	for (const dim of shape)
		dims.message(1, typeof dim === 'number' ? new MessageWriter().integer(1, dim) : new MessageWriter().text(2, dim));
	const tensor = new MessageWriter().integer(1, elementTypes[type]).message(2, dims);
	return new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor));
}
