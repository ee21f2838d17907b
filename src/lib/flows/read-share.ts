// Opens what somebody shared: from the link and a passphrase to a bundle that can be drawn. It touches no workspace.
import { err, ok, type Result } from '../core/result.ts';
import type { OpenedShare } from '../core/share/bundle.ts';
import { decodeBundle } from '../core/share/bundle-bytes.ts';
import { parseWholeLink } from '../core/share/whole-link.ts';
import type { OpenShareFailure } from '../core/share/failure.ts';
import { parseShareLink, type LinkFailure, type ShareLink } from '../core/share/share-link.ts';
import type { BrokenShare } from '../core/share/sealed-share.ts';
import type { KeysCrashed } from '../core/sync/key-slot.ts';
import type { ReadFailure } from '../remote/read-share.ts';
import type { ShareKeys } from '../crypto/share.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type ReadShareEffects = {
	readonly keysOf: (link: ShareLink, passphrase: string | null) => Promise<Result<ShareKeys, KeysCrashed>>;
	readonly unseal: (key: CryptoKey, share: string, bytes: Bytes) => Promise<Result<Bytes, BrokenShare>>;
	readonly fingerprintOf: (bundle: Bytes) => Promise<string>;
	/** The same for as long as a download may be gone on with, so that a reload counts no second view. */
	readonly leaseOf: (share: string) => string;
	readonly open: (request: {
		readonly share: string;
		readonly auth: string;
		readonly lease: string;
	}) => Promise<Result<{ readonly sizeBytes: number }, ReadFailure>>;
	readonly fetchSealed: (download: {
		readonly share: string;
		readonly lease: string;
		readonly sizeBytes: number;
		readonly onProgress: (ratio: number) => void;
	}) => Promise<Result<Bytes, ReadFailure>>;
};

/** What an address says. A link that is not whole is known before anything is asked. */
export type ReadLink =
	{ readonly kind: 'sealed'; readonly link: ShareLink } | { readonly kind: 'whole'; readonly bytes: Bytes };

/** `share` is empty where the report itself is in the fragment. */
export function readLink(share: string, fragment: string): Result<ReadLink, LinkFailure> {
	if (share === '') {
		const bytes = parseWholeLink(fragment);
		return bytes.ok ? ok({ kind: 'whole', bytes: bytes.value }) : bytes;
	}
	const link = parseShareLink(share, fragment);
	return link.ok ? ok({ kind: 'sealed', link: link.value }) : link;
}

export async function openLink(
	read: ReadLink,
	passphrase: string | null,
	effects: ReadShareEffects,
	onProgress: (ratio: number) => void
): Promise<Result<OpenedShare, OpenShareFailure>> {
	if (read.kind === 'whole') return opened(read.bytes, effects);
	const { share } = read.link;
	const keys = await effects.keysOf(read.link, passphrase);
	if (!keys.ok) return keys;
	const { auth, key } = keys.value;
	const lease = effects.leaseOf(share);
	const found = await effects.open({ share, auth, lease });
	if (!found.ok) return found;
	const sealed = await effects.fetchSealed({ share, lease, sizeBytes: found.value.sizeBytes, onProgress });
	if (!sealed.ok) return sealed;
	const bytes = await effects.unseal(key, share, sealed.value);
	return bytes.ok ? opened(bytes.value, effects) : err(bytes.error);
}

async function opened(bytes: Bytes, effects: ReadShareEffects): Promise<Result<OpenedShare, OpenShareFailure>> {
	const bundle = decodeBundle(bytes);
	return bundle.ok ? ok({ bundle: bundle.value, fingerprint: await effects.fingerprintOf(bytes) }) : bundle;
}
