// The Worker that `npm run bench:sync` asks: the edge as it is, and beside it bare routes of Hono in the same runtime.
import { Hono } from 'hono';
import { createApp } from '../../edge/app.ts';
import type { Env } from '../../edge/env.ts';

const bare = new Hono<{ Bindings: Env }>();
bare.get('/bare', (context) => context.json({ ok: true }));
bare.put('/bare/:id', async (context) => {
	await context.env.OBJECTS.put(`bare/${context.req.param('id')}`, context.req.raw.body);
	return context.json({ ok: true });
});
bare.get('/bare/:id', async (context) => {
	const object = await context.env.OBJECTS.get(`bare/${context.req.param('id')}`);
	return object ? context.body(object.body) : context.notFound();
});

const app = createApp();

export default {
	fetch(request: Request, env: Env, context: ExecutionContext): Response | Promise<Response> {
		const { pathname } = new URL(request.url);
		return pathname.startsWith('/bare') ? bare.fetch(request, env, context) : app.fetch(request, env, context);
	}
};
