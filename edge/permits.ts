// How often tokens may still ask in this minute, as far as this instance of the Worker knows: it takes some at once from the count that all
// instances share, and asks that again when they are used up. What an instance took and did not use is lost for the minute: so never
// more than the limit is let through, and up to a sixtieth of it for each instance less.
import { countMore, takenOf, type Limit } from './d1/rate-limits.ts';
import { tokenUse } from './d1/tokens.ts';

const MINUTE_MS = 60_000;
/** Of a minute's requests, what an instance takes at once. */
const SHARE = 60;

export class Permits {
	#minute = 0;
	readonly #leftById = new Map<string, number>();

	/** Null: one more request of the token is within the limit; else the seconds until it is again. Notes that the token was used, once a minute. */
	async take(db: D1Database, token: string, perMinute: number, nowMs: number): Promise<number | null> {
		const minute = Math.floor(nowMs / MINUTE_MS);
		if (minute !== this.#minute) this.#leftById.clear();
		this.#minute = minute;
		if (this.#use(token)) return null;
		const limit: Limit = { perWindow: perMinute, windowMs: MINUTE_MS };
		const wanted = Math.max(1, Math.floor(perMinute / SHARE));
		const [counted] = await db.batch<{ count: number }>([
			countMore(db, `token:${token}`, wanted, limit, nowMs),
			tokenUse(db, token, nowMs, nowMs - MINUTE_MS)
		]);
		const { granted, retryAfterSeconds } = takenOf(counted, wanted, limit, nowMs);
		if (granted === 0) return retryAfterSeconds;
		// What was granted for a minute that is over meanwhile is good for the request that asked.
		if (minute === this.#minute) this.#leftById.set(token, (this.#leftById.get(token) ?? 0) + granted - 1);
		return null;
	}

	#use(token: string): boolean {
		const left = this.#leftById.get(token) ?? 0;
		if (left > 0) this.#leftById.set(token, left - 1);
		return left > 0;
	}
}
