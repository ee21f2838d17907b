// How often somebody asked within a window of time.

export type Limit = { readonly perWindow: number; readonly windowMs: number };
/** How many of those asked for are within the limit; and where none is, the seconds until some are again. */
export type Taken = { readonly granted: number; readonly retryAfterSeconds: number };

/** Counts one more. Null: it is within the limit; else the seconds until it is again. */
export async function countRequest(db: D1Database, who: string, limit: Limit, nowMs: number): Promise<number | null> {
	const [counted] = await db.batch<{ count: number }>([countMore(db, who, 1, limit, nowMs)]);
	const { granted, retryAfterSeconds } = takenOf(counted, 1, limit, nowMs);
	return granted > 0 ? null : retryAfterSeconds;
}

/** For a batch, whose result `takenOf` reads. */
export function countMore(
	db: D1Database,
	who: string,
	wanted: number,
	{ windowMs }: Limit,
	nowMs: number
): D1PreparedStatement {
	return db
		.prepare(
			`INSERT INTO rate_limits (who, window_ms, count) VALUES (?1, ?2, ?3)
			ON CONFLICT (who, window_ms) DO UPDATE SET count = count + ?3 RETURNING count`
		)
		.bind(who, nowMs - (nowMs % windowMs), wanted);
}

export function takenOf(
	counted: D1Result<{ count: number }> | undefined,
	wanted: number,
	{ perWindow, windowMs }: Limit,
	nowMs: number
): Taken {
	const beyond = Math.max(0, (counted?.results[0]?.count ?? 0) - perWindow);
	return {
		granted: Math.max(0, wanted - beyond),
		retryAfterSeconds: Math.ceil((windowMs - (nowMs % windowMs)) / 1000)
	};
}

export async function forgetOldRates(db: D1Database, beforeMs: number): Promise<void> {
	await db.prepare('DELETE FROM rate_limits WHERE window_ms < ?').bind(beforeMs).run();
}
