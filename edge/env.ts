// The bindings of wrangler.toml.

export type Env = {
	readonly ASSETS: Fetcher;
	readonly DB: D1Database;
	readonly OBJECTS: R2Bucket;
};
