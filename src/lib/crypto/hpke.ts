// Seals to the public key of one device (RFC 9180: DHKEM of X25519 and HKDF-SHA-256, AES-256-GCM, base mode).
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256, OpenError } from 'hpke';

type Bytes = Uint8Array<ArrayBuffer>;

export type SealedTo = { readonly key: Bytes; readonly sealed: Bytes };

const suite = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);

export async function sealTo(takes: Bytes, info: Bytes, plain: Bytes): Promise<SealedTo> {
	const sealed = await suite.Seal(await suite.DeserializePublicKey(takes), plain, { info });
	return { key: new Uint8Array(sealed.encapsulatedSecret), sealed: new Uint8Array(sealed.ciphertext) };
}

/** Null when it is not what was sealed to this device with that `info`. */
export async function openSealed(taking: CryptoKeyPair, info: Bytes, { key, sealed }: SealedTo): Promise<Bytes | null> {
	try {
		return new Uint8Array(await suite.Open(taking, key, sealed, { info }));
	} catch (error) {
		if (isRefusal(error)) return null;
		throw error;
	}
}

/** The library has a class for each step at which foreign bytes may turn out to be none. */
function isRefusal(error: unknown): boolean {
	return (
		error instanceof OpenError || (error instanceof Error && /^(Decap|Deserialize|Validation)Error$/.test(error.name))
	);
}
