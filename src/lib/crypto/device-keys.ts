// The keys of a device: Ed25519, by which it signs, and X25519, to which others seal. Made on the device, which they never leave; what is
// used of them cannot be exported, and what is kept of them besides is for the time when the workspace is locked.
import { encodeDeviceSecret, parseDeviceSecret } from '#core/sync/device-secret.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type DeviceKeys = {
	readonly signing: CryptoKey;
	readonly signs: Bytes;
	/** Null where the browser has no X25519. */
	readonly taking: CryptoKeyPair | null;
	readonly takes: Bytes | null;
};

/** `kept` are the private keys themselves, to be sealed and forgotten. */
export type NewDeviceKeys = { readonly keys: DeviceKeys; readonly kept: Bytes };

/** Null where the browser has no Ed25519. */
export async function makeDeviceKeys(): Promise<NewDeviceKeys | null> {
	const signing = await makePair('Ed25519', ['sign', 'verify']);
	if (!signing) return null;
	const taking = await makePair('X25519', ['deriveBits']);
	const kept = encodeDeviceSecret({
		signing: signing.secret,
		signs: signing.open,
		taking: taking && { secret: taking.secret, takes: taking.open }
	});
	const keys = await openDeviceKeys(kept);
	return keys && { keys, kept };
}

/** Null for what was not kept by `makeDeviceKeys`. */
export async function openDeviceKeys(kept: Bytes): Promise<DeviceKeys | null> {
	const read = parseDeviceSecret(kept);
	if (!read) return null;
	const { signs, taking } = read;
	return {
		signing: await crypto.subtle.importKey('pkcs8', read.signing, 'Ed25519', false, ['sign']),
		signs,
		takes: taking?.takes ?? null,
		taking: taking && {
			privateKey: await crypto.subtle.importKey('pkcs8', taking.secret, 'X25519', false, ['deriveBits']),
			publicKey: await crypto.subtle.importKey('raw', taking.takes, 'X25519', true, [])
		}
	};
}

/** Null where the browser does not know the algorithm. */
async function makePair(
	name: 'Ed25519' | 'X25519',
	usages: readonly KeyUsage[]
): Promise<{ readonly secret: Bytes; readonly open: Bytes } | null> {
	try {
		const pair = await crypto.subtle.generateKey({ name }, true, usages);
		if (!('publicKey' in pair)) return null;
		return {
			secret: new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)),
			open: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
		};
	} catch (error) {
		if (error instanceof DOMException && error.name === 'NotSupportedError') return null;
		throw error;
	}
}

export async function signBytes(key: CryptoKey, content: Bytes): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.sign('Ed25519', key, content));
}

/** False for a key that is none, too. */
export async function isSignedBy(signs: Bytes, content: Bytes, signature: Bytes): Promise<boolean> {
	try {
		const key = await crypto.subtle.importKey('raw', signs, { name: 'Ed25519' }, false, ['verify']);
		return await crypto.subtle.verify('Ed25519', key, signature, content);
	} catch (error) {
		if (error instanceof DOMException) return false;
		throw error;
	}
}
