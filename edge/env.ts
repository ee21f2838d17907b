// The bindings of wrangler.toml.
import type { D1Database, Fetcher, R2Bucket } from '@cloudflare/workers-types';

export type Env = {
	readonly ASSETS: Fetcher;
	readonly DB: D1Database;
	readonly OBJECTS: R2Bucket;
};
