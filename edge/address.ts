// Who a request came from, as a hash: it counts requests, and is forgotten within three hours. It is keyed by a secret of the hour,
// which goes as soon: there are few enough addresses to try them all against a plain hash.
import { keyedHashOf } from './bytes.ts';
import { addressKey } from './d1/address-keys.ts';

const HOUR_MS = 3_600_000;

/** What an instance of the Worker knows of the hour's key. */
export class Addresses {
	#known: { readonly hour: number; readonly key: Promise<string> } | null = null;

	/** Of an IPv6 address the network: whoever has one address of it has them all. */
	async of(request: Request, db: D1Database, nowMs: number): Promise<string> {
		const address = request.headers.get('cf-connecting-ip') ?? '';
		const network = address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
		return keyedHashOf(await this.#keyAt(db, nowMs), new TextEncoder().encode(`weir/address ${network}`));
	}

	async #keyAt(db: D1Database, nowMs: number): Promise<string> {
		const hour = Math.floor(nowMs / HOUR_MS);
		if (this.#known?.hour !== hour) this.#known = { hour, key: addressKey(db, nowMs) };
		try {
			return await this.#known.key;
		} catch (error) {
			// The next request asks the database again.
			this.#known = null;
			throw error;
		}
	}
}
