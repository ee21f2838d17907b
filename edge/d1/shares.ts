// Shares as rows: room for their bytes, who may open them, and how often they were.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import { LEASE_MS, type listShares } from '#core/contract/shares.ts';
import { SHARE_TRIES, SHARE_TRIES_PER_HOUR } from '../limits.ts';
import { auditIfChanged } from './audit.ts';

export type ShareAddress = { readonly workspace: string; readonly share: string };
type NewShare = ShareAddress & {
	readonly auth: string;
	readonly digest: string;
	readonly sizeBytes: number;
	readonly expiresAtMs: number;
	readonly maxViews: number | null;
};
type Room = { readonly quotaBytes: number; readonly shareCount: number };
type Reservation =
	| { readonly kind: 'reserved'; readonly r2Key: string }
	| { readonly kind: 'stored' }
	| { readonly kind: 'differs' }
	| { readonly kind: 'full' };
type ListedShare = AnswerOf<typeof listShares>['shares'][number];

const HOUR_MS = 3_600_000;
/** Of a share that stands at ?now: it is there, and nothing has ended it. */
const stands = (now: string): string =>
	`stored_at_ms IS NOT NULL AND revoked_at_ms IS NULL AND expires_at_ms > ${now} AND wrong_tries < ${SHARE_TRIES}`;

/** As `reserveObject`: room first. An id that is another workspace's is as if other bytes were there. */
export async function reserveShare(db: D1Database, share: NewShare, room: Room, nowMs: number): Promise<Reservation> {
	const { workspace, share: id, auth, digest, sizeBytes, expiresAtMs, maxViews } = share;
	const r2Key = `${workspace}/shares/${id}/${crypto.randomUUID()}`;
	const [, row] = await db.batch<{ isSame: number; r2Key: string | null; storedAtMs: number | null }>([
		db
			.prepare(
				`INSERT INTO shares (id, workspace, auth, digest, size_bytes, made_bytes, r2_key, created_at_ms, expires_at_ms, max_views)
				SELECT ?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9 FROM workspaces w
				WHERE w.id = ?2 AND w.used_bytes + ?5 <= coalesce(w.quota_bytes, ?10)
				AND (SELECT count(*) FROM shares WHERE workspace = ?2 AND r2_key IS NOT NULL) < ?11
				ON CONFLICT (id) DO NOTHING`
			)
			.bind(
				id,
				workspace,
				auth,
				digest,
				sizeBytes,
				r2Key,
				nowMs,
				expiresAtMs,
				maxViews,
				room.quotaBytes,
				room.shareCount
			),
		db
			.prepare(
				`SELECT workspace = ?2 AND auth = ?3 AND digest = ?4 AND expires_at_ms = ?5 AND max_views IS ?6 AS isSame,
				r2_key AS r2Key, stored_at_ms AS storedAtMs FROM shares WHERE id = ?1`
			)
			.bind(id, workspace, auth, digest, expiresAtMs, maxViews)
	]);
	const there = row?.results[0];
	if (!there) return { kind: 'full' };
	if (!there.isSame || there.r2Key === null) return { kind: 'differs' };
	return there.storedAtMs === null ? { kind: 'reserved', r2Key: there.r2Key } : { kind: 'stored' };
}

/** False: it was given up meanwhile. */
export async function confirmShare(
	db: D1Database,
	{ workspace, share }: ShareAddress,
	r2Key: string,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'share-created', subject: share, atMs: nowMs } as const;
	const [, , row] = await db.batch<{ storedAtMs: number }>([
		db
			.prepare(
				'UPDATE shares SET stored_at_ms = ?4 WHERE id = ?1 AND workspace = ?2 AND r2_key = ?3 AND stored_at_ms IS NULL'
			)
			.bind(share, workspace, r2Key, nowMs),
		auditIfChanged(db, workspace, told),
		db
			.prepare('SELECT stored_at_ms AS storedAtMs FROM shares WHERE id = ?1 AND workspace = ?2 AND r2_key = ?3')
			.bind(share, workspace, r2Key)
	]);
	return (row?.results.length ?? 0) > 0;
}

/** Of an upload that came to nothing. */
export async function releaseShare(db: D1Database, { workspace, share }: ShareAddress, r2Key: string): Promise<void> {
	await db
		.prepare('DELETE FROM shares WHERE id = ? AND workspace = ? AND r2_key = ? AND stored_at_ms IS NULL')
		.bind(share, workspace, r2Key)
		.run();
}

/** Of those whose bytes are here. */
export async function countShares(db: D1Database, workspace: string): Promise<number> {
	const count = await db
		.prepare('SELECT count(*) AS count FROM shares WHERE workspace = ? AND r2_key IS NOT NULL')
		.bind(workspace)
		.first<number>('count');
	return count ?? 0;
}

export async function readShares(db: D1Database, workspace: string): Promise<ListedShare[]> {
	const rows = await db
		.prepare(
			`SELECT id AS share, made_bytes AS sizeBytes, created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs,
			max_views AS maxViews, views, last_viewed_at_ms AS lastViewedAtMs, wrong_tries AS wrongTries,
			wrong_tries >= ${SHARE_TRIES} AS isLocked, revoked_at_ms AS revokedAtMs
			FROM shares WHERE workspace = ? AND stored_at_ms IS NOT NULL ORDER BY created_at_ms, id`
		)
		.bind(workspace)
		.all<Omit<ListedShare, 'isLocked'> & { readonly isLocked: number }>();
	return rows.results.map((row) => ({ ...row, isLocked: row.isLocked === 1 }));
}

/** Its bytes go with it; the row stays for the list. False: there was none that stood. */
export async function revokeShare(
	db: D1Database,
	{ workspace, share }: ShareAddress,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'share-revoked', subject: share, atMs: nowMs } as const;
	const own = 'id = ?1 AND workspace = ?2';
	const [, revoked] = await db.batch([
		db
			.prepare(`INSERT INTO trash (r2_key) SELECT r2_key FROM shares WHERE ${own} AND r2_key IS NOT NULL`)
			.bind(share, workspace),
		db
			.prepare(
				`UPDATE shares SET revoked_at_ms = ?3, r2_key = NULL, size_bytes = 0
				WHERE ${own} AND revoked_at_ms IS NULL AND r2_key IS NOT NULL`
			)
			.bind(share, workspace, nowMs),
		auditIfChanged(db, workspace, told)
	]);
	return revoked?.meta.changes !== 0;
}

export type Opening = { readonly share: string; readonly auth: string; readonly lease: string };
/** `wrong`: nothing that may be opened, or not by this; `too-often`: no more tries within the hour. */
export type Opened =
	| {
			readonly kind: 'opened';
			readonly sizeBytes: number;
			readonly expiresAtMs: number;
			readonly leaseEndsAtMs: number;
	  }
	| { readonly kind: 'wrong' }
	| { readonly kind: 'too-often' };

/**
 * Counts a view and gives a lease, or finds the lease that was given before; all in one transaction, so that of many at once no more
 * than may open it do. `auth` and `lease` are hashes. A wrong try is counted, of a share that is not there too: nobody learns from
 * the answers whether there is one.
 */
export async function openShare(db: D1Database, { share, auth, lease }: Opening, nowMs: number): Promise<Opened> {
	const hourMs = nowMs - (nowMs % HOUR_MS);
	const tries = `share:${share}`;
	const isAllowed = `coalesce((SELECT count FROM rate_limits WHERE who = ?5 AND window_ms = ?6), 0) < ${SHARE_TRIES_PER_HOUR}`;
	const isRight = 'EXISTS (SELECT 1 FROM shares WHERE id = ?1 AND auth = ?2)';
	const [, , found, counted] = await db.batch<Record<string, number>>([
		db
			.prepare(
				`INSERT INTO share_leases (share, hash, ends_at_ms)
				SELECT ?1, ?3, ?4 + ${LEASE_MS} FROM shares WHERE id = ?1 AND auth = ?2 AND ${stands('?4')}
				AND (max_views IS NULL OR views < max_views) AND ${isAllowed} ON CONFLICT DO NOTHING`
			)
			.bind(share, auth, lease, nowMs, tries, hourMs),
		db
			.prepare('UPDATE shares SET views = views + 1, last_viewed_at_ms = ?2 WHERE id = ?1 AND changes() > 0')
			.bind(share, nowMs),
		db
			.prepare(
				`SELECT s.made_bytes AS sizeBytes, s.expires_at_ms AS expiresAtMs, l.ends_at_ms AS leaseEndsAtMs
				FROM shares s JOIN share_leases l ON l.share = s.id AND l.hash = ?3 AND l.ends_at_ms > ?4
				WHERE s.id = ?1 AND s.auth = ?2 AND ${stands('?4')} AND ${isAllowed}`
			)
			.bind(share, auth, lease, nowMs, tries, hourMs),
		db
			.prepare(
				`INSERT INTO rate_limits (who, window_ms, count) SELECT ?3, ?4, 1 WHERE NOT ${isRight}
				ON CONFLICT (who, window_ms) DO UPDATE SET count = count + 1 RETURNING count`
			)
			.bind(share, auth, tries, hourMs),
		db
			.prepare(
				`UPDATE shares SET wrong_tries = wrong_tries + 1 WHERE id = ?1 AND auth <> ?2 AND
				(SELECT count FROM rate_limits WHERE who = ?3 AND window_ms = ?4) <= ${SHARE_TRIES_PER_HOUR}`
			)
			.bind(share, auth, tries, hourMs)
	]);
	const [opened] = found?.results ?? [];
	if (opened) return { kind: 'opened', ...(opened as Omit<Extract<Opened, { kind: 'opened' }>, 'kind'>) };
	const [wrong] = counted?.results ?? [];
	if (wrong) return { kind: (wrong['count'] ?? 0) > SHARE_TRIES_PER_HOUR ? 'too-often' : 'wrong' };
	return (await triesOf(db, tries, hourMs)) >= SHARE_TRIES_PER_HOUR ? { kind: 'too-often' } : { kind: 'wrong' };
}

async function triesOf(db: D1Database, who: string, windowMs: number): Promise<number> {
	const count = await db
		.prepare('SELECT count FROM rate_limits WHERE who = ? AND window_ms = ?')
		.bind(who, windowMs)
		.first<number>('count');
	return count ?? 0;
}

/** What a lease fetches. */
export async function findLeased(
	db: D1Database,
	share: string,
	lease: string,
	nowMs: number
): Promise<{ readonly r2Key: string; readonly sizeBytes: number } | null> {
	return db
		.prepare(
			`SELECT s.r2_key AS r2Key, s.made_bytes AS sizeBytes
			FROM shares s JOIN share_leases l ON l.share = s.id AND l.hash = ?2 AND l.ends_at_ms > ?3
			WHERE s.id = ?1 AND s.r2_key IS NOT NULL AND ${stands('?3')}`
		)
		.bind(share, lease, nowMs)
		.first<{ readonly r2Key: string; readonly sizeBytes: number }>();
}
