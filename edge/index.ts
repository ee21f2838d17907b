// The Worker: the API, DuckDB's extensions, and the built page for everything else.
import { createApp } from './app.ts';
import type { Env } from './env.ts';

const app = createApp();

// workerd takes the default export as the Worker.
export default {
	async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
		const { pathname } = new URL(request.url);
		if (pathname === '/api' || pathname.startsWith('/api/')) return app.fetch(request, env, context);
		const asset = await env.ASSETS.fetch(request);
		// An unknown file would be answered with the page, which DuckDB would take for a broken extension.
		if (pathname.startsWith('/ext/') && asset.headers.get('content-type')?.startsWith('text/html'))
			return new Response('No such extension\n', { status: 404, headers: { 'content-type': 'text/plain' } });
		return asset;
	}
};
