// Which mails were sent, by their ids alone, so that none is sent twice and not too many in an hour.

export type Claim = 'mine' | 'sent' | 'too-many';

const HOUR_MS = 3_600_000;
/** A sender that has not ended by then has died. */
const SENDING_MS = 120_000;
/** Longer than anybody tries again. */
const KEPT_MS = 7 * 24 * HOUR_MS;

/** `mine`: nobody else sends it now. */
export async function claimMail(db: D1Database, id: string, nowMs: number, perHour: number): Promise<Claim> {
	await db
		.prepare('DELETE FROM mails WHERE begun_at_ms < ?')
		.bind(nowMs - KEPT_MS)
		.run();
	const sent = await db
		.prepare('SELECT sent_at_ms FROM mails WHERE id = ? AND sent_at_ms IS NOT NULL')
		.bind(id)
		.first();
	if (sent) return 'sent';
	const claimed = await db
		.prepare(
			`INSERT INTO mails (id, begun_at_ms)
			SELECT ?1, ?2 WHERE (SELECT count(*) FROM mails WHERE begun_at_ms > ?3) < ?4
			ON CONFLICT (id) DO UPDATE SET begun_at_ms = ?2 WHERE sent_at_ms IS NULL AND begun_at_ms < ?5`
		)
		.bind(id, nowMs, nowMs - HOUR_MS, perHour, nowMs - SENDING_MS)
		.run();
	return claimed.meta.changes > 0 ? 'mine' : 'too-many';
}

export async function mailSent(db: D1Database, id: string, nowMs: number): Promise<void> {
	await db.prepare('UPDATE mails SET sent_at_ms = ? WHERE id = ?').bind(nowMs, id).run();
}

/** It was not sent, and may be tried again at once. It still counts: a server that refuses is asked no more often. */
export async function releaseMail(db: D1Database, id: string): Promise<void> {
	await db
		.prepare('UPDATE mails SET begun_at_ms = begun_at_ms - ? WHERE id = ?')
		.bind(SENDING_MS + 1, id)
		.run();
}
