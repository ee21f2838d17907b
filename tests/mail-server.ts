// Real mail servers, and a webhook, for the tests of the edge, which run in another runtime: they are told where they are, and ask what arrived over HTTP.
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { TestProject } from 'vitest/node';

export type Arrived = {
	readonly user: string | null;
	readonly from: string;
	readonly to: readonly string[];
	readonly text: string;
};

export type MailServers = {
	/** Takes a login in the clear; refuses mail to `nobody@…`. */
	readonly plainPort: number;
	/** Offers STARTTLS with a certificate that nobody trusts. */
	readonly untrustedPort: number;
	/** Offers no STARTTLS. */
	readonly clearPort: number;
	/** Answers `{ arrived, logins, posts }` over HTTP, and takes posts: to `/status/503` with that status. */
	readonly inboxPort: number;
};

declare module 'vitest' {
	interface ProvidedContext {
		mail: MailServers;
	}
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const arrived: Arrived[] = [];
	const logins: string[] = [];
	const posts: { readonly path: string; readonly key: string; readonly body: string }[] = [];
	const serve = (options: SMTPServerOptions): SMTPServer => {
		const server = new SMTPServer({
			authOptional: true,
			logger: false,
			onAuth: ({ username, password }, _session, done) => {
				logins.push(`${username ?? ''} ${password ?? ''}`);
				if (password === 'secret') done(null, { user: username });
				else done(new Error('no'));
			},
			onRcptTo: ({ address }, _session, done) => {
				if (address.startsWith('nobody@')) done(Object.assign(new Error('unknown'), { responseCode: 550 }));
				else done();
			},
			onData: (stream, { user, envelope }, done) => {
				const chunks: Buffer[] = [];
				stream.on('data', (chunk: Buffer) => chunks.push(chunk));
				stream.on('end', () => {
					arrived.push({
						user: typeof user === 'string' ? user : null,
						from: envelope.mailFrom ? envelope.mailFrom.address : '',
						to: envelope.rcptTo.map(({ address }) => address),
						text: Buffer.concat(chunks).toString('latin1')
					});
					done();
				});
			},
			...options
		});
		// A client that ends the talk because it does not trust the server is no fault of it.
		server.on('error', () => undefined);
		return server;
	};
	const plain = serve({ allowInsecureAuth: true, disabledCommands: ['STARTTLS'] });
	const untrusted = serve({});
	const clear = serve({ allowInsecureAuth: true, hideSTARTTLS: true });
	const inbox = createServer((request, response) => {
		const path = request.url ?? '';
		if (request.method !== 'POST') {
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ arrived, logins, posts }));
			return;
		}
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const key = String(request.headers['idempotency-key']);
			posts.push({ path, key, body: Buffer.concat(chunks).toString() });
			response.statusCode = Number(/^\/status\/(\d+)/.exec(path)?.[1] ?? 200);
			response.setHeader('location', '/hook');
			response.end();
		});
	});
	const servers = [plain, untrusted, clear, inbox];
	const ports = await Promise.all(
		servers.map(async (one) => {
			await new Promise<void>((resolve) => void one.listen(0, '127.0.0.1', () => resolve()));
			const server: Server = one instanceof SMTPServer ? one.server : one;
			return (server.address() as AddressInfo).port;
		})
	);
	const [plainPort = 0, untrustedPort = 0, clearPort = 0, inboxPort = 0] = ports;
	project.provide('mail', { plainPort, untrustedPort, clearPort, inboxPort });
	return async () => {
		await Promise.all(servers.map((one) => new Promise<void>((resolve) => void one.close(() => resolve()))));
	};
}
