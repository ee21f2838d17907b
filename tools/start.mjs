// `npm start`: installs what is missing, builds, and serves page and edge on one address with local D1 and R2.
// PORT sets the port. WEIR_STATE sets the folder of D1 and R2, `temporary` means one that goes with the server.
// WEIR_SKIP_BUILD=1 serves the build that is there. WEIR_LOG=log prints a line for each request to the API.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineConfigs, install, isFree, node, program, root, run, start } from './toolchain.mjs';

const HOUR_MS = 3_600_000;
const port = Number(process.env.PORT ?? 8787);
const url = `http://127.0.0.1:${port}`;
const isTemporary = process.env.WEIR_STATE === 'temporary';
const state = isTemporary
	? mkdtempSync(join(tmpdir(), 'weir-state-'))
	: (process.env.WEIR_STATE ?? join(root, '.wrangler/state'));

try {
	process.exitCode = await serve();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
} finally {
	if (isTemporary) rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function serve() {
	if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`PORT is not a port: ${process.env.PORT}`);
	if (!(await isFree(port))) throw new Error(`Port ${port} is taken; set PORT to another one.`);
	await install();
	if (
		!process.env.WEIR_SKIP_BUILD &&
		(await run(node(), [join(root, 'tools/build.mjs')], { stdio: ['ignore', 2, 2] })) !== 0
	)
		return 1;
	if (process.exitCode) return 1;
	const wrangler = program('wrangler');
	const migrations = join(root, 'edge/migrations');
	if (existsSync(migrations) && readdirSync(migrations).some((name) => name.endsWith('.sql'))) {
		const migrate = ['d1', 'migrations', 'apply', 'weir', '--local', '--persist-to', state];
		if ((await run(node(), [wrangler, ...migrate], { stdio: ['ignore', 'ignore', 'inherit'] })) !== 0) return 1;
	}
	const server = start(
		node(),
		[
			wrangler,
			'dev',
			'--local',
			// The edge's, which has the address, and its engine's.
			...[join(root, 'wrangler.toml'), ...engineConfigs()].flatMap((file) => ['--config', file]),
			...['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0', '--persist-to', state],
			// Else it warns that nothing begins what the cron would; `tidy` does.
			'--test-scheduled',
			...vars(),
			...['--show-interactive-dev-session', 'false', '--log-level', process.env.WEIR_LOG ?? 'warn']
		],
		{ stdio: ['ignore', 2, 2] }
	);
	let isStopping = false;
	void server.ended.then(() => (isStopping = true));
	while (!isStopping && !(await answers())) await new Promise((resolve) => setTimeout(resolve, 100));
	if (!isStopping) console.log(`Weir is at ${url}`);
	// What the platform's cron does; wrangler says that nothing begins it here.
	const hourly = setInterval(() => void tidy(), HOUR_MS);
	const code = await server.ended;
	clearInterval(hourly);
	// Ended because it was told to.
	return process.exitCode === 1 ? 0 : code;
}

/** What the environment says of sources, for whoever has no `.dev.vars`. */
function vars() {
	return ['SOURCE_HOSTS', 'SOURCE_RELAY', 'SOURCE_RESOLVER', 'SOURCE_KEPT_SECONDS'].flatMap((name) =>
		process.env[name] ? ['--var', `${name}:${process.env[name]}`] : []
	);
}

async function tidy() {
	try {
		await fetch(`${url}/cdn-cgi/local/scheduled`, { signal: AbortSignal.timeout(HOUR_MS / 2) });
	} catch (error) {
		console.error('The hourly tidying did not begin:', error instanceof Error ? error.message : error);
	}
}

async function answers() {
	try {
		const response = await fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(5000) });
		await response.arrayBuffer();
		return response.ok;
	} catch {
		// Not listening yet.
		return false;
	}
}
