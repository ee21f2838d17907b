// The edge of shares as both sides see it, in memory and without limits.
import { ok } from '#core/result.ts';
import type { EdgeShare, ShareRim } from '#lib/flows/share-net.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Held = EdgeShare & { readonly auth: string; readonly bytes: Bytes };

export function memoryShares(now: () => number): { readonly held: Map<string, Held>; readonly edge: ShareRim['edge'] } {
	const held = new Map<string, Held>();
	const edge: ShareRim['edge'] = () => ({
		put: ({ share, auth, expiresAtMs, maxViews, bytes }) => {
			const facts = { views: 0, lastViewedAtMs: null, wrongTries: 0, isLocked: false, revokedAtMs: null };
			const made = { share, sizeBytes: bytes.length, createdAtMs: now(), expiresAtMs, maxViews };
			held.set(share, { ...made, ...facts, auth, bytes });
			return Promise.resolve(ok(undefined));
		},
		list: () => Promise.resolve(ok([...held.values()].map(({ auth: _auth, bytes: _bytes, ...share }) => share))),
		revoke: (share) => {
			const there = held.get(share);
			if (there) held.set(share, { ...there, revokedAtMs: now() });
			return Promise.resolve(ok(undefined));
		}
	});
	return { held, edge };
}
