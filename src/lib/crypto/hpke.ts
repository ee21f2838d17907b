// Seals to a public key (RFC 9180: DHKEM of X25519 and HKDF-SHA-256, AES-256-GCM, base mode).
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke';

type Bytes = Uint8Array<ArrayBuffer>;

export type SealedTo = { readonly key: Bytes; readonly sealed: Bytes };

/** What is not sealed and must be the same when it is opened. */
type Bound = { readonly info: Bytes; readonly aad?: Bytes };

const suite = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM);

/** Null for a public key that nothing can be sealed to. */
export async function sealTo(takes: Bytes, bound: Bound, plain: Bytes): Promise<SealedTo | null> {
	return unlessRefused(async () => {
		const sealed = await suite.Seal(await suite.DeserializePublicKey(takes), plain, bound);
		return { key: new Uint8Array(sealed.encapsulatedSecret), sealed: new Uint8Array(sealed.ciphertext) };
	});
}

/** Null when it is not what was sealed to this pair, bound like that. */
export async function openSealed(pair: CryptoKeyPair, bound: Bound, { key, sealed }: SealedTo): Promise<Bytes | null> {
	return unlessRefused(async () => new Uint8Array(await suite.Open(pair, key, sealed, bound)));
}

/** The one pair that comes from a secret of 32 bytes, with its public key's bytes. */
export async function pairFrom(secret: Bytes): Promise<{ readonly pair: CryptoKeyPair; readonly takes: Bytes }> {
	const pair = await suite.DeriveKeyPair(secret);
	return { pair, takes: new Uint8Array(await suite.SerializePublicKey(pair.publicKey)) };
}

/** The library has a class for each step at which foreign bytes may turn out to be none. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | null> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Error && /^(Encap|Decap|Deserialize|Validation|Open)Error$/.test(error.name)) return null;
		throw error;
	}
}
