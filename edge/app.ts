// Everything under /api: the endpoints of the contract, and what answers when none of them does.
import { Hono } from 'hono';
import { endpoints } from '#core/contract/endpoints.ts';
import { openApi } from '#core/contract/open-api.ts';
import { version } from '../package.json';
import { Addresses } from './address.ts';
import { Counts } from './counts.ts';
import { crossOriginHeaders, isForAnyOrigin } from './cross-origin.ts';
import type { Env } from './env.ts';
import { mountRefusals, type App, type Surroundings, type Variables } from './mount.ts';
import { Permits } from './permits.ts';
import { refuse } from './refuse.ts';
import { mountRoutes } from './routes.ts';

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

const anyOrigin: ReadonlySet<string> = new Set(endpoints.filter(isForAnyOrigin).map(({ name }) => name));

/** One line of the log: what was asked and how it ended; no address, token, header or body. */
export type LogLine = {
	readonly at: string;
	readonly operation: string;
	readonly status: number;
	readonly ms: number;
	readonly failure?: string;
	readonly workspace?: string;
};

export type AppOptions = { readonly now?: () => number; readonly log?: (line: LogLine) => void };

export function createApp({ now = Date.now, log = writeLog }: AppOptions = {}): App {
	const app: App = new Hono<{ Bindings: Env; Variables: Variables }>();
	const surroundings: Surroundings = {
		now,
		counts: new Counts(),
		addresses: new Addresses(),
		permits: new Permits()
	};
	app.use(async (context, next) => {
		const begunMs = now();
		await next();
		const { operation = 'none', failure, workspace } = context.var as Partial<Variables>;
		const own = context.res.headers.get('Cache-Control');
		const all = {
			...headers,
			...(anyOrigin.has(operation) && crossOriginHeaders),
			...(own && { 'Cache-Control': own })
		};
		for (const [name, value] of Object.entries(all)) context.res.headers.set(name, value);
		const { status } = context.res;
		const ms = now() - begunMs;
		surroundings.counts.add(operation, status, ms);
		const at = new Date(begunMs).toISOString();
		log({ at, operation, status, ms, ...(failure && { failure }), ...(workspace && { workspace }) });
	});
	app.notFound((context) => refuse(context, { kind: 'not-found', path: context.req.path }));
	app.onError((error, context) => {
		console.error(error);
		return refuse(context, { kind: 'internal' });
	});
	mountRoutes(app, surroundings);
	app.get('/api/v1/openapi.json', (context) => context.json(openApi(endpoints, version)));
	mountRefusals(app, endpoints);
	return app;
}

function writeLog(line: LogLine): void {
	console.log(JSON.stringify(line));
}
