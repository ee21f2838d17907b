// Arrow batches as tensors, and what comes out of a model as plain values.
import { tableFromIPC, type Column } from '@uwdata/flechette';
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { OutputValues } from '#core/onnx/answers.ts';
import type { ElementType } from '#core/onnx/graph.ts';
import type { ModelSignature } from '#core/onnx/signature.ts';
import { invariant } from '#core/result.ts';
import type { Runtime } from './runtime.ts';

type Values = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | string[];

/** `arrow` has the columns of the signature, without nulls. */
export function inputTensors(
	{ inputs }: ModelSignature,
	arrow: Uint8Array<ArrayBuffer>,
	runtime: Runtime
): { readonly rowCount: number; readonly tensors: Record<string, Tensor> } {
	const table = tableFromIPC(arrow, { useBigInt: true });
	const rowCount = table.numRows;
	const columns = table.schema.fields.map((_, index): Column<unknown> => table.getChildAt(index));
	const [matrix] = inputs;
	const tensors: Record<string, Tensor> = {};
	if (inputs.length === 1 && matrix && columns.length > 1) {
		const values = rowMajor(
			columns.map((column) => valuesOf(column, matrix.type)),
			matrix.type,
			rowCount
		);
		tensors[matrix.name] = tensorOf(runtime, matrix.type, values, [rowCount, columns.length]);
		return { rowCount, tensors };
	}
	inputs.forEach(({ name, type, rank }, index) => {
		const column = columns[index];
		invariant(column, 'every input has a column');
		tensors[name] = tensorOf(runtime, type, valuesOf(column, type), rank === 1 ? [rowCount] : [rowCount, 1]);
	});
	return { rowCount, tensors };
}

function tensorOf(runtime: Runtime, type: ElementType, values: Values, dims: readonly number[]): Tensor {
	// The runtime's constructor has an overload for each type, which a type known only at run time cannot choose among.
	const Made = runtime.Tensor as new (type: string, values: Values, dims: readonly number[]) => Tensor;
	return new Made(type === 'float' ? 'float32' : type === 'double' ? 'float64' : type, values, dims);
}

function valuesOf(column: Column<unknown>, type: ElementType): Values {
	if (type === 'string') return Array.from(column, String);
	const made = emptyOf(type, column.length);
	let start = 0;
	for (const batch of column.data) {
		const { values, length } = batch;
		if (values?.constructor === made.constructor && type !== 'bool') copy(made, values as typeof made, length, start);
		else for (let at = 0; at < length; at++) put(made, start + at, batch.at(at));
		start += length;
	}
	return made;
}

function copy(
	into: ReturnType<typeof emptyOf>,
	values: ReturnType<typeof emptyOf>,
	length: number,
	start: number
): void {
	(into as Float64Array).set((values as Float64Array).subarray(0, length), start);
}

function put(into: ReturnType<typeof emptyOf>, at: number, value: unknown): void {
	if (into instanceof BigInt64Array) into[at] = BigInt(Number(value));
	else into[at] = Number(value);
}

function emptyOf(type: ElementType, length: number): Exclude<Values, string[]> {
	if (type === 'double') return new Float64Array(length);
	if (type === 'int64') return new BigInt64Array(length);
	if (type === 'int32') return new Int32Array(length);
	return type === 'bool' ? new Uint8Array(length) : new Float32Array(length);
}

function rowMajor(columns: readonly Values[], type: ElementType, rowCount: number): Values {
	const width = columns.length;
	if (type === 'string') {
		const texts: string[] = [];
		for (let row = 0; row < rowCount; row++) for (const column of columns) texts.push(String(column[row]));
		return texts;
	}
	const matrix = emptyOf(type, rowCount * width);
	columns.forEach((column, index) => {
		for (let row = 0, at = index; row < rowCount; row++, at += width) put(matrix, at, column[row]);
	});
	return matrix;
}

export function outputValues(
	outputs: InferenceSession.ReturnType,
	rowCount: number
): ReadonlyMap<string, OutputValues> {
	return new Map(
		Object.entries(outputs).map(([name, tensor]) => {
			const values = tensor.data as OutputValues['values'];
			return [name, { values, width: Math.max(1, Math.floor(values.length / Math.max(1, rowCount))) }];
		})
	);
}
