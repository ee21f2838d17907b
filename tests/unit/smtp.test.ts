// Mail over STARTTLS, to real servers with a certificate that is trusted, and with one that is not: the talk that the edge has with
// them, over sockets of Node. What the edge's own runtime makes of such servers is in tests/edge/mail.test.ts.
import { createServer, connect as connectSocket, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { sendBySmtp, type Dial, type MailServer, type Wire } from '#edge/mail/smtp.ts';
import { certificateOf } from '../certificate.ts';

const HOST = 'localhost';
const known = certificateOf(HOST);
const unknown = certificateOf(HOST);
const closing: (() => void)[] = [];
afterEach(() => {
	for (const close of closing.splice(0)) close();
});

/** A wire of Node. Only `known` is trusted. */
const dial: Dial = ({ port }) => wireOf(connectSocket(port, '127.0.0.1'));

function wireOf(socket: Socket): Wire {
	let isOver = false;
	const readable = new ReadableStream<Uint8Array>({
		start: (controller) => {
			const end = (): void => {
				if (!isOver) controller.close();
				isOver = true;
			};
			socket.on('data', (chunk: Buffer) => {
				if (!isOver) controller.enqueue(Uint8Array.from(chunk));
			});
			for (const event of ['end', 'close', 'error']) socket.on(event, end);
		}
	});
	const writable = new WritableStream<Uint8Array>({
		write: (chunk) =>
			new Promise((resolve, reject) => {
				socket.write(chunk, (error) => (error ? reject(error) : resolve()));
			})
	});
	const startTls = (): Wire => {
		socket.removeAllListeners('data');
		return wireOf(connectTls({ socket, ca: known.cert, servername: HOST }));
	};
	return { readable, writable, startTls, close: () => Promise.resolve(void socket.destroy()) };
}

type Seen = { readonly logins: string[]; readonly mails: { readonly isSecure: boolean; readonly text: string }[] };

async function mailServer({ key, cert }: typeof known): Promise<Seen & { readonly port: number }> {
	const seen: Seen = { logins: [], mails: [] };
	const server = new SMTPServer({
		key,
		cert,
		logger: false,
		onAuth: ({ username, password }, { secure }, done) => {
			seen.logins.push(`${username ?? ''} ${password ?? ''} ${secure ? 'encrypted' : 'in the clear'}`);
			done(null, { user: username });
		},
		onData: (stream, { secure }, done) => {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				seen.mails.push({ isSecure: secure, text: Buffer.concat(chunks).toString('latin1') });
				done();
			});
		}
	});
	server.on('error', () => undefined);
	closing.push(() => server.close());
	return { ...seen, port: await portOf(server.server) };
}

async function portOf(server: Server): Promise<number> {
	await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
	return (server.address() as AddressInfo).port;
}

function serverAt(port: number): MailServer {
	return { host: HOST, port, security: 'starttls', login: { user: 'weir', password: 'secret' } };
}

const mail = {
	from: 'weir@example.org',
	to: ['ada@example.org'],
	subject: 'Größe',
	text: 'A text',
	id: 'id-1',
	atMs: Date.UTC(2026, 0, 1)
};

test('a mail goes over a line that was encrypted on the way, and so does the login', async () => {
	const { port, logins, mails } = await mailServer(known);
	expect(await sendBySmtp(serverAt(port), mail, dial)).toEqual(ok(undefined));
	expect(logins).toEqual(['weir secret encrypted']);
	expect(mails).toHaveLength(1);
	expect(mails[0]?.isSecure).toBe(true);
	expect(mails[0]?.text).toContain('To: ada@example.org');
});

test('a server with a certificate that is not trusted hears neither login nor mail', async () => {
	const { port, logins, mails } = await mailServer(unknown);
	expect(await sendBySmtp(serverAt(port), mail, dial)).toEqual(err({ kind: 'mail-failed', stage: 'tls', code: null }));
	expect([logins, mails]).toEqual([[], []]);
});

test('what is said in the clear behind the answer to STARTTLS is not taken for an answer over the encrypted line', async () => {
	const heard: string[] = [];
	const server = createServer((socket) => {
		socket.on('error', () => undefined);
		socket.write('220 here\r\n');
		socket.on('data', (chunk: Buffer) => {
			const line = chunk.toString();
			if (line.startsWith('EHLO')) socket.write('250-here\r\n250 STARTTLS\r\n');
			if (!line.startsWith('STARTTLS')) return;
			socket.removeAllListeners('data');
			// Somebody on the way adds an answer of their own.
			socket.write('220 go on\r\n250-here\r\n250 AUTH PLAIN\r\n');
			const inside = new TLSSocket(socket, { isServer: true, key: known.key, cert: known.cert });
			inside.on('error', () => undefined);
			inside.on('data', (inner: Buffer) => {
				heard.push(inner.toString().trim());
				inside.write(inner.toString().startsWith('EHLO') ? '502 no\r\n' : '235 yes\r\n');
			});
		});
	});
	closing.push(() => server.close());
	const port = await portOf(server);
	expect(await sendBySmtp(serverAt(port), mail, dial)).toEqual(err({ kind: 'mail-failed', stage: 'tls', code: 502 }));
	expect(heard).toEqual(['EHLO weir']);
});
