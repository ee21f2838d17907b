// What a share's secret, and a passphrase where there is one, give: what the edge asks for, and the key that seals the bundle. The edge
// has neither.
//
// Note: why the passphrase is in both. In the edge's question alone, whoever has the server and the link would read without it; in the
// key alone, whoever has the link could try passphrases on their own machine. The edge counts tries, and cannot try any without the
// secret.
import { toBase64Url } from '#core/base64url.ts';
import { ok, type Result } from '#core/result.ts';
import { shareBound, shareLabel } from '#core/share/share-labels.ts';
import type { ShareLink } from '#core/share/share-link.ts';
import {
	NONCE_BYTES,
	padBundle,
	parseShareFrame,
	shareHead,
	unpadBundle,
	type BrokenShare
} from '#core/share/sealed-share.ts';
import { SALT_BYTES, STRETCH, type KeysCrashed } from '#core/sync/key-slot.ts';
import { decryptGcm, encryptGcm } from './aes-gcm.ts';
import { NO_SALT, deriveFrom, hkdf, randomBytes, sha256Text } from './derive.ts';
import type { StretchPassphrase } from './key-slots.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type ShareKeys = {
	/** What the edge asks for, of which it has the SHA-256 alone. */
	readonly auth: string;
	readonly key: CryptoKey;
};

/** A link that nobody has yet. */
export function newShareLink(hasPassphrase: boolean): ShareLink {
	return { share: toBase64Url(randomBytes(16)), secret: randomBytes(32), hasPassphrase };
}

/** A passphrase is stretched by Argon2id, as one of a workspace is. */
export async function shareKeysOf(
	{ share, secret }: ShareLink,
	passphrase: string | null,
	stretch: StretchPassphrase
): Promise<Result<ShareKeys, KeysCrashed>> {
	let known: Bytes = secret;
	if (passphrase !== null) {
		const salt = await hkdf(await deriveFrom(secret), NO_SALT, shareLabel('salt', share), SALT_BYTES);
		const stretched = await stretch(passphrase.normalize('NFKC'), salt, STRETCH);
		if (!stretched.ok) return stretched;
		known = new Uint8Array([...secret, ...stretched.value]);
	}
	const from = await deriveFrom(known);
	const auth = await hkdf(from, NO_SALT, shareLabel('auth', share), 32);
	const bytes = await hkdf(from, NO_SALT, shareLabel('key', share), 32);
	const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
	return ok({ auth: toBase64Url(auth), key });
}

export async function sealShare(key: CryptoKey, share: string, bundle: Bytes): Promise<Bytes> {
	const nonce = randomBytes(NONCE_BYTES);
	const head = shareHead(nonce);
	const sealed = await encryptGcm({ key, nonce, bound: boundOf(head, share) }, padBundle(bundle));
	return new Uint8Array(await new Blob([head, sealed]).arrayBuffer());
}

export async function openShare(key: CryptoKey, share: string, bytes: Bytes): Promise<Result<Bytes, BrokenShare>> {
	const frame = parseShareFrame(bytes);
	if (!frame.ok) return frame;
	const { head, nonce, sealed } = frame.value;
	const padded = await decryptGcm({ key, nonce, bound: boundOf(head, share) }, sealed);
	return unpadBundle(padded ?? new Uint8Array());
}

/** By which who made it and who reads it see that they see the same: SHA-256 of the bundle. */
export async function fingerprintOf(bundle: Bytes): Promise<string> {
	return sha256Text(bundle);
}

function boundOf(head: Bytes, share: string): Bytes {
	return new Uint8Array([...head, ...shareBound(share)]);
}
