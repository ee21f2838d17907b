// The Worker: the API, files that are there or not, and the built page for every other address.
import { createApp } from './app.ts';
import { DatabasePool } from './database/database-pool.ts';
import type { Env } from './env.ts';
import { tidy } from './tidy.ts';

const app = createApp();

export { DatabasePool };

// workerd takes the default export as the Worker.
export default {
	async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
		const { pathname } = new URL(request.url);
		if (pathname === '/api' || pathname.startsWith('/api/')) return app.fetch(request, env, context);
		const asset = await env.ASSETS.fetch(request);
		// Anything unknown is answered with the page, which DuckDB would take for a broken extension, and a page of an older
		// build for a script, kept for good.
		return isFileOnly(pathname) && asset.headers.get('content-type')?.startsWith('text/html') ? noSuchFile() : asset;
	},
	async scheduled(_event: ScheduledController, env: Env): Promise<void> {
		console.log(JSON.stringify({ operation: 'tidy', ...(await tidy(env, Date.now())) }));
	}
};

/** Its folders are those of `run_worker_first` in wrangler.toml. */
function isFileOnly(pathname: string): boolean {
	return pathname.startsWith('/ext/') || pathname.startsWith('/_app/');
}

function noSuchFile(): Response {
	const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
	return new Response('No such file\n', { status: 404, headers });
}
