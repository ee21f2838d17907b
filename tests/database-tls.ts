// Puts TLS before a PostgreSQL that has none, as its protocol takes it: asked in the clear, it says yes with one letter, and all behind that is
// encrypted. Who asks for nothing is not answered. Source: PostgreSQL documentation, "Message Formats", SSLRequest.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Certified } from './certificate.ts';

const SSL_REQUEST = 80_877_103;

export type TlsFront = { readonly port: number; stop(): Promise<void> };

export async function startTlsFront(behind: number, certified: Certified): Promise<TlsFront> {
	const secureContext = createSecureContext(certified);
	const open = new Set<Socket>();
	const server = createServer((socket) => {
		open.add(socket);
		socket.on('error', () => socket.destroy());
		socket.once('close', () => open.delete(socket));
		socket.once('data', (asked: Buffer) => {
			if (asked.length !== 8 || asked.readInt32BE(4) !== SSL_REQUEST) return void socket.destroy();
			socket.write('S');
			const secure = new TLSSocket(socket, { isServer: true, secureContext });
			const database = connect(behind, '127.0.0.1');
			for (const [one, other] of [
				[secure, database],
				[database, secure]
			] as const) {
				one.on('error', () => other.destroy());
				one.pipe(other);
			}
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of open) socket.destroy();
			})
	};
}
