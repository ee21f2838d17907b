// What a model must be given and what it answers, read off its file: checked before the first row, and shown to people.
import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';
import { elementTypes, type ElementType } from './graph.ts';
import type { OnnxFileFailure, OnnxHeader, ValueHeader } from './header.ts';

/** A column that a row must have. A null becomes NaN, or `missing` where a text is wanted. */
export type SignatureColumn = {
	readonly name: string;
	readonly kind: 'number' | 'whole' | 'boolean' | 'date' | 'text';
	readonly missing: string;
};

export type ModelSignature = {
	readonly columns: readonly SignatureColumn[];
	/** An input for each column in their order, or one matrix of all. */
	readonly inputs: readonly { readonly name: string; readonly type: ElementType; readonly rank: 1 | 2 }[];
	readonly answer: ModelAnswer;
};

export type ModelAnswer =
	| { readonly kind: 'number'; readonly output: string }
	/**
	 * `probabilities` has a column for each class; the class is the likeliest then, whatever label the model gives, which some
	 * classifiers get wrong. Of two classes it is the second from `threshold` on.
	 */
	| {
			readonly kind: 'class';
			readonly label: string | null;
			readonly probabilities: string | null;
			readonly classes: readonly string[];
			readonly threshold: number;
			/** Whether the probability of each class is wanted; of no file, but of who asks. */
			readonly tellsAll?: true;
	  };

/** As it is asked for the probability of each class; as it is, where it tells none. */
export function tellingAll(signature: ModelSignature): ModelSignature {
	const { answer } = signature;
	if (answer.kind === 'number' || answer.probabilities === null) return signature;
	return { ...signature, answer: { ...answer, tellsAll: true } };
}

/** The name under which a model of ours tells its own signature. */
export const SIGNATURE_KEY = 'weir.signature';

const columnShape = v.object({
	name: v.string(),
	kind: v.picklist(['number', 'whole', 'boolean', 'date', 'text']),
	missing: v.string()
});
export const signatureShape = v.object({
	columns: v.array(columnShape),
	inputs: v.array(
		v.object({
			name: v.string(),
			type: v.picklist(Object.keys(elementTypes) as ElementType[]),
			rank: v.picklist([1, 2])
		})
	),
	answer: v.variant('kind', [
		v.object({ kind: v.literal('number'), output: v.string() }),
		v.object({
			kind: v.literal('class'),
			label: v.nullable(v.string()),
			probabilities: v.nullable(v.string()),
			classes: v.array(v.string()),
			threshold: v.number()
		})
	])
});

/** Fails: unsupported-onnx, when an input is of a kind that a table has no columns for, or nothing in it is an answer. */
export function signatureOf(header: OnnxHeader): Result<ModelSignature, OnnxFileFailure> {
	const own = ownSignature(header);
	if (own) return ok(own);
	const columns: SignatureColumn[] = [];
	const inputs: ModelSignature['inputs'][number][] = [];
	const [only] = header.inputs;
	const width = header.inputs.length === 1 && only ? widthOf(only) : 1;
	for (const input of header.inputs) {
		const { name, type, shape } = input;
		const kind = type && kindOf(type);
		if (!type || !kind) return err({ kind: 'unsupported-onnx', what: `the input "${name}"` });
		const rank = shape.length <= 1 ? 1 : 2;
		if (shape.length > 2 || (header.inputs.length > 1 && widthOf(input) !== 1))
			return err({ kind: 'unsupported-onnx', what: `the input "${name}" of ${shape.length} dimensions` });
		inputs.push({ name, type, rank });
		if (header.inputs.length > 1 || width === 1) columns.push({ name, kind, missing: '' });
		else columns.push(...names(header, name, width).map((one) => ({ name: one, kind, missing: '' })));
	}
	if (columns.length === 0) return err({ kind: 'unsupported-onnx', what: 'a model without inputs' });
	const answer = answerOf(header);
	return answer
		? ok({ columns, inputs, answer })
		: err({ kind: 'unsupported-onnx', what: 'outputs that are no tensors' });
}

function ownSignature({ metadata, inputs, outputs }: OnnxHeader): ModelSignature | null {
	const text = metadata[SIGNATURE_KEY];
	if (text === undefined) return null;
	const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), signatureShape), text);
	if (!parsed.success) return null;
	const { answer } = parsed.output;
	const told = answer.kind === 'number' ? [answer.output] : [answer.label, answer.probabilities];
	const isThere = (name: string, among: readonly ValueHeader[]): boolean => among.some((one) => one.name === name);
	const isWhole =
		parsed.output.inputs.length === inputs.length &&
		parsed.output.inputs.every(({ name }) => isThere(name, inputs)) &&
		told.every((name) => name === null || isThere(name, outputs));
	return isWhole ? parsed.output : null;
}

function kindOf(type: ElementType): SignatureColumn['kind'] | null {
	if (type === 'float' || type === 'double') return 'number';
	if (type === 'int64' || type === 'int32') return 'whole';
	if (type === 'bool') return 'boolean';
	return type === 'string' ? 'text' : null;
}

/** Of a matrix whose second dimension is told; 1 of one column. */
function widthOf({ shape }: ValueHeader): number {
	const last = shape.length > 1 ? shape.at(-1) : 1;
	return typeof last === 'number' && last > 0 && last <= 10_000 ? last : 1;
}

/** As the metadata name them, where they do; else numbered. */
function names({ metadata }: OnnxHeader, input: string, width: number): readonly string[] {
	const told = v.safeParse(v.pipe(v.string(), v.parseJson(), v.array(v.string())), metadata['feature_names']);
	if (told.success && told.output.length === width) return told.output;
	return Array.from({ length: width }, (_, index) => `${input}_${index}`);
}

function answerOf({ outputs, classes }: OnnxHeader): ModelAnswer | null {
	const tensors = outputs.filter(({ type }) => type !== null);
	const isNumber = ({ type }: ValueHeader): boolean => type === 'float' || type === 'double';
	const isLabel = ({ type }: ValueHeader): boolean => type === 'int64' || type === 'string' || type === 'int32';
	const label = tensors.find(isLabel);
	const numbers = tensors.find(isNumber);
	if (label) {
		// Without the classes nobody can tell what a column of the probabilities means.
		const probabilities = classes && numbers ? numbers.name : null;
		return { kind: 'class', label: label.name, probabilities, classes: classes ?? [], threshold: 0.5 };
	}
	return numbers ? { kind: 'number', output: numbers.name } : null;
}
