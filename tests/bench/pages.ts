// The pages a benchmark measures in, and the server of the one that is not Weir's.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright';
import { build } from 'vite';
import { chromium } from '../chromium.ts';

const here = import.meta.dirname;
export const root = join(here, '../..');
export const cache = join(root, '.cache/bench');

/** Installs the peers unless they are there. */
export function installPeers(): void {
	if (!existsSync(join(here, 'node_modules')))
		execFileSync('npm', ['install', '--no-audit', '--no-fund'], {
			cwd: here,
			stdio: 'inherit',
			shell: process.platform === 'win32'
		});
}

export async function bundlePeers(): Promise<void> {
	rmSync(join(cache, 'page'), { recursive: true, force: true });
	await build({
		configFile: false,
		// PGlite's own use of eval is not ours to be warned of.
		logLevel: 'error',
		root: here,
		build: {
			outDir: join(cache, 'page'),
			emptyOutDir: true,
			target: 'esnext',
			rollupOptions: { input: join(here, 'peers.ts'), output: { entryFileNames: 'peers.js' } }
		}
	});
}

/** A page of its own for the peers: isolated as Weir's is, without its CSP, with the engine's files plain. */
export async function serveBench(): Promise<{ url: string; server: Server }> {
	const modules = join(root, 'node_modules/@duckdb/duckdb-wasm/dist');
	const routes: Record<string, string> = {
		'/duckdb.wasm': join(modules, 'duckdb-eh.wasm'),
		'/duckdb.worker.js': join(modules, 'duckdb-browser-eh.worker.js'),
		'/sql.wasm': join(here, 'node_modules/sql.js/dist/sql-wasm.wasm')
	};
	const types: Record<string, string> = {
		'.js': 'text/javascript',
		'.wasm': 'application/wasm',
		'.html': 'text/html',
		'.data': 'application/octet-stream'
	};
	const server = createServer((request, response) => {
		const path = new URL(request.url ?? '/', 'http://x').pathname;
		response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
		response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
		if (path === '/') {
			response.setHeader('content-type', 'text/html');
			response.end('<!doctype html><title>peers</title><script type="module" src="/peers.js"></script>');
			return;
		}
		const file = routes[path] ?? (path.startsWith('/ext/') ? join(root, 'static', path) : join(cache, 'page', path));
		if (path.includes('..') || !existsSync(file)) {
			response.statusCode = 404;
			response.end();
			return;
		}
		response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
		response.setHeader('cache-control', 'public, max-age=31536000, immutable');
		response.setHeader('content-length', statSync(file).size);
		createReadStream(file).pipe(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	return { url: `http://127.0.0.1:${address.port}/`, server };
}

export async function inPage<T>(url: string, task: (page: Page) => Promise<T>): Promise<T> {
	const browser: Browser = await playwright.launch(chromium);
	try {
		const page = await browser.newPage();
		page.setDefaultTimeout(0);
		page.on('pageerror', (error) => console.error(`  page: ${error.message}`));
		await page.goto(url);
		return await task(page);
	} finally {
		await browser.close();
	}
}

/** Hands files to the page by path, so that hundreds of megabytes never pass through the driver. */
export async function giveFiles(page: Page, files: Record<string, string>): Promise<void> {
	for (const [name, path] of Object.entries(files)) {
		await page.evaluate((id) => {
			const input = document.createElement('input');
			input.type = 'file';
			input.id = `bench-${id}`;
			document.body.append(input);
		}, name);
		await page.setInputFiles(`#bench-${name}`, path);
		await page.evaluate((id) => {
			const input = document.querySelector<HTMLInputElement>(`#bench-${id}`);
			Object.assign(globalThis, { [`bench_${id}`]: input?.files?.[0] });
			input?.remove();
		}, name);
	}
}

export function paths(url: string): { wasm: string; worker: string; sqlWasm: string } {
	return { wasm: `${url}duckdb.wasm`, worker: `${url}duckdb.worker.js`, sqlWasm: `${url}sql.wasm` };
}
