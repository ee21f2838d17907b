// What an ONNX file says of itself, without its weights: versions, operators, what goes in and comes out, and metadata.
import { err, ok, type Result } from '../result.ts';
import { elementTypes, ML, type ElementType } from './graph.ts';
import { BrokenMessage, fieldsOf, integersOf, textOf, type Field } from './wire.ts';

export type OnnxHeader = {
	readonly irVersion: number;
	readonly producer: string;
	readonly producerVersion: string;
	/** Version by domain; ONNX's own is `ai.onnx`. */
	readonly opsets: Readonly<Record<string, number>>;
	/** How often each stands in the graph and in graphs within it; those of other domains with their domain. */
	readonly operators: Readonly<Record<string, number>>;
	/** Those that have no value in the file. */
	readonly inputs: readonly ValueHeader[];
	readonly outputs: readonly ValueHeader[];
	readonly metadata: Readonly<Record<string, string>>;
	readonly weightBytes: number;
	/** Of a classifier, as text. */
	readonly classes: readonly string[] | null;
	/** Weights that lie in other files. */
	readonly hasExternalData: boolean;
};

/** `type` is null for what is no tensor, or of a type that is not served. A dimension that is not known before is its name, or null. */
export type ValueHeader = {
	readonly name: string;
	readonly type: ElementType | null;
	readonly shape: readonly (number | string | null)[];
};

export type OnnxFileFailure =
	| { readonly kind: 'not-onnx'; readonly reason: string }
	/** `what`: a domain with its version, `external data`, or an operator. */
	| { readonly kind: 'unsupported-onnx'; readonly what: string };

/** What the runtime takes, measured on ONNX Runtime Web 1.30. */
const NEWEST: Readonly<Record<string, number>> = { 'ai.onnx': 26, [ML]: 5, 'com.microsoft': 1 };
const NEWEST_IR = 13;

const DEPTH_MAX = 8;
/** A model may have weights of any size; what is said about it may not. */
const TEXT_MAX_BYTES = 16 * 1024 * 1024;

/** Fails: not-onnx · unsupported-onnx */
export function parseOnnxHeader(bytes: Uint8Array): Result<OnnxHeader, OnnxFileFailure> {
	try {
		const header = readHeader(bytes);
		if (header.irVersion === 0 || header.outputs.length === 0)
			return err({ kind: 'not-onnx', reason: 'it has no graph with outputs' });
		const what = unsupported(header);
		return what === null ? ok(header) : err({ kind: 'unsupported-onnx', what });
	} catch (thrown) {
		if (thrown instanceof BrokenMessage) return err({ kind: 'not-onnx', reason: thrown.message });
		throw thrown;
	}
}

function unsupported({ irVersion, opsets, hasExternalData }: OnnxHeader): string | null {
	if (hasExternalData) return 'external data';
	if (irVersion > NEWEST_IR) return `IR version ${irVersion}`;
	for (const [domain, version] of Object.entries(opsets))
		if (version > (NEWEST[domain] ?? 0)) return `${domain} ${version}`;
	return null;
}

type Found = {
	operators: Record<string, number>;
	weightBytes: number;
	hasExternalData: boolean;
	classes: readonly string[] | null;
};

function readHeader(bytes: Uint8Array): OnnxHeader {
	let [irVersion, producer, producerVersion] = [0, '', ''];
	const opsets: Record<string, number> = {};
	const metadata: Record<string, string> = {};
	const found: Found = { operators: {}, weightBytes: 0, hasExternalData: false, classes: null };
	let values: Pick<OnnxHeader, 'inputs' | 'outputs'> = { inputs: [], outputs: [] };
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) irVersion = field.value;
		else if (field.number === 2) producer = limited(field);
		else if (field.number === 3) producerVersion = limited(field);
		else if (field.number === 7) values = readGraph(field.bytes, found, 0);
		else if (field.number === 8) {
			const [domain, version] = pair(field.bytes);
			opsets[domain === '' ? 'ai.onnx' : domain] = version;
		} else if (field.number === 14) {
			const [key, , value] = pair(field.bytes);
			Object.defineProperty(metadata, key, { value, enumerable: true, configurable: true });
		}
	}
	return { irVersion, producer, producerVersion, opsets, metadata, ...found, ...values };
}

/** The first field as text, the second as a number and as text. */
function pair(bytes: Uint8Array): readonly [string, number, string] {
	let [first, number, second] = ['', 0, ''];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) first = limited(field);
		else if (field.number === 2) [number, second] = [field.value, limited(field)];
	}
	return [first, number, second];
}

function limited(field: Field): string {
	if (field.bytes.length > TEXT_MAX_BYTES) throw new BrokenMessage('a text is too long');
	return textOf(field);
}

function readGraph(bytes: Uint8Array, found: Found, depth: number): Pick<OnnxHeader, 'inputs' | 'outputs'> {
	if (depth > DEPTH_MAX) throw new BrokenMessage('graphs are nested too deeply');
	const given = new Set<string>();
	const [inputs, outputs]: [ValueHeader[], ValueHeader[]] = [[], []];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) readNode(field.bytes, found, depth);
		else if (field.number === 5) {
			found.weightBytes += field.bytes.length;
			for (const { number, value, bytes: content } of fieldsOf(field.bytes)) {
				if (number === 8) given.add(textOf({ bytes: content }));
				else if (number === 14 && value === 1) found.hasExternalData = true;
			}
		} else if (field.number === 11) inputs.push(readValue(field.bytes));
		else if (field.number === 12) outputs.push(readValue(field.bytes));
	}
	return { inputs: inputs.filter(({ name }) => !given.has(name)), outputs };
}

function readNode(bytes: Uint8Array, found: Found, depth: number): void {
	let [operator, domain] = ['', ''];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 4) operator = limited(field);
		else if (field.number === 7) domain = limited(field);
		else if (field.number === 5) readAttribute(field.bytes, found, depth);
	}
	const key = domain === '' || domain === 'ai.onnx' ? operator : `${domain}.${operator}`;
	found.operators[key] = (found.operators[key] ?? 0) + 1;
}

const classNames = new Set(['classlabels_strings', 'classlabels_int64s', 'classlabels_ints']);

function readAttribute(bytes: Uint8Array, found: Found, depth: number): void {
	let name = '';
	const classes: string[] = [];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) name = limited(field);
		else if (field.number === 6) readGraph(field.bytes, found, depth + 1);
		else if (field.number === 8 && classNames.has(name)) classes.push(...integersOf(field).map(String));
		else if (field.number === 9 && classNames.has(name)) classes.push(limited(field));
	}
	if (classes.length > 0) found.classes = classes;
}

const typeByNumber = new Map<number, ElementType>(
	Object.entries(elementTypes).map(([name, number]) => [number, name as ElementType])
);

function readValue(bytes: Uint8Array): ValueHeader {
	let name = '';
	let type: ElementType | null = null;
	const shape: (number | string | null)[] = [];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) name = limited(field);
		if (field.number !== 2) continue;
		for (const kind of fieldsOf(field.bytes)) {
			if (kind.number !== 1) continue;
			for (const part of fieldsOf(kind.bytes)) {
				if (part.number === 1) type = typeByNumber.get(part.value) ?? null;
				if (part.number !== 2) continue;
				for (const dim of fieldsOf(part.bytes)) shape.push(readDimension(dim));
			}
		}
	}
	return { name, type, shape };
}

function readDimension({ bytes }: Field): number | string | null {
	let dimension: number | string | null = null;
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) dimension = field.value < 2 ** 53 ? field.value : null;
		else if (field.number === 2) dimension = limited(field);
	}
	return dimension === '' ? null : dimension;
}
