// Starts the whole app, with a state folder of its own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../tools/toolchain.mjs';

/** `stop` resolves when it has ended. */
export type WeirServer = { readonly url: string; stop(): Promise<void> };

export type WeirSettings = {
	/** Where D1 and R2 keep what they have; without it, in a folder that goes with the server. */
	readonly state?: string;
	/** Without it, one that is free. */
	readonly port?: number;
	/** Every line that the server prints, the edge's own log among them. */
	readonly onLog?: (text: string) => void;
	/** The build that is there is served. */
	readonly isBuilt?: boolean;
	/** As `SOURCE_HOSTS` has them. */
	readonly sourceHosts?: string;
};

export async function startWeir({
	state = 'temporary',
	port: given,
	onLog,
	isBuilt = false,
	sourceHosts
}: WeirSettings = {}): Promise<WeirServer> {
	const port = given ?? (await freePort());
	const url = `http://127.0.0.1:${port}`;
	// A bundler in this process says that it is production, for which packages would be installed without the tools.
	const { NODE_ENV: _bundled, ...env } = process.env;
	const child = spawn(process.execPath, [join(import.meta.dirname, '../tools/start.mjs')], {
		cwd: join(import.meta.dirname, '..'),
		env: {
			...env,
			PORT: String(port),
			WEIR_STATE: state,
			...(onLog && { WEIR_LOG: 'log' }),
			...(isBuilt && { WEIR_SKIP_BUILD: '1' }),
			...(sourceHosts !== undefined && { SOURCE_HOSTS: sourceHosts, SOURCE_RELAY: 'named' })
		},
		stdio: ['ignore', 'pipe', onLog ? 'pipe' : 'inherit']
	});
	child.stderr?.on('data', (chunk: Buffer) => onLog?.(chunk.toString()));
	await new Promise<void>((resolve, reject) => {
		child.stdout?.on('data', (chunk: Buffer) => {
			if (chunk.toString().includes(url)) resolve();
		});
		child.once('exit', (code) => reject(new Error(`Weir ended with code ${code}`)));
	});
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	const stop = (): Promise<void> => {
		child.kill('SIGTERM');
		return ended;
	};
	return { url: `${url}/`, stop };
}
