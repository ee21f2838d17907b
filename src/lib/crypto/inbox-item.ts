// Seals what goes into an inbox, to a public key, and opens it by the pair that comes from the workspace's root key.
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { fromBase64Url, toBase64Url } from '#core/base64url.ts';
import { err, ok, type Result } from '#core/result.ts';
import {
	INBOX_EPOCH,
	encodeContent,
	itemHead,
	itemInfo,
	joinItem,
	parseContent,
	parseItem,
	type ItemContent,
	type ItemPlace
} from '#core/sync/inbox-item.ts';
import { broken, type BrokenObject } from '#core/sync/sealed-object.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const suite = new CipherSuite({
	kem: new DhkemX25519HkdfSha256(),
	kdf: new HkdfSha256(),
	aead: new Aes256Gcm()
});

/** Fails: not-a-key */
export async function sealItem(
	publicKey: string,
	place: ItemPlace,
	content: ItemContent
): Promise<Result<Bytes, { readonly kind: 'not-a-key' }>> {
	const bytes = fromBase64Url(publicKey);
	if (bytes?.length !== 32) return err({ kind: 'not-a-key' });
	const head = itemHead(INBOX_EPOCH);
	const info = itemInfo(place).buffer;
	try {
		const recipientPublicKey = await suite.kem.deserializePublicKey(bytes.buffer);
		const sealed = await suite.seal({ recipientPublicKey, info }, encodeContent(content).buffer, head.buffer);
		return ok(joinItem(head, new Uint8Array(sealed.enc), new Uint8Array(sealed.ct)));
	} catch {
		// A point of small order, which the library says in many words.
		return err({ kind: 'not-a-key' });
	}
}

export type InboxKeys = {
	/** 32 bytes as text. */
	readonly publicKey: string;
	open(place: ItemPlace, bytes: Bytes): Promise<Result<ItemContent, BrokenObject>>;
};

/** From the 32 bytes that the root key gives for it: every device of a workspace has the same pair. */
export async function inboxKeysOf(secret: Bytes): Promise<InboxKeys> {
	const pair = await suite.kem.deriveKeyPair(secret.buffer);
	const publicKey = toBase64Url(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)));
	return {
		publicKey,
		open: async (place, bytes) => {
			const frame = parseItem(bytes);
			if (!frame.ok) return frame;
			const { head, enc, sealed } = frame.value;
			const recipient = { recipientKey: pair, enc: enc.buffer, info: itemInfo(place).buffer };
			let padded: Bytes;
			try {
				padded = new Uint8Array(await suite.open(recipient, sealed.buffer, head.buffer));
			} catch {
				// The library says in many words that it was not sealed like that.
				return broken('sealed');
			}
			return parseContent(padded);
		}
	};
}
