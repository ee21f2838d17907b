// `npm run dev`: page and edge on one address, reloading on change, but for the engine Worker; D1 and R2 are wrangler's local ones. PORT sets the port.
import { getRequestListener } from '@hono/node-server';
import { createServer } from 'vite';
import { getPlatformProxy } from 'wrangler';
import { buildEngine } from './build-engine.mjs';
import { engineConfigs, node, program, run, start } from './toolchain.mjs';

/** @typedef {import('../edge/engine/question.ts').EngineQuestion} EngineQuestion */

process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

const migrate = ['d1', 'migrations', 'apply', 'weir', '--local'];
if ((await run(node(), [program('wrangler'), ...migrate], { stdio: ['ignore', 'ignore', 'inherit'] })) !== 0)
	throw new Error('The local database could not be brought up to date');

await buildEngine();
const quietly = ['--show-interactive-dev-session', 'false', '--log-level', 'warn'];
const engines = engineConfigs().map((config) =>
	start(
		node(),
		[program('wrangler'), 'dev', '--local', '--config', config, '--port', '0', '--inspector-port', '0', ...quietly],
		{
			stdio: ['ignore', 2, 2]
		}
	)
);
const platform = await getPlatformProxy();
const env = { ...platform.env, ...(engines.length > 0 && { ENGINE: { ask: askEngine } }) };

/** An answer crosses the proxy as one whose parts are asked for one by one. @param {EngineQuestion} question */
async function askEngine(question) {
	const engine = /** @type {import('../edge/engine/question.ts').Engine} */ (platform.env.ENGINE);
	const parts = Object.entries(await engine.ask(question));
	return Object.fromEntries(await Promise.all(parts.map(async ([name, part]) => [name, await part])));
}

/** Answers /api by the edge's app as it is in the file now. @type {import('vite').Plugin} */
const edge = {
	name: 'edge',
	configureServer(server) {
		server.middlewares.use((request, response, next) => {
			if (!request.url?.startsWith('/api/')) return next();
			const listener = getRequestListener(
				async (asked) => {
					const { createApp } = await server.ssrLoadModule('/edge/app.ts');
					return createApp().fetch(asked, env);
				},
				{ overrideGlobalObjects: false }
			);
			void listener(request, response);
		});
	}
};

/** workerd's own module, which Node has not: this server sends no mail, and asks no source and no database. @type {import('vite').Plugin} */
const sockets = {
	name: 'sockets',
	resolveId: (id) => (id === 'cloudflare:sockets' ? '\0sockets' : null),
	load: (id) => (id === '\0sockets' ? `export const connect = () => { throw new Error('Only workerd dials'); };` : null)
};

const port = Number(process.env.PORT ?? 8787);
const server = await createServer({ plugins: [sockets, edge], server: { host: '127.0.0.1', port, strictPort: true } });
await server.listen();
console.log(`Weir is at http://127.0.0.1:${port}, and follows your changes`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	process.once(signal, () => {
		for (const engine of engines) engine.stop();
		void Promise.all([server.close(), platform.dispose()]).then(() => process.exit(0));
	});
