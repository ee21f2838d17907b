// The keys of hashes of addresses: one for each hour, made when it is first needed, and gone two hours later. See `addressOf`.
import { toBase64Url } from '#core/base64url.ts';

const HOUR_MS = 3_600_000;

/** The same for every instance of the Worker within an hour. */
export async function addressKey(db: D1Database, nowMs: number): Promise<string> {
	const hourMs = nowMs - (nowMs % HOUR_MS);
	const made = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
	const [, row] = await db.batch<{ key: string }>([
		db.prepare('INSERT INTO address_keys (hour_ms, key) VALUES (?, ?) ON CONFLICT DO NOTHING').bind(hourMs, made),
		db.prepare('SELECT key FROM address_keys WHERE hour_ms = ?').bind(hourMs)
	]);
	return row?.results[0]?.key ?? made;
}

export async function forgetAddressKeys(db: D1Database, beforeMs: number): Promise<void> {
	await db.prepare('DELETE FROM address_keys WHERE hour_ms < ?').bind(beforeMs).run();
}
