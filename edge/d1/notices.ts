// Which notices were sent, by their ids alone, so that none is sent twice and not too many in an hour.

export type Claim = 'mine' | 'sent' | 'too-many';
export type NoticeKind = 'email' | 'webhook';

const HOUR_MS = 3_600_000;
/** A sender that has not ended by then has died. */
const SENDING_MS = 120_000;
/** Longer than anybody tries again. */
const KEPT_MS = 7 * 24 * HOUR_MS;

export type NoticeKey = { readonly id: string; readonly kind: NoticeKind };

/** `mine`: nobody else sends it now. */
export async function claimNotice(
	db: D1Database,
	{ id, kind }: NoticeKey,
	nowMs: number,
	perHour: number
): Promise<Claim> {
	await db
		.prepare('DELETE FROM notices WHERE begun_at_ms < ?')
		.bind(nowMs - KEPT_MS)
		.run();
	const sent = await db
		.prepare('SELECT sent_at_ms FROM notices WHERE id = ? AND kind = ? AND sent_at_ms IS NOT NULL')
		.bind(id, kind)
		.first();
	if (sent) return 'sent';
	const claimed = await db
		.prepare(
			`INSERT INTO notices (id, kind, begun_at_ms)
			SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM notices WHERE kind = ?2 AND begun_at_ms > ?4) < ?5
			ON CONFLICT (id, kind) DO UPDATE SET begun_at_ms = ?3 WHERE sent_at_ms IS NULL AND begun_at_ms < ?6`
		)
		.bind(id, kind, nowMs, nowMs - HOUR_MS, perHour, nowMs - SENDING_MS)
		.run();
	return claimed.meta.changes > 0 ? 'mine' : 'too-many';
}

export async function noticeSent(db: D1Database, { id, kind }: NoticeKey, nowMs: number): Promise<void> {
	await db.prepare('UPDATE notices SET sent_at_ms = ? WHERE id = ? AND kind = ?').bind(nowMs, id, kind).run();
}

/** It was not sent, and may be tried again at once. It still counts: what refuses is asked no more often. */
export async function releaseNotice(db: D1Database, { id, kind }: NoticeKey): Promise<void> {
	await db
		.prepare('UPDATE notices SET begun_at_ms = begun_at_ms - ? WHERE id = ? AND kind = ?')
		.bind(SENDING_MS + 1, id, kind)
		.run();
}
