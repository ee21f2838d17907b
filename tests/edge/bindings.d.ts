// The types of `env` and `exports` in tests: wrangler.toml's bindings and Worker.
declare namespace Cloudflare {
	interface Env {
		readonly ASSETS: Fetcher;
		readonly DB: D1Database;
		readonly OBJECTS: R2Bucket;
	}
	interface GlobalProps {
		mainModule: typeof import('../../edge/index.ts');
	}
}
