// The private keys of a device as they are sealed for the time when the workspace is locked on it.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { bytesShape, readCanonical } from './read-canonical.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Private keys are PKCS #8, public ones as they are. */
export type DeviceSecret = {
	readonly signing: Bytes;
	readonly signs: Bytes;
	/** Null where the browser has no X25519. */
	readonly taking: { readonly secret: Bytes; readonly takes: Bytes } | null;
};

const shape = v.strictTuple([
	v.literal('weir/device-keys/v1'),
	v.strictObject({
		signing: bytesShape,
		signs: bytesShape,
		taking: v.nullable(v.strictObject({ secret: bytesShape, takes: bytesShape }))
	})
]);

export function encodeDeviceSecret(secret: DeviceSecret): Bytes {
	return encodeCanonical(['weir/device-keys/v1', secret]);
}

export function parseDeviceSecret(plain: Bytes): DeviceSecret | null {
	return readCanonical(plain, shape)?.[1] ?? null;
}
