// Puts the real rim behind a reader's page: no workspace, no engine, no database. Only the layout of shares imports it.
import { toBase64Url } from './core/base64url.ts';
import { LEASE_MS } from './core/contract/shares.ts';
import { randomBytes } from './crypto/derive.ts';
import { fingerprintOf, openShare, shareKeysOf } from './crypto/share.ts';
import type { ReadShareEffects } from './flows/read-share.ts';
import type { Fetch } from './remote/call-api.ts';
import { fetchSealed, openAtEdge } from './remote/read-share.ts';
import { createKeysHost } from './threads/keys-host.ts';

const EDGE_TIMEOUT_MS = 40_000;

export function composeShare(): ReadShareEffects {
	const askEdge: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(EDGE_TIMEOUT_MS) });
	return {
		keysOf: (link, passphrase) => shareKeysOf(link, passphrase, createKeysHost().stretch),
		unseal: openShare,
		fingerprintOf,
		leaseOf,
		open: (request) => openAtEdge(askEdge, request),
		fetchSealed: (download) => fetchSealed((...asked) => fetch(...asked), download)
	};
}

/** In this tab alone. It opens nothing by itself: it is the right to fetch what stays sealed. */
function leaseOf(share: string): string {
	const name = `weir-lease-${share}`;
	const [kept, atMs] = (sessionStorage.getItem(name) ?? '').split(' ');
	if (kept && Date.now() - Number(atMs) < LEASE_MS) return kept;
	const lease = toBase64Url(randomBytes(32));
	sessionStorage.setItem(name, `${lease} ${Date.now()}`);
	return lease;
}
