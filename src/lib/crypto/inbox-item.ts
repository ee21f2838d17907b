// Seals what goes into an inbox, to a public key, and opens it by the pair that comes from the workspace's root key.
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
import { openSealed, pairFrom, sealTo } from './hpke.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Fails: not-a-key */
export async function sealItem(
	publicKey: string,
	place: ItemPlace,
	content: ItemContent
): Promise<Result<Bytes, { readonly kind: 'not-a-key' }>> {
	const bytes = fromBase64Url(publicKey);
	if (bytes?.length !== 32) return err({ kind: 'not-a-key' });
	const head = itemHead(INBOX_EPOCH);
	const sealed = await sealTo(bytes, { info: itemInfo(place), aad: head }, encodeContent(content));
	return sealed ? ok(joinItem(head, sealed.key, sealed.sealed)) : err({ kind: 'not-a-key' });
}

export type InboxKeys = {
	/** 32 bytes as text. */
	readonly publicKey: string;
	open(place: ItemPlace, bytes: Bytes): Promise<Result<ItemContent, BrokenObject>>;
};

/** From the 32 bytes that the root key gives for it: every device of a workspace has the same pair. */
export async function inboxKeysOf(secret: Bytes): Promise<InboxKeys> {
	const { pair, takes } = await pairFrom(secret);
	return {
		publicKey: toBase64Url(takes),
		open: async (place, bytes) => {
			const frame = parseItem(bytes);
			if (!frame.ok) return frame;
			const { head, enc, sealed } = frame.value;
			const padded = await openSealed(pair, { info: itemInfo(place), aad: head }, { key: enc, sealed });
			return padded ? parseContent(padded) : broken('sealed');
		}
	};
}
