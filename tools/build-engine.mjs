// The engine Worker in `edge/engine/dist`: one script, and the WebAssembly that it imports. Builds it where it is not there as its sources say.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { build } from 'vite';
import { outline, slim, trampolines } from './engine-wasm.mjs';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'edge/engine');
const outDir = join(folder, 'dist');
const stamp = join(outDir, 'sources.sha256');
const bindings = join(root, 'node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs');
const engine = join(root, 'node_modules/@duckdb/duckdb-wasm/dist/duckdb-eh.wasm');
const extensions = ['parquet', 'json', 'icu'];
const core = join(root, 'src/lib/core');

export async function buildEngine() {
	const sources = hashOfSources();
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
	rmSync(outDir, { recursive: true, force: true });
	mkdirSync(outDir, { recursive: true });
	await build({
		configFile: false,
		root,
		logLevel: 'warn',
		// The bindings ask whether they run in Node.
		define: { process: 'undefined' },
		plugins: [compiledBeforehand],
		resolve: { alias: { 'duckdb-blocking': bindings } },
		ssr: { target: 'webworker', noExternal: true },
		build: {
			ssr: join(folder, 'index.ts'),
			outDir,
			emptyOutDir: false,
			target: 'es2024',
			minify: true,
			chunkSizeWarningLimit: 2000,
			rolldownOptions: {
				external: [/^cloudflare:/],
				output: { entryFileNames: 'index.js', codeSplitting: false },
				checks: { pluginTimings: false }
			}
		}
	});
	for (const [name, bytes] of Object.entries(wasmFiles())) writeFileSync(join(outDir, name), bytes);
	writeFileSync(stamp, sources);
}

/** The built Worker's files, as Miniflare takes them: first the one that begins. */
export function engineModules() {
	/** @type {Readonly<Record<string, 'CompiledWasm' | 'Data'>>} */
	const types = { '.wasm': 'CompiledWasm', '.bin': 'Data' };
	const beside = readdirSync(outDir).flatMap((name) => {
		const type = types[extname(name)];
		return type ? [{ type, path: join(outDir, name) }] : [];
	});
	return [{ type: /** @type {const} */ ('ESModule'), path: join(outDir, 'index.js') }, ...beside];
}

/** Leaves what wrangler gives the Worker as it is to wrangler, and the source maps that DuckDB-WASM names and does not ship out. @type {import('vite').Plugin} */
const compiledBeforehand = {
	name: 'compiled-beforehand',
	enforce: 'pre',
	resolveId: (id) =>
		id.startsWith('virtual:engine/') ? { id: id.replace('virtual:engine/', './'), external: true } : null,
	load: (id) => (id === bindings ? { code: bindingsText(), map: null } : null)
};

/** With each eval, which no Worker may run, one that sees no names: else the bundler keeps all that has one, and in several files. */
function bindingsText() {
	return readFileSync(bindings, 'utf8')
		.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '')
		.replaceAll(/(?<![\w.$])eval\(/g, '(0,eval)(');
}

/** @returns {Record<string, Uint8Array>} */
function wasmFiles() {
	const modules = slim({
		duckdb: readFileSync(engine),
		...Object.fromEntries(extensions.map((name) => [name, readFileSync(extensionFile(name))]))
	});
	/** @type {Record<string, Uint8Array>} */
	const files = { 'trampolines.wasm': trampolines(signatures()) };
	for (const [name, bytes] of Object.entries(modules)) files[`${name}.wasm`] = bytes;
	for (const name of extensions) files[`${name}.bin`] = outline(readFileSync(extensionFile(name)));
	return files;
}

/** Of the functions that Emscripten's script may give the engine. */
function signatures() {
	const found = bindingsText().matchAll(/\.sig\s*=\s*"([vijpfd]+)"/g);
	return [...new Set(Array.from(found, ([, signature = '']) => signature.replaceAll('p', 'i')))].sort();
}

/** @param {string} name */
function extensionFile(name) {
	return join(root, `static/ext/v1.4.3/wasm_eh/${name}.duckdb_extension.wasm`);
}

function hashOfSources() {
	const hash = createHash('sha256');
	const own = [import.meta.dirname, folder, core].flatMap((from) =>
		readdirSync(from, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && entry.parentPath !== outDir)
			.filter(({ name, parentPath }) => parentPath !== import.meta.dirname || /engine|wasm/.test(name))
			.map(({ name, parentPath }) => join(parentPath, name))
	);
	for (const file of [...own.sort(), bindings, engine, ...extensions.map(extensionFile)])
		hash.update(file.slice(root.length)).update(readFileSync(file));
	return hash.digest('hex');
}
