// Real sources for the tests of the relay, which run in another runtime: some that are asked, in the clear and by TLS, some that nothing may reach,
// and a resolver that knows all.
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createRawServer, type AddressInfo, type Server as RawServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { TestProject } from 'vitest/node';
import { misbehavingApi } from './misbehaving-api.ts';
import { startS3 } from './s3-server.ts';
import { seeded } from './seeded.ts';

export type SourceServers = {
	/** Answers as its path says; tells at `/told` what arrived at the traps and at 127.0.0.2, and which names were asked for. */
	readonly apiPort: number;
	/** The same by TLS, with a certificate for `api.source.example` alone, which the runtime of the tests trusts. */
	readonly tlsPort: number;
	/** Counts what connects. */
	readonly trapPort: number;
	/** Answers with the bytes that its path says, in base64url, and closes. */
	readonly rawPort: number;
	/** At 127.0.0.2, where names that move are at first: keeps connections open, and leads to `to`. At 127.0.0.1 another trap. */
	readonly movedPort: number;
	/** Answers DNS over HTTPS as JSON. */
	readonly resolverPort: number;
	/** A store that lists and reads for those who sign, with one object `in/a.csv`. */
	readonly storePort: number;
};

declare module 'vitest' {
	interface ProvidedContext {
		sources: SourceServers;
	}
}

/** Addresses by name; a list of lists is answered one after another, the last one from then on. */
const zone: Readonly<Record<string, readonly (readonly string[])[]>> = {
	'api.source.example': [['127.0.0.1']],
	'other.source.example': [['127.0.0.1']],
	'loopback.source.dev': [['127.0.0.1']],
	'six.source.dev': [['::1']],
	'mapped.source.dev': [['::ffff:127.0.0.1']],
	'mixed.source.dev': [['93.184.215.14', '127.0.0.1']],
	'private.source.dev': [['10.0.0.1']],
	'metadata.source.dev': [['169.254.169.254']],
	'zero.source.dev': [['0.0.0.0']],
	'rebinds.source.dev': [['93.184.215.14'], ['127.0.0.1']],
	// To 0.0.0.0 a connection is made as to 127.0.0.1; no source may be there, whoever named it.
	'moves.source.example': [['127.0.0.2'], ['0.0.0.0']],
	'moves-later.source.example': [['127.0.0.3', '127.0.0.2'], ['0.0.0.0']],
	'moves-led.source.example': [['127.0.0.2'], ['0.0.0.0']],
	'xn--bcher-kva.source.dev': [['127.0.0.1']]
};

export async function setup(project: TestProject): Promise<() => Promise<void>> {
	let trapped = 0;
	const asked: string[] = [];
	const springs = (socket: Socket): void => {
		trapped++;
		socket.on('error', () => undefined);
		socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ntrapped');
	};
	const [trap, movedTrap] = [createRawServer(springs), createRawServer(springs)];
	let met = 0;
	const moved = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
		const to = new URL(request.url ?? '', 'http://moved.test').searchParams.get('to');
		response.writeHead(to === null ? 200 : 302, { connection: 'keep-alive', ...(to !== null && { location: to }) });
		response.end('moved');
	});
	moved.on('connection', () => met++);
	const raw = createRawServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', (bytes: Buffer) => {
			const [, path = ''] = /^GET \/([\w-]*) /.exec(bytes.toString('latin1')) ?? [];
			socket.end(Buffer.from(path, 'base64url'));
		});
	});
	const resolver = createServer((request, response) => {
		const { searchParams } = new URL(request.url ?? '', 'http://resolver.test');
		const [name, type] = [searchParams.get('name') ?? '', searchParams.get('type') ?? ''];
		const times = asked.filter((one) => one === `${name} ${type}`).length;
		asked.push(`${name} ${type}`);
		const answers = zone[name];
		const addresses = (answers?.[Math.min(times, answers.length - 1)] ?? []).filter(
			(one) => one.includes(':') === (type === 'AAAA')
		);
		const Answer = addresses.map((data) => ({ name, type: type === 'A' ? 1 : 28, TTL: 0, data }));
		response.setHeader('content-type', 'application/dns-json');
		response.statusCode = name.startsWith('broken.') ? 500 : 200;
		response.end(JSON.stringify({ Status: answers ? 0 : 3, ...(Answer.length > 0 && { Answer }) }));
	});
	const rows = Array.from({ length: 100 }, (_, id) => ({ id, name: `row ${id}`, at: '2026-01-01T00:00:00Z' }));
	const misbehaves = misbehavingApi({ paging: 'cursor', size: 9, random: seeded(3), faultRatio: 0.3, rows });
	const answer: RequestListener = (request, response) => {
		const { pathname, searchParams } = new URL(request.url ?? '', 'http://api.test');
		response.on('error', () => undefined);
		const to = searchParams.get('to') ?? '';
		switch (pathname) {
			case '/told':
				response.end(JSON.stringify({ trapped, asked, met }));
				return;
			case '/leads': {
				// As bytes of UTF-8, which some servers send where it is not allowed.
				const location = Buffer.from(to)
					.toString('latin1')
					.replaceAll(/[\0-\x1f]/g, '');
				response.writeHead(Number(searchParams.get('status') ?? 302), { location });
				response.end();
				return;
			}
			case '/loop':
				response.writeHead(302, { location: `/loop?${Number(searchParams.toString().replace('=', '')) + 1}` });
				response.end();
				return;
			case '/busy':
				response.writeHead(429, { 'retry-after': '7', 'set-cookie': 'a=b', link: '</next>; rel="next"' });
				response.end('busy');
				return;
			case '/packed':
				response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
				response.end(gzipSync('[{"id":1}]'));
				return;
			case '/long':
				response.end(Buffer.alloc(Number(searchParams.get('bytes')), 'x'));
				return;
			case '/drips': {
				const timer = setInterval(() => response.write(' '), 20);
				request.socket.on('close', () => clearInterval(timer));
				return;
			}
			case '/rows': {
				let answered: Response;
				try {
					answered = misbehaves(`http://api.source.example${request.url ?? ''}`);
				} catch {
					response.destroy();
					return;
				}
				void answered.text().then(
					(text) => response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(text),
					() => response.destroy()
				);
				return;
			}
			case '/silent':
				return;
			case '/cut':
				response.writeHead(200, { 'content-length': '1000' });
				response.write('[{"id":1},', () => response.destroy());
				return;
		}
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method, url, rawHeaders } = request;
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ method, url, rawHeaders, body: Buffer.concat(chunks).toString() }));
		});
	};
	const api = createServer(answer);
	const pem = (file: string): Buffer => readFileSync(new URL(`edge/${file}.pem`, import.meta.url));
	const tls = createTlsServer({ key: pem('source-key'), cert: pem('source-certificate') }, answer);
	const servers: readonly (Server | RawServer)[] = [api, tls, trap, raw, resolver, moved];
	// Whoever asks may keep a connection, and a server that is closed waits for it.
	const open = new Set<Socket>();
	for (const one of [...servers, movedTrap])
		one.on('connection', (socket: Socket) => {
			open.add(socket);
			socket.on('close', () => open.delete(socket));
		});
	const [apiPort = 0, tlsPort = 0, trapPort = 0, rawPort = 0, resolverPort = 0, movedPort = 0] = await Promise.all(
		servers.map((one) => listening(one, 0, one === moved ? '127.0.0.2' : '127.0.0.1'))
	);
	await listening(movedTrap, movedPort, '127.0.0.1');
	const store = await startS3();
	await store.put('in/a.csv', 'id,name\n1,one\n');
	const storePort = Number(new URL(store.endpoint).port);
	project.provide('sources', { apiPort, tlsPort, trapPort, rawPort, movedPort, resolverPort, storePort });
	return async () => {
		await store.stop();
		for (const one of open) one.destroy();
		await Promise.all(
			[...servers, movedTrap].map((one) => new Promise<void>((resolve) => void one.close(() => resolve())))
		);
	};
}

async function listening(server: Server | RawServer, port: number, host: string): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, resolve);
	});
	return (server.address() as AddressInfo).port;
}
