// Asks the edge many times: requests a second, and how long one takes, of each hot endpoint and of a bare route of Hono by turns.
import { randomBytes, createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { freePort, node, program, run, start } from '../../tools/toolchain.mjs';
import { cache, root } from './pages.ts';

/** Of the requests of all rounds. */
export type Asked = {
	readonly what: string;
	readonly perSecond: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
};

type Ask = {
	readonly method: string;
	readonly path: string;
	readonly headers?: Record<string, string>;
	readonly body?: Buffer;
};
type Answer = { readonly status: number; readonly ms: number; readonly text: string };

const AT_ONCE = 8;
const ROUNDS = 3;
const REQUESTS = 400;
const OBJECT_BYTES = 65_536;

/** Starts the Worker of sync-edge.ts with a state folder of its own. */
export async function measureEdge(): Promise<readonly Asked[]> {
	const folder = mkdtempSync(join(cache, 'edge-'));
	const config = writeConfig(folder);
	const state = join(folder, 'state');
	const wrangler = ['--config', config, '--persist-to', state];
	const migrated = await run(
		node(),
		[program('wrangler'), 'd1', 'migrations', 'apply', 'weir', '--local', ...wrangler],
		{
			stdio: ['ignore', 'ignore', 'inherit']
		}
	);
	if (migrated !== 0) throw new Error('the tables could not be made');
	const port = await freePort();
	const address = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
	const quiet = ['--show-interactive-dev-session', 'false', '--log-level', 'none'];
	const server = start(node(), [program('wrangler'), 'dev', '--local', ...wrangler, ...address, ...quiet], {
		stdio: 'ignore'
	});
	const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
	try {
		return await measure((ask) => send(agent, port, ask));
	} finally {
		agent.destroy();
		server.child.kill('SIGTERM');
		await server.ended;
		rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}
}

/** That of the app, without its page, and with no limit of requests in a minute. */
function writeConfig(folder: string): string {
	mkdirSync(folder, { recursive: true });
	const own = readFileSync(join(root, 'wrangler.toml'), 'utf8')
		.replace('main = "edge/index.ts"', `main = ${JSON.stringify(join(import.meta.dirname, 'sync-edge.ts'))}`)
		.replace('"edge/migrations"', JSON.stringify(join(root, 'edge/migrations')))
		.replace(/^\[assets\]$[\s\S]*?(?=^\[)/m, '')
		.replace(/^#[^\n]*\n\[triggers\]$[\s\S]*/m, '');
	const path = join(folder, 'wrangler.toml');
	writeFileSync(path, `${own}\n[vars]\nREQUESTS_PER_MINUTE = "100000000"\n`);
	return path;
}

async function measure(ask: (given: Ask) => Promise<Answer>): Promise<readonly Asked[]> {
	for (let tries = 0; ; tries++) {
		const isUp = await ask({ method: 'GET', path: '/bare' }).then(
			({ status }) => status === 200,
			() => false
		);
		if (isUp) break;
		if (tries > 300) throw new Error('the edge does not answer');
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	const [workspace, space, tokenId] = [random(16), random(16), random(16)];
	const secret = randomBytes(32);
	const json = {
		'content-type': 'application/json',
		authorization: `Bearer weir1.${tokenId}.${secret.toString('base64url')}`
	};
	const hash = createHash('sha256').update(secret).digest('base64url');
	const made = { workspace, genesis: random(300), token: { id: tokenId, hash } };
	await expectOk(
		ask({ method: 'POST', path: '/api/v1/workspaces', headers: json, body: Buffer.from(JSON.stringify(made)) })
	);
	const at = `/api/v1/workspaces/${workspace}`;
	const put = (): Ask => {
		const body = randomBytes(OBJECT_BYTES);
		const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
		const headers = { ...json, 'content-type': 'application/octet-stream', 'content-digest': digest };
		return { method: 'PUT', path: `${at}/spaces/${space}/objects/${random(32)}`, headers, body };
	};
	const stored = put();
	await expectOk(ask(stored));
	await expectOk(ask({ method: 'PUT', path: '/bare/stored', body: stored.body }));
	const ids = Buffer.from(JSON.stringify({ ids: Array.from({ length: 1000 }, () => random(32)) }));
	const steps: Record<string, () => Ask> = {
		'bare GET': () => ({ method: 'GET', path: '/bare' }),
		health: () => ({ method: 'GET', path: '/api/v1/health' }),
		'list refs': () => ({ method: 'GET', path: `${at}/refs`, headers: json }),
		'have, 1,000 ids': () => ({ method: 'POST', path: `${at}/spaces/${space}/have`, headers: json, body: ids }),
		'bare GET of 64 KiB in R2': () => ({ method: 'GET', path: '/bare/stored' }),
		'get object of 64 KiB': () => ({ method: 'GET', path: stored.path, headers: json }),
		'bare PUT of 64 KiB to R2': () => ({ method: 'PUT', path: `/bare/${random(16)}`, body: randomBytes(OBJECT_BYTES) }),
		'put object of 64 KiB': put
	};
	const times = new Map<string, { all: number[]; ms: number }>();
	for (let round = 0; round < ROUNDS; round++)
		for (const [what, next] of Object.entries(steps)) {
			const asks = Array.from({ length: REQUESTS }, next);
			const begun = performance.now();
			const all = await atOnce(asks, ask);
			const known = times.get(what) ?? { all: [], ms: 0 };
			times.set(what, { all: [...known.all, ...all], ms: known.ms + performance.now() - begun });
		}
	return [...times].map(([what, { all, ms }]) => {
		const ascending = all.sort((a, b) => a - b);
		const share = (of: number): number => ascending[Math.floor(of * (ascending.length - 1))] ?? NaN;
		return { what, perSecond: (1000 * all.length) / ms, p50Ms: share(0.5), p99Ms: share(0.99) };
	});
}

async function atOnce(asks: readonly Ask[], ask: (given: Ask) => Promise<Answer>): Promise<readonly number[]> {
	const times: number[] = [];
	const left = [...asks];
	const one = async (): Promise<void> => {
		for (let next = left.pop(); next; next = left.pop()) times.push((await expectOk(ask(next))).ms);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, one));
	return times;
}

async function expectOk(asked: Promise<Answer>): Promise<Answer> {
	const answer = await asked;
	if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text.slice(0, 300)}`);
	return answer;
}

async function send(agent: Agent, port: number, { method, path, headers, body }: Ask): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const begun = performance.now();
		const length = body && { 'content-length': String(body.length) };
		const sent = request(
			{ agent, host: '127.0.0.1', port, method, path, headers: { ...headers, ...length } },
			(response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						ms: performance.now() - begun,
						text: Buffer.concat(chunks).toString('latin1')
					})
				);
			}
		);
		sent.on('error', reject);
		sent.end(body);
	});
}

function random(sizeBytes: number): string {
	return randomBytes(sizeBytes).toString('base64url');
}
