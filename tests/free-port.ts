// A port that nobody listens on.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function freePort(): Promise<number> {
	const probe = createServer();
	await new Promise<void>((resolve) => void probe.listen(0, '127.0.0.1', () => resolve()));
	const { port } = probe.address() as AddressInfo;
	await new Promise<void>((resolve) => void probe.close(() => resolve()));
	return port;
}
