// The layer table of the design as data, and what else a machine can check of the house style.
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, markupOf, readSources, resolveImport, type Import } from './architecture-scan.ts';

type Layer = {
	readonly files: RegExp;
	/** Layers it may import from, besides itself. */
	readonly imports: readonly string[];
	/** Layers it may name types of, and no more. */
	readonly types?: readonly string[];
	/** Packages, by the start of their name. */
	readonly packages: readonly RegExp[];
	/** Packages it may name types of. */
	readonly packageTypes?: readonly RegExp[];
};

const svelte = /^svelte(\/|$)/;
const viewPackages = [svelte, /^@codemirror\//, /^@lezer\//, /^@lucide\/svelte\/icons\//, /^bits-ui$/];

const layers: Readonly<Record<string, Layer>> = {
	core: {
		files: /^src\/lib\/core\//,
		imports: [],
		packages: [
			/^valibot$/,
			/^@valibot\/to-json-schema$/,
			/^@uwdata\/flechette$/,
			/^fflate$/,
			/^yaml$/,
			/^croner$/,
			/^@dagrejs\/dagre$/,
			/^@scure\/bip39(\/|$)/,
			/^(mdast|mdast-util-from-markdown|mdast-util-gfm|micromark-extension-gfm)$/,
			/^d3-(time-)?format$/
		]
	},
	db: { files: /^src\/lib\/db\//, imports: ['core'], packages: [/^dexie$/] },
	crypto: { files: /^src\/lib\/crypto\//, imports: ['core'], packages: [/^hpke$/] },
	remote: { files: /^src\/lib\/remote\//, imports: ['core'], packages: [/^valibot$/] },
	threads: {
		files: /^src\/lib\/threads\//,
		imports: ['core', 'worker urls'],
		types: ['worker apis'],
		packages: [/^comlink$/]
	},
	flows: {
		files: /^src\/lib\/flows\//,
		imports: ['core'],
		types: ['db', 'crypto', 'remote', 'threads', 'worker apis'],
		packages: [/^cockatiel$/]
	},
	compose: {
		files: /^src\/lib\/compose\.ts$/,
		imports: ['core', 'db', 'crypto', 'remote', 'threads', 'flows'],
		packages: [/^virtual:report-file$/]
	},
	'report file': { files: /^src\/report-file\//, imports: ['core', 'crypto', 'ui'], packages: [svelte] },
	'share compose': {
		files: /^src\/lib\/compose-share\.ts$/,
		imports: ['core', 'crypto', 'remote', 'threads', 'flows'],
		packages: []
	},
	state: { files: /^src\/lib\/state\//, imports: ['core', 'flows'], packages: [svelte] },
	ui: {
		files: /^src\/lib\/ui\//,
		imports: ['core'],
		types: ['state'],
		packages: [
			...viewPackages,
			/^@uwdata\/flechette$/,
			/^@observablehq\/plot$/,
			/^topojson-client$/,
			/^world-atlas\//,
			/^sql-formatter$/,
			/^uqr$/
		]
	},
	routes: {
		files: /^src\/routes\//,
		imports: ['core', 'state', 'ui'],
		packages: [...viewPackages, /^\$app\//, /^@fontsource-variable\//]
	},
	'app layout': {
		files: /^src\/routes\/\(app\)\/\+layout\.svelte$/,
		imports: ['core', 'state', 'ui', 'compose'],
		packages: [...viewPackages, /^\$app\//, /^@fontsource-variable\//]
	},
	'share layout': {
		files: /^src\/routes\/s\/\+layout\.svelte$/,
		imports: ['core', 'state', 'ui', 'share compose'],
		packages: [svelte, /^\$app\//]
	},
	'service worker': { files: /^src\/service-worker\//, imports: [], packages: [/^\$service-worker$/] },
	'worker apis': { files: /^workers\/[^/]+\/api\.ts$/, imports: [], types: ['core', 'worker apis'], packages: [] },
	'worker floor': {
		files: /^workers\/[^/]+\.ts$/,
		imports: ['core'],
		packages: [/^comlink$/, /^duckdb-blocking$/, /^virtual:duckdb-links$/, /^@duckdb\/duckdb-wasm\//],
		packageTypes: [/^@duckdb\/duckdb-wasm$/]
	},
	worker: {
		files: /^workers\/[^/]+\/.+\.ts$/,
		imports: ['core', 'db', 'crypto', 'worker floor'],
		types: ['worker apis'],
		packages: [
			/^comlink$/,
			/^duckdb-blocking$/,
			/^@uwdata\/flechette$/,
			/^aws4fetch$/,
			/^fflate$/,
			/^hash-wasm$/,
			/^quickjs-emscripten-core$/,
			/^@jitl\/quickjs-wasmfile-release-sync$/,
			/^sucrase$/,
			/^onnxruntime-web\//,
			/^read-excel-file\//,
			/^@sqlite\.org\/sqlite-wasm$/,
			/^@journeyapps\/wa-sqlite(\/dist\/wa-sqlite\.mjs)?$/
		],
		packageTypes: [/^@duckdb\/duckdb-wasm$/]
	},
	'edge client': { files: /^edge\/client\//, imports: ['core', 'crypto', 'remote'], packages: [/^valibot$/] },
	'edge engine': {
		files: /^edge\/engine\//,
		imports: ['core'],
		packages: [/^@uwdata\/flechette$/, /^cloudflare:workers$/, /^duckdb-blocking$/, /^virtual:engine\//]
	},
	edge: {
		files: /^edge\//,
		imports: ['core', 'crypto', 'manifest'],
		types: ['edge engine'],
		packages: [
			/^hono(\/|$)/,
			/^valibot$/,
			/^hyparquet$/,
			/^hyparquet-writer$/,
			/^ipaddr\.js$/,
			/^node:(buffer|events)$/,
			/^pg$/,
			/^mysql2$/,
			/^@uwdata\/flechette$/,
			/^ipaddr\.js$/,
			/^cloudflare:(sockets|workers)$/,
			/^@cloudflare\/workers-types$/
		]
	}
};

/** Later rows of the table are the wider ones, but for these, which are cut out of `routes`. */
const layouts = ['app layout', 'share layout'];
const order = [...layouts, ...Object.keys(layers).filter((name) => !layouts.includes(name))];

function layerOf(path: string): string | undefined {
	if (path === 'package.json') return 'manifest';
	return order.find((name) => layers[name]?.files.test(path));
}

const sources = readSources();
const scripts = sources
	.filter(({ path }) => !path.endsWith('.d.ts'))
	.map((source) => ({ ...source, imports: importsOf(source) }));
const product = scripts.filter(({ path }) => /^(src|workers|edge)\//.test(path));

describe('layers', () => {
	test('every file of the product belongs to a layer', () => {
		const known = product.filter(({ path }) => !layerOf(path) && !/^src\/(app|ambient)/.test(path));
		expect(known.map(({ path }) => path)).toEqual([]);
	});

	test('a layer imports only what its row allows', () => {
		expect(product.flatMap(({ path, imports }) => imports.flatMap((found) => forbidden(path, found)))).toEqual([]);
	});

	test('a planted import is found, an allowed one is not', () => {
		const plant = (path: string, statement: string): number =>
			importsOf({
				path,
				text: path.endsWith('.svelte') ? `<script lang="ts">${statement}</script>` : statement
			}).flatMap((found) => forbidden(path, found)).length;
		expect(plant('src/lib/core/planted.ts', "import { Dexie } from 'dexie';")).toBe(1);
		expect(plant('src/lib/core/planted.ts', "const late = import('#lib/db/store.ts');")).toBe(1);
		expect(plant('src/lib/core/planted.ts', "let a: import('#workers/engine/api.ts').EngineApi;")).toBe(1);
		expect(plant('src/lib/flows/planted.ts', "import { spawn } from '../threads/spawn.ts';")).toBe(1);
		expect(plant('src/lib/flows/planted.ts', "import { type Spawned } from '../threads/spawn.ts';")).toBe(0);
		expect(plant('src/lib/ui/Planted.svelte', "import { listDatasets } from '#lib/flows/list-datasets.ts';")).toBe(1);
		expect(plant('src/routes/+page.svelte', "import { compose } from '#lib/compose.ts';")).toBe(1);
		expect(plant('src/routes/(app)/+layout.svelte', "import { compose } from '#lib/compose.ts';")).toBe(0);
		expect(plant('workers/engine/planted.ts', "import { guess } from '../ingest/ingest.ts';")).toBe(1);
		expect(plant('workers/engine/planted.ts', "import type { IngestApi } from '../ingest/api.ts';")).toBe(0);
		expect(plant('edge/planted.ts', "import { callApi } from '#lib/remote/call-api.ts';")).toBe(1);
		expect(plant('src/lib/threads/planted.ts', "import url from '#workers/engine/engine.worker.ts?worker&url';")).toBe(
			0
		);
	});

	test('nothing imports the tests', () => {
		const importers = product.filter(({ path, imports }) =>
			imports.some(({ specifier }) => resolveImport(path, specifier)?.startsWith('tests/'))
		);
		expect(importers.map(({ path }) => path)).toEqual([]);
	});

	test('core and flows take the clock, randomness and the network from their caller', () => {
		const ambient =
			/\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|(?<![.\w])fetch\(|\bcrypto\.(getRandomValues|randomUUID|subtle)\b|\bset(Timeout|Interval)\(/;
		const pure = product.filter(({ path }) => /^src\/lib\/(core|flows)\//.test(path));
		expect(pure.filter(({ text }) => ambient.test(text)).map(({ path }) => path)).toEqual([]);
	});

	test('no import goes in a circle', () => {
		const importsByPath = new Map(
			product.map(({ path, imports }) => [
				path,
				imports.filter(({ isType }) => !isType).flatMap(({ specifier }) => resolveImport(path, specifier) ?? [])
			])
		);
		expect(cycles(importsByPath)).toEqual([]);
	});
});

function forbidden(path: string, { specifier, isType }: Import): readonly string[] {
	const name = layerOf(path);
	const layer = name === undefined ? undefined : layers[name];
	if (!layer || name === undefined) return [];
	const told = [`${path}: ${specifier}`];
	const target = resolveImport(path, specifier);
	if (target === null) {
		const allowed = [...layer.packages, ...(isType ? (layer.packageTypes ?? []) : [])];
		return allowed.some((name) => name.test(specifier)) ? [] : told;
	}
	if (/\?worker&url$/.test(specifier)) return layer.imports.includes('worker urls') ? [] : told;
	const to = layerOf(target);
	if (to === undefined) return /\.(css|wasm)$/.test(target) ? [] : told;
	if (isWorker(name) && isWorker(to)) return allowedBetweenWorkers(path, target, isType) ? [] : told;
	if (to === name || layer.imports.includes(to)) return [];
	return isType && layer.types?.includes(to) ? [] : told;
}

const isWorker = (name: string): boolean => name.startsWith('worker');

/** A worker sees its own folder, with those in it, and the floor; of another one, the types of its `api.ts`. */
function allowedBetweenWorkers(path: string, target: string, isType: boolean): boolean {
	const folder = (of: string): string => of.split('/').slice(1, -1)[0] ?? '';
	if (folder(target) === '') return true;
	const isApi = layerOf(target) === 'worker apis';
	if (layerOf(path) === 'worker apis') return isApi && isType;
	return folder(path) === folder(target) || (isApi && isType);
}

/** Each circle once, as the path round it. */
function cycles(importsByPath: ReadonlyMap<string, readonly string[]>): readonly string[] {
	const found = new Set<string>();
	const done = new Set<string>();
	const visit = (path: string, trail: readonly string[]): void => {
		const at = trail.indexOf(path);
		if (at >= 0) {
			found.add([...trail.slice(at), path].join(' → '));
			return;
		}
		if (done.has(path)) return;
		for (const next of importsByPath.get(path) ?? []) visit(next, [...trail, path]);
		done.add(path);
	};
	for (const path of importsByPath.keys()) visit(path, []);
	return [...found];
}

describe('files', () => {
	test('none is longer than 500 lines', () => {
		const long = sources.filter(({ text }) => text.split('\n').length > 501);
		expect(long.map(({ path, text }) => `${path}: ${text.split('\n').length - 1}`)).toEqual([]);
	});

	test('names are of the house', () => {
		const banned = /(^|[-.])(utils?|helpers?|common|misc|managers?|services?|data|info)([-.]|$)/i;
		const shape = /^(\+(page|layout|error)(\.svelte|\.ts)|[A-Z][A-Za-z]+\.svelte|[a-z0-9-]+(\.[a-z]+)*\.(ts|mjs|js))$/;
		const odd = sources.filter(({ path }) => banned.test(basename(path)) || !shape.test(basename(path)));
		expect(odd.map(({ path }) => path)).toEqual([]);
	});

	test('exports are named, and made where they are exported', () => {
		const demanded = /(^|\/)(edge\/(engine\/)?index|bench\/sync-edge|[a-z.]*\.?config)\.(ts|js)$/;
		const told = scripts.flatMap(({ path, text, imports }) => [
			...imports.filter(({ isReExport }) => isReExport).map(({ specifier }) => `${path}: re-exports ${specifier}`),
			...(/^export default\b|^export \{[^}]*\bas default\b/m.test(text) && !demanded.test(path)
				? [`${path}: default export`]
				: [])
		]);
		expect(told).toEqual([]);
	});

	test('Vite is told of every package, since one found late reloads a running test', () => {
		const config = sources.find(({ path }) => path === 'vite.config.ts')?.text ?? '';
		const isOwn = (name: string): boolean =>
			/^[#.$]|^virtual:|^(svelte|bits-ui|@lucide\/svelte|@duckdb|onnxruntime-web)(\/|$)/.test(name);
		const late = product
			.filter(({ path }) => /^(src\/lib|workers)\//.test(path))
			.flatMap(({ imports }) => imports.filter(({ isType }) => !isType).map(({ specifier }) => specifier))
			.filter((name) => !isOwn(name) && !config.includes(`'${name}'`));
		expect([...new Set(late)]).toEqual([]);
	});

	test('every test belongs to a layer of npm test', () => {
		const layer = /^tests\/((unit|browser|looks|edge)\/.+\.test\.ts|e2e\/.+\.spec\.ts)$/;
		const lost = sources.filter(({ path }) => /\.(test|spec)\.ts$/.test(path) && !layer.test(path));
		expect(lost.map(({ path }) => path)).toEqual([]);
	});

	test('a worker entry is wiring, of 30 lines or fewer', () => {
		const long = product.filter(({ path, text }) => path.endsWith('.worker.ts') && text.split('\n').length > 31);
		expect(long.map(({ path }) => path)).toEqual([]);
	});

	test('no test is skipped or alone', () => {
		const marked = sources.filter(
			({ path, text }) => /\.(test|spec)\.ts$/.test(path) && /\b(test|it|describe)\.(skip|only|todo|fixme)\b/.test(text)
		);
		expect(marked.map(({ path }) => path)).toEqual([]);
	});
});

describe('the page', () => {
	test('threads start in one place', () => {
		const starters = product.filter(({ text }) => /\bnew (Shared)?Worker\(/.test(text));
		expect(starters.map(({ path }) => path)).toEqual(['src/lib/threads/spawn.ts']);
	});

	test('markup obeys the Content-Security-Policy', () => {
		const told = product.flatMap((source) => {
			if (!source.path.endsWith('.svelte')) return [];
			const markup = markupOf(source);
			return [
				...(/\{@html\b/.test(markup) ? [`${source.path}: {@html}`] : []),
				...(/\sstyle=/.test(markup) ? [`${source.path}: style attribute`] : []),
				...(/<(script|style|iframe|object|embed|base)\b/.test(markup) ? [`${source.path}: element`] : [])
			];
		});
		expect(told).toEqual([]);
	});

	test('no script writes markup or code', () => {
		const sinks =
			/\.(innerHTML|outerHTML|srcdoc)\s*=|\.(insertAdjacentHTML|createContextualFragment)\(|document\.write\(|\beval\(|\bnew Function\(/;
		expect(product.filter(({ text }) => sinks.test(text)).map(({ path }) => path)).toEqual([]);
	});
});
