// Serves an API of the tests over HTTP, as another origin that pages may read.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ServedApi = {
	readonly url: string;
	/** What it was sent as Authorization. */
	readonly tokens: ReadonlySet<string>;
	stop(): Promise<void>;
};

/** What `answer` throws is a line that goes dead in the middle of an answer. */
export async function serveApi(answer: (url: string) => Response): Promise<ServedApi> {
	const tokens = new Set<string>();
	const server: Server = createServer((request, response) => {
		response.setHeader('Access-Control-Allow-Origin', '*');
		response.setHeader('Access-Control-Allow-Headers', '*, Authorization');
		response.setHeader('Access-Control-Expose-Headers', 'Link, Retry-After');
		if (request.method === 'OPTIONS') return void response.writeHead(204).end();
		tokens.add(request.headers.authorization ?? '');
		let answered: Response;
		try {
			answered = answer(`http://${request.headers.host}${request.url ?? '/'}`);
		} catch {
			// It hangs up in the middle.
			response.writeHead(200, { 'content-length': 1000 });
			response.write('{"items"');
			return void setTimeout(() => response.destroy(), 20);
		}
		void answered.text().then(
			(text) => response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(text),
			() => response.destroy()
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const stop = (): Promise<void> =>
		new Promise((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}/rows`, tokens, stop };
}
