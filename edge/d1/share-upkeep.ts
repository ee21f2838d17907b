// What becomes of shares by themselves: the bytes of those that nobody can open any more go, and after a month the rows too.
import { LEASE_MS } from '#core/contract/shares.ts';
import { SHARE_TRIES } from '../limits.ts';

const DAY_MS = 86_400_000;
/** How long a share that has ended is listed. */
const LISTED_MS = 30 * DAY_MS;

/** How many bytes' keys went to the trash. */
export async function forgetShares(db: D1Database, limit: number, nowMs: number): Promise<number> {
	const over = `FROM shares WHERE r2_key IS NOT NULL AND (expires_at_ms <= ?1 OR wrong_tries >= ${SHARE_TRIES}
		OR (views >= max_views AND last_viewed_at_ms <= ?1 - ${LEASE_MS})
		OR (stored_at_ms IS NULL AND created_at_ms <= ?1 - ${DAY_MS})) ORDER BY id LIMIT ${limit}`;
	const [added] = await db.batch([
		db.prepare(`INSERT INTO trash (r2_key) SELECT r2_key ${over}`).bind(nowMs),
		db.prepare(`UPDATE shares SET r2_key = NULL, size_bytes = 0 WHERE id IN (SELECT id ${over})`).bind(nowMs),
		db
			.prepare(
				`DELETE FROM shares WHERE r2_key IS NULL
				AND (stored_at_ms IS NULL OR min(expires_at_ms, coalesce(revoked_at_ms, expires_at_ms)) <= ?)`
			)
			.bind(nowMs - LISTED_MS)
	]);
	return added?.meta.changes ?? 0;
}

export async function forgetLeases(db: D1Database, nowMs: number): Promise<void> {
	await db.prepare('DELETE FROM share_leases WHERE ends_at_ms <= ?').bind(nowMs).run();
}
