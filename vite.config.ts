import { readFile } from 'node:fs/promises';
import { sveltekit } from '@sveltejs/kit/vite';
import { defaultClientConditions, defineConfig, type Connect, type Plugin } from 'vite';
import { duckdbLinks } from './vite.duckdb.ts';
import { gzipAssets } from './vite.gz.ts';
import { reportFileAsset } from './vite.report.ts';

const isolation = {
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Embedder-Policy': 'require-corp',
	'Cross-Origin-Resource-Policy': 'same-origin'
};

/** Sends the isolation headers with every answer of the development server, as the Worker does. */
const isolated: Plugin = {
	name: 'isolated',
	configureServer: (server) => isolate(server.middlewares),
	configurePreviewServer: (server) => isolate(server.middlewares)
};
function isolate(middlewares: Connect.Server): void {
	middlewares.use((_request, response, next) => {
		for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
		next();
	});
}

/** DuckDB-WASM's scripts name source maps whose files it does not ship; Vite warns of each, hundreds in all. */
const duckdbMaps: Plugin = {
	name: 'duckdb-maps',
	enforce: 'pre',
	load: {
		filter: { id: /duckdb-browser[^/]*\.m?js/ },
		async handler(id) {
			if (/[?&](url|raw|worker)\b/.test(id)) return null;
			const code = await readFile(id.replace(/\?.*/, ''), 'utf8');
			return { code: code.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, ''), map: null };
		}
	}
};

/** SQLite's package can keep databases by threads of its own, whose files Vite would ship with each worker that reads one. */
const sqliteAlone: Plugin = {
	name: 'sqlite-alone',
	enforce: 'pre',
	transform: {
		filter: { id: /@sqlite\.org\/sqlite-wasm\/dist\/index\.mjs/ },
		handler: (code) => ({
			code: code.replace(/new URL\("(sqlite3-[^"]*\.m?js)", import\.meta\.url\)/g, 'new URL("about:$1")'),
			map: null
		})
	}
};

const duckdbBlocking = new URL('./node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs', import.meta.url)
	.pathname;

const gzip = gzipAssets();
const links = duckdbLinks();
// The engine's bindings are one large chunk, with an eval that never runs under the page's policy.
const rolldownOptions = { checks: { pluginTimings: false, eval: false } };

export default defineConfig({
	plugins: [gzip, links, duckdbMaps, sqliteAlone, reportFileAsset(), sveltekit(), isolated],
	resolve: {
		// The package's own `./blocking` export points at a file it does not ship.
		alias: { 'duckdb-blocking': duckdbBlocking },
		// ONNX Runtime's glue stays a file of its own, which its threads and the page's policy ask for.
		conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions]
	},
	optimizeDeps: {
		exclude: [
			'onnxruntime-web',
			'@sqlite.org/sqlite-wasm',
			'@journeyapps/wa-sqlite/dist/wa-sqlite.mjs',
			'world-atlas/countries-110m.json'
		],
		// Named, since a dependency found late reloads the page, and with it a running test.
		include: [
			'duckdb-blocking',
			'@uwdata/flechette',
			'fast-check',
			'@codemirror/autocomplete',
			'@codemirror/commands',
			'@codemirror/lang-sql',
			'@codemirror/lang-markdown',
			'@codemirror/lang-yaml',
			'@codemirror/language',
			'@codemirror/lint',
			'@codemirror/search',
			'@codemirror/state',
			'@codemirror/view',
			'@dagrejs/dagre',
			'@observablehq/plot',
			'mdast-util-from-markdown',
			'mdast-util-gfm',
			'micromark-extension-gfm',
			'd3-format',
			'd3-time-format',
			'@lezer/highlight',
			'@scure/bip39',
			'@scure/bip39/wordlists/english.js',
			'sql-formatter',
			'topojson-client',
			'aws4fetch',
			'cockatiel',
			'comlink',
			'croner',
			'dexie',
			'fflate',
			'hash-wasm',
			'hpke',
			'uqr',
			'quickjs-emscripten-core',
			'@jitl/quickjs-wasmfile-release-sync',
			'sucrase',
			'valibot',
			'@valibot/to-json-schema',
			'yaml',
			'read-excel-file/universal',
			'write-excel-file/browser',
			'yaml'
		]
	},
	server: { headers: isolation, fs: { allow: ['workers', 'edge', 'tests'] } },
	preview: { headers: isolation },
	// The page's policy takes fonts and images from files alone.
	build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 2000, rolldownOptions },
	worker: { format: 'es', plugins: () => [gzip, links, duckdbMaps, sqliteAlone], rolldownOptions }
});
