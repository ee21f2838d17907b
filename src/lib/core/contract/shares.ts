// Shares: sealed reports behind links. The edge keeps bytes that it cannot read, hands them out against what only the link tells, and counts.
import {
	array,
	boolean,
	integer,
	maxLength,
	maxValue,
	minValue,
	nullable,
	object,
	optional,
	pipe,
	regex,
	string,
	toNumber
} from 'valibot';
import { endpoint } from './endpoint.ts';
import { count, hashId, randomId, timeMs } from './wire.ts';

/** Of one sealed report: 4 MiB, and what sealing adds. */
export const SHARE_BYTES = 4 * 1024 * 1024 + 65_536;
/** How long a share may stand at most. */
export const SHARE_DAYS = 366;
/** Views that a share may be limited to. */
export const SHARE_VIEWS = 1_000_000;
/** How long a download that was begun may be gone on with. */
export const LEASE_MS = 600_000;

/** 32 bytes, base64url, in the one text that stands for them. */
const secret = pipe(string(), regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/));
const atShare = { workspace: randomId, share: randomId };
/** `sha-256=:…:`, in base64 with padding. */
const digest = pipe(string(), regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/));
const headerNumber = pipe(string(), regex(/^\d{1,15}$/), toNumber(), integer());

export const putShare = endpoint({
	name: 'putShare',
	summary:
		'Stores a sealed report behind a share’s id. `Share-Auth` is the SHA-256 of what readers have to send, `Share-Expires` when it ends (UTC milliseconds, within 366 days), `Share-Views` how often it may be opened; as often as anyone likes where it is left out.',
	method: 'PUT',
	path: '/api/v1/workspaces/{workspace}/shares/{share}',
	access: 'share',
	headers: { digest: 'content-digest', auth: 'share-auth', expiresAtMs: 'share-expires', maxViews: 'share-views' },
	sends: 'bytes',
	bodyBytes: SHARE_BYTES,
	request: object({
		...atShare,
		digest,
		auth: hashId,
		expiresAtMs: pipe(headerNumber, minValue(0)),
		maxViews: optional(pipe(headerNumber, minValue(1), maxValue(SHARE_VIEWS)))
	}),
	/** `isRepeated`: it was there already, as it is asked for. */
	response: object({ isRepeated: boolean() }),
	failures: ['digest-mismatch', 'object-differs', 'quota-full', 'limit-reached']
});

export const listShares = endpoint({
	name: 'listShares',
	summary:
		'Lists the shares of a workspace, those too that have ended within 30 days: how often each was opened, and what ended it.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/shares',
	access: 'share',
	request: object({ workspace: randomId }),
	response: object({
		shares: array(
			object({
				share: randomId,
				sizeBytes: count,
				createdAtMs: timeMs,
				expiresAtMs: timeMs,
				/** Null: as often as anyone likes. */
				maxViews: nullable(count),
				views: count,
				lastViewedAtMs: nullable(timeMs),
				/** Tries with something else than the link and its passphrase give. */
				wrongTries: count,
				/** After too many of those nobody opens it any more. */
				isLocked: boolean(),
				revokedAtMs: nullable(timeMs)
			})
		)
	}),
	failures: []
});

export const revokeShare = endpoint({
	name: 'revokeShare',
	summary: 'Ends a share, and removes its bytes. Whoever has opened it may have kept a copy.',
	method: 'DELETE',
	path: '/api/v1/workspaces/{workspace}/shares/{share}',
	access: 'share',
	request: object(atShare),
	/** `isRepeated`: there was none that stood. */
	response: object({ isRepeated: boolean() }),
	failures: []
});

export const openShare = endpoint({
	name: 'openShare',
	summary:
		'Opens a share for one reader and counts a view: `auth` is what the link gives, `lease` 32 random bytes of the reader’s own, by which the bytes are fetched within ten minutes. The same lease again counts no other view. A share that is unknown, over, revoked, opened too often or asked for wrongly is answered alike.',
	method: 'POST',
	path: '/api/v1/shares/{share}/open',
	access: 'anyone',
	request: object({ share: randomId, auth: secret, lease: secret }),
	response: object({ sizeBytes: count, expiresAtMs: timeMs, leaseEndsAtMs: timeMs }),
	failures: ['not-found', 'too-many-requests']
});

export const getShare = endpoint({
	name: 'getShare',
	summary: 'Answers the sealed bytes of a share that was opened with this lease, or the range that `Range` asks for.',
	method: 'GET',
	path: '/api/v1/shares/{share}',
	access: 'anyone',
	headers: { lease: 'share-lease', range: 'range' },
	answers: 'application/octet-stream',
	succeeds: [206],
	request: object({ share: randomId, lease: secret, range: optional(pipe(string(), maxLength(500))) }),
	response: string(),
	failures: ['not-found', 'too-many-requests', 'range-not-satisfiable']
});
