// How often somebody asked within a window of time.

export type Limit = { readonly perWindow: number; readonly windowMs: number };

/** Counts one more. Null: it is within the limit; else the seconds until it is again. */
export async function countRequest(
	db: D1Database,
	who: string,
	{ perWindow, windowMs }: Limit,
	nowMs: number
): Promise<number | null> {
	const begunMs = nowMs - (nowMs % windowMs);
	const counted = await db
		.prepare(
			`INSERT INTO rate_limits (who, window_ms, count) VALUES (?1, ?2, 1)
			ON CONFLICT (who, window_ms) DO UPDATE SET count = count + 1 RETURNING count`
		)
		.bind(who, begunMs)
		.first<number>('count');
	return counted !== null && counted > perWindow ? Math.ceil((begunMs + windowMs - nowMs) / 1000) : null;
}

export async function forgetOldRates(db: D1Database, beforeMs: number): Promise<void> {
	await db.prepare('DELETE FROM rate_limits WHERE window_ms < ?').bind(beforeMs).run();
}
