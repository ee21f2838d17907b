// A page of one script that is bundled from sources, isolated as the app's is, for what is measured without the app around it.
import { createReadStream, existsSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { build, defaultClientConditions } from 'vite';
import { cache } from './pages.ts';

const types: Readonly<Record<string, string>> = {
	'.js': 'text/javascript',
	'.mjs': 'text/javascript',
	'.wasm': 'application/wasm'
};

/** `entry` is a file of this folder; its page is served until `server` is closed. */
export async function serveBundled(entry: string): Promise<{ url: string; server: Server }> {
	const site = join(cache, entry.replace(/\.ts$/, ''));
	await bundle(entry, site);
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? '/', 'http://x').pathname;
		response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
		response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
		if (path === '/') {
			response.setHeader('content-type', 'text/html');
			response.end('<!doctype html><title>bench</title><script type="module" src="/page.js"></script>');
			return;
		}
		const file = join(site, path);
		if (path.includes('..') || !existsSync(file)) {
			response.statusCode = 404;
			response.end();
			return;
		}
		response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
		createReadStream(file).pipe(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return { url: `http://127.0.0.1:${address.port}/`, server };
}

async function bundle(entry: string, site: string): Promise<void> {
	rmSync(site, { recursive: true, force: true });
	await build({
		configFile: false,
		logLevel: 'error',
		root: import.meta.dirname,
		worker: { format: 'es' },
		// As the app has it: ONNX Runtime's glue stays a file of its own.
		resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
		build: {
			outDir: site,
			emptyOutDir: true,
			target: 'esnext',
			assetsInlineLimit: 0,
			rollupOptions: { input: join(import.meta.dirname, entry), output: { entryFileNames: 'page.js' } }
		}
	});
}
