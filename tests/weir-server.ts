// Starts the whole built app for a bench or a campaign, on a free port and a state folder of its own.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

export type WeirServer = { readonly url: string; stop(): void };

export async function startWeir(): Promise<WeirServer> {
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	// A bundler in this process says that it is production, for which packages would be installed without the tools.
	const { NODE_ENV: _bundled, ...env } = process.env;
	const child = spawn(process.execPath, [join(import.meta.dirname, '../tools/start.mjs')], {
		cwd: join(import.meta.dirname, '..'),
		env: { ...env, PORT: String(port), WEIR_STATE: 'temporary' },
		stdio: ['ignore', 'pipe', 'inherit']
	});
	await new Promise<void>((resolve, reject) => {
		child.stdout.on('data', (chunk: Buffer) => {
			if (chunk.toString().includes(url)) resolve();
		});
		child.once('exit', (code) => reject(new Error(`Weir ended with code ${code}`)));
	});
	return { url: `${url}/`, stop: () => void child.kill('SIGTERM') };
}

export async function freePort(): Promise<number> {
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
