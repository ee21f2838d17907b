import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const NAME = 'virtual:duckdb-links';
const WASM = join(import.meta.dirname, 'node_modules/@duckdb/duckdb-wasm/dist/duckdb-eh.wasm');
const EXTENSIONS = join(import.meta.dirname, 'static/ext');

/**
 * `import positions from 'virtual:duckdb-links'`: which of the engine's exports are linked by name, by their place among all.
 *
 * Note: why few of the engine's exports are linked. It exports all 75,011 of its symbols, so that any extension finds its own, and
 * its start makes an entry of each in three tables, which took half of that start: 1.0 to 1.5 s of a processor. What imports them is known:
 * the engine itself and the extensions that are shipped, 2,300 symbols of C++; and the bindings know those of C. What
 * two of them export is the engine's for all, as before, since no symbol that any of them imports is left out.
 */
export function duckdbLinks(): Plugin {
	// The page and each worker are bundles of their own.
	let positions: Promise<number[]> | undefined;
	return {
		name: 'duckdb-links',
		resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
		async load(id) {
			if (id !== `\0${NAME}`) return null;
			return `export default ${JSON.stringify(await (positions ??= linkedPositions()))};`;
		}
	};
}

async function linkedPositions(): Promise<number[]> {
	const files = await readdir(EXTENSIONS, { recursive: true });
	const extensions = files.filter((file) => file.endsWith('.wasm')).map((file) => join(EXTENSIONS, file));
	const imported = new Set<string>();
	for (const file of [WASM, ...extensions])
		for (const { name } of WebAssembly.Module.imports(await compile(file))) imported.add(name);
	return WebAssembly.Module.exports(await compile(WASM)).flatMap(({ name }, position) => {
		// Of a function with 64-bit numbers there is a second one under such a name, as JavaScript without BigInt calls it.
		const symbol = name.replace(/^orig\$/, '');
		return imported.has(symbol) || !symbol.startsWith('_Z') ? [position] : [];
	});
}

async function compile(file: string): Promise<WebAssembly.Module> {
	return WebAssembly.compile(await readFile(file));
}
