// The types of `env` and `exports` in tests: wrangler.toml's bindings and Worker, and what the test's setup tells.
declare namespace Cloudflare {
	interface Env {
		readonly ASSETS: Fetcher;
		readonly DB: D1Database;
		readonly OBJECTS: R2Bucket;
		readonly DATABASES: DurableObjectNamespace<import('../../edge/database/database-pool.ts').DatabasePool>;
		readonly ENGINE: import('../../edge/engine/question.ts').Engine;
		readonly MIGRATIONS: import('cloudflare:test').D1Migration[];
	}
	interface GlobalProps {
		mainModule: typeof import('../../edge/index.ts');
	}
}
