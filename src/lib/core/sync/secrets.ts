// What a key slot holds: what opens everything of a workspace. `idKey` names versions and parts, so that they have the same names on
// every device.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { ok, type Result } from '../result.ts';
import { bytesShape, readCanonical } from './read-canonical.ts';
import { broken, type BrokenObject } from './sealed-object.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Secrets = {
	/** The root keys of all epochs, oldest first. */
	readonly roots: readonly Bytes[];
	readonly idKey: Bytes;
};

export const ROOT_BYTES = 32;

const keyShape = v.pipe(
	bytesShape,
	v.check((key) => key.length === ROOT_BYTES)
);
const shape = v.union([
	/** Of a workspace that has never begun a second epoch; read, and not written any more. */
	v.strictTuple([v.literal('weir/secrets/v1'), v.strictObject({ rootKey: keyShape, idKey: keyShape })]),
	v.strictTuple([
		v.literal('weir/secrets/v2'),
		v.strictObject({ roots: v.pipe(v.array(keyShape), v.minLength(1)), idKey: keyShape })
	])
]);

export function encodeSecrets({ roots, idKey }: Secrets): Bytes {
	return encodeCanonical(['weir/secrets/v2', { roots, idKey }]);
}

export function parseSecrets(plain: Bytes): Result<Secrets, BrokenObject> {
	const secrets = readCanonical(plain, shape)?.[1];
	if (!secrets) return broken('content');
	return ok('roots' in secrets ? secrets : { roots: [secrets.rootKey], idKey: secrets.idKey });
}
