// AES-256-GCM of WebCrypto, with its 16-byte tag behind the ciphertext.
type Bytes = Uint8Array<ArrayBuffer>;

export type GcmInput = {
	readonly key: CryptoKey;
	readonly nonce: Bytes;
	/** Authenticated besides. */
	readonly bound: Bytes;
};

export async function encryptGcm({ key, nonce, bound }: GcmInput, plain: Bytes): Promise<Bytes> {
	const parameters = { name: 'AES-GCM', iv: nonce, additionalData: bound };
	return new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain));
}

/** Null when it is not what was encrypted with all of that. */
export async function decryptGcm({ key, nonce, bound }: GcmInput, sealed: Bytes): Promise<Bytes | null> {
	const parameters = { name: 'AES-GCM', iv: nonce, additionalData: bound };
	try {
		return new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed));
	} catch (error) {
		if (error instanceof DOMException && error.name === 'OperationError') return null;
		throw error;
	}
}
