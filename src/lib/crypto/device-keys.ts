// The key by which a device signs: Ed25519, made on the device, which it never leaves.
type Bytes = Uint8Array<ArrayBuffer>;

/** Null where the browser has no Ed25519. */
export async function makeDeviceKeys(): Promise<{ readonly pair: CryptoKeyPair; readonly signs: Bytes } | null> {
	try {
		const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
		if (!('publicKey' in pair)) return null;
		return { pair, signs: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
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
