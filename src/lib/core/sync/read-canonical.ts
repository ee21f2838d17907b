// Reads small canonical bytes against a shape, and refuses bytes that the encoder would not have written.
import { custom, safeParse, type GenericSchema, type InferOutput } from 'valibot';
import { decodeCanonical } from '../decoding.ts';
import { encodeCanonical } from '../encoding.ts';

export const bytesShape = custom<Uint8Array<ArrayBuffer>>((input) => input instanceof Uint8Array);

/** Null for whatever is not of the shape, or not its only encoding: what is signed must not have two texts. */
export function readCanonical<Schema extends GenericSchema>(
	bytes: Uint8Array<ArrayBuffer>,
	schema: Schema
): InferOutput<Schema> | null {
	const decoded = decodeCanonical(bytes);
	if (!decoded.ok) return null;
	const parsed = safeParse(schema, decoded.value);
	if (!parsed.success) return null;
	try {
		const again = encodeCanonical(decoded.value);
		const isSame = again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
		return isSame ? parsed.output : null;
	} catch (thrown) {
		// A number that has no canonical bytes.
		if (thrown instanceof RangeError) return null;
		throw thrown;
	}
}
