// Reads canonical bytes against a shape.
import { custom, safeParse, type GenericSchema, type InferOutput } from 'valibot';
import { decodeCanonical } from '../decoding.ts';
import { encodeCanonical } from '../encoding.ts';

export const bytesShape = custom<Uint8Array<ArrayBuffer>>((input) => input instanceof Uint8Array);

/** Null for whatever is not of the shape. */
export function readShape<Schema extends GenericSchema>(
	bytes: Uint8Array<ArrayBuffer>,
	schema: Schema
): InferOutput<Schema> | null {
	const decoded = decodeCanonical(bytes);
	return decoded.ok ? shaped(decoded.value, schema) : null;
}

/** Null also for what is not its only encoding: what is signed must not have two texts. */
export function readCanonical<Schema extends GenericSchema>(
	bytes: Uint8Array<ArrayBuffer>,
	schema: Schema
): InferOutput<Schema> | null {
	const decoded = decodeCanonical(bytes);
	if (!decoded.ok) return null;
	try {
		const again = encodeCanonical(decoded.value);
		const isSame = again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
		return isSame ? shaped(decoded.value, schema) : null;
	} catch (thrown) {
		// A number that has no canonical bytes.
		if (thrown instanceof RangeError) return null;
		throw thrown;
	}
}

function shaped<Schema extends GenericSchema>(value: unknown, schema: Schema): InferOutput<Schema> | null {
	const parsed = safeParse(schema, value);
	return parsed.success ? parsed.output : null;
}
