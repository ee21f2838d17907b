// Collects the operators of a graph in their order, and names what flows between them.
import { ML, type Attribute, type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValue } from './graph.ts';

type More = {
	readonly domain?: OnnxNode['domain'];
	readonly attributes?: Readonly<Record<string, Attribute>>;
};

export class GraphBuilder {
	readonly #nodes: OnnxNode[] = [];
	readonly #constants = new Map<string, OnnxTensor>();
	readonly #inputs: OnnxValue[] = [];
	readonly #outputs: OnnxValue[] = [];

	input(value: OnnxValue): string {
		this.#inputs.push(value);
		return value.name;
	}

	/** Answers with the output's name, which no column of the input has. */
	output(value: OnnxValue, from: string): string {
		let { name } = value;
		while (this.#inputs.some((input) => input.name === name)) name += '_';
		this.#outputs.push({ ...value, name });
		this.#nodes.push({ operator: 'Identity', inputs: [from], outputs: [name] });
		return name;
	}

	/** Answers with the name of the operator's output. */
	add(operator: string, inputs: readonly string[], { domain, attributes }: More = {}): string {
		const name = `/weir/${this.#nodes.length}`;
		this.#nodes.push({
			operator,
			inputs,
			outputs: [name],
			...(domain ? { domain } : {}),
			...(attributes ? { attributes } : {})
		});
		return name;
	}

	/** As `add`, of ai.onnx.ml. */
	learnt(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>>): string {
		return this.add(operator, inputs, { domain: ML, attributes });
	}

	constant(values: OnnxTensor['values'], dims: readonly number[] = [values.length]): string {
		const name = `/weir/constant/${this.#constants.size}`;
		this.#constants.set(name, { dims, values });
		return name;
	}

	graph(): OnnxGraph {
		return { nodes: this.#nodes, inputs: this.#inputs, outputs: this.#outputs, constants: this.#constants };
	}
}
