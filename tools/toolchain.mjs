// The toolchain as plain Node 20 finds it: installs what is missing, and runs the project's own tools under its own Node.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..');

const modules = join(root, 'node_modules');
const isWindows = process.platform === 'win32';
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** Wrangler reports nothing, asks nothing, and fetches nothing from Cloudflare. */
const quiet = {
	WRANGLER_SEND_METRICS: 'false',
	WRANGLER_HIDE_BANNER: 'true',
	CLOUDFLARE_CF_FETCH_ENABLED: 'false',
	NO_UPDATE_NOTIFIER: '1'
};

/** @returns {NodeJS.ProcessEnv} */
export function environment() {
	return { ...process.env, ...quiet, PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}` };
}

/** The engine Worker's configuration, where it is built and the edge's own has a binding to it. @returns {string[]} */
export function engineConfigs() {
	const isBound = /^service = "weir-engine"$/m.test(readFileSync(join(root, 'wrangler.toml'), 'utf8'));
	const isBuilt = existsSync(join(root, 'edge/engine/dist/index.js'));
	return isBound && isBuilt ? [join(root, 'edge/engine/wrangler.toml')] : [];
}

/** Runs `npm ci` unless `node_modules` holds exactly what the lock names, and has SvelteKit write its `tsconfig.json`. */
export async function install() {
	await installPackages();
	if (existsSync(join(root, '.svelte-kit/tsconfig.json'))) return;
	const code = await run(node(), [program('@sveltejs/kit', 'svelte-kit'), 'sync'], { stdio: ['ignore', 2, 2] });
	if (code !== 0) throw new Error(`svelte-kit sync ended with code ${code}`);
}

async function installPackages() {
	if (isInstalled()) return;
	console.error('Installing dependencies…');
	const npm = process.env.npm_execpath;
	const code = npm?.endsWith('.js')
		? await run(process.execPath, [npm, 'ci', '--loglevel=error'], { stdio: ['ignore', 2, 2] })
		: await run(isWindows ? 'npm.cmd' : 'npm', ['ci', '--loglevel=error'], {
				shell: isWindows,
				stdio: ['ignore', 2, 2]
			});
	if (code !== 0) throw new Error(`npm ci ended with code ${code}`);
}

function isInstalled() {
	const installed = join(modules, '.package-lock.json');
	if (!existsSync(installed)) return false;
	const have = packagesOf(installed);
	return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
		([path, wanted]) => path === '' || wanted.optional || have[path]?.version === wanted.version
	);
}

/** @param {string} file @returns {Record<string, { version?: string, optional?: boolean }>} */
function packagesOf(file) {
	return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** The Node that came with the packages; where its platform has none in the lock, the one running this, if new enough. */
export function node() {
	const file = isWindows ? 'node.exe' : 'node';
	const bundled = join(modules, `node-${isWindows ? 'win' : process.platform}-${process.arch}`, 'bin', file);
	if (existsSync(bundled)) return bundled;
	if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
	throw new Error(
		`The toolchain needs Node 22 or newer on ${process.platform}-${process.arch}; this is ${process.version}.`
	);
}

/**
 * The command line that runs a package's program under `node()`.
 *
 * @param {string} name the package @param {string} [program] its program, where the package has several
 * @returns {string}
 */
export function program(name, program = name) {
	const folder = join(modules, name);
	const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	return join(folder, typeof bin === 'string' ? bin : bin[program]);
}

/**
 * Runs a command in the project's folder to its end; a signal to this process reaches it and all it started.
 *
 * @param {string} command @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} the exit code; 1 for a signal
 */
export async function run(command, args, options = {}) {
	const group = start(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
	return group.ended;
}

/**
 * Starts a command in a process group of its own, so that nothing it started outlives it.
 *
 * @param {string} command @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function start(command, args, options) {
	const env = { ...environment(), ...options.env };
	const child = spawn(command, [...args], { cwd: root, detached: !isWindows, ...options, env });
	/** @param {NodeJS.Signals} signal */
	const signalGroup = (signal) => {
		if (child.pid === undefined) return;
		try {
			if (isWindows) child.kill(signal);
			else process.kill(-child.pid, signal);
		} catch (error) {
			// The group is already gone.
			if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
		}
	};
	/** @type {NodeJS.Timeout | undefined} */
	let patience;
	const stop = () => {
		signalGroup('SIGTERM');
		patience ??= setTimeout(() => signalGroup('SIGKILL'), 5000);
	};
	const onSignal = () => {
		process.exitCode = 1;
		stop();
	};
	for (const signal of signals) process.on(signal, onSignal);
	// npm passes a signal on to the shell between it and this process, and no further: an orphan knows that it shall end.
	const parent = process.ppid;
	const orphanage = setInterval(() => {
		if (process.env.npm_lifecycle_event && process.ppid !== parent) onSignal();
	}, 250);
	/** @type {Promise<number>} */
	const ended = new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', (code) => {
			for (const signal of signals) process.off(signal, onSignal);
			clearInterval(orphanage);
			clearTimeout(patience);
			// What the command left behind goes with it.
			signalGroup('SIGKILL');
			resolve(code ?? 1);
		});
	});
	return { child, ended, stop };
}

/** @param {number} port @returns {Promise<boolean>} */
export function isFree(port) {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

/** @returns {Promise<number>} that nobody listens on */
export function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => {
				if (address && typeof address === 'object') resolve(address.port);
				else reject(new Error('no free port'));
			});
		});
	});
}
