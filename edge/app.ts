// Everything under /api: the endpoints of the contract, and what answers when none of them does.
import { Hono } from 'hono';
import { endpoints } from '#core/contract/endpoints.ts';
import { health } from '#core/contract/health.ts';
import { notifyEmail } from '#core/contract/notify-email.ts';
import { notifyWebhook } from '#core/contract/notify-webhook.ts';
import { openApi } from '#core/contract/open-api.ts';
import { version } from '../package.json';
import type { Env } from './env.ts';
import { mount, refuse, type App } from './mount.ts';
import { answerHealth } from './routes/health.ts';
import { answerNotifyEmail } from './routes/notify-email.ts';
import { answerNotifyWebhook } from './routes/notify-webhook.ts';

/** The page's headers are in static/_headers; these are for answers that are read by programs. */
const headers = {
	'Cache-Control': 'no-store',
	'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
	'Cross-Origin-Embedder-Policy': 'require-corp',
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Resource-Policy': 'same-origin',
	'Referrer-Policy': 'no-referrer',
	'X-Content-Type-Options': 'nosniff'
};

export function createApp(): App {
	const app: App = new Hono<{ Bindings: Env }>();
	app.use(async (context, next) => {
		await next();
		for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
	});
	app.notFound((context) => refuse(context, { kind: 'not-found', path: context.req.path }));
	app.onError((error, context) => {
		console.error(error);
		return refuse(context, { kind: 'internal' });
	});
	mount(app, health, answerHealth);
	mount(app, notifyEmail, answerNotifyEmail);
	mount(app, notifyWebhook, answerNotifyWebhook);
	app.get('/api/v1/openapi.json', (context) => context.json(openApi(endpoints, version)));
	return app;
}
