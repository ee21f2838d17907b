// What DuckDB-WASM's script asks of a browser's worker, as far as a Worker of the platform may give it. Imported before that script.
//
// Note: why nothing is compiled at run time. The platform compiles WebAssembly when a Worker is deployed, never while it runs. The script
// compiles twice: a wrapper for each of its functions that the engine calls through a table, and extensions. So the wrappers come from
// one module that has all signatures, and an extension is an outline of it, in whose place its compiled module is taken.
import { MemoryFile } from './memory-file.ts';
import icuOutline from 'virtual:engine/icu.bin';
import icu from 'virtual:engine/icu.wasm';
import jsonOutline from 'virtual:engine/json.bin';
import json from 'virtual:engine/json.wasm';
import parquetOutline from 'virtual:engine/parquet.bin';
import parquet from 'virtual:engine/parquet.wasm';
import trampolines from 'virtual:engine/trampolines.wasm';

type Signature = { readonly parameters: readonly string[]; readonly results: readonly string[] };
type Call = (...values: readonly unknown[]) => unknown;

/** No address is ever asked there: the engine names its extensions so. */
export const EXTENSIONS_AT = 'https://extensions.weir.invalid';

export const extensions = ['parquet', 'json', 'icu'] as const;

const outlines: Readonly<Record<string, ArrayBuffer>> = { icu: icuOutline, json: jsonOutline, parquet: parquetOutline };
const modules: Readonly<Record<string, WebAssembly.Module>> = { icu, json, parquet };
const signatures = WebAssembly.Module.imports(trampolines).map(({ name }) => name);
const letters: Readonly<Record<string, string>> = { i32: 'i', i64: 'j', f32: 'f', f64: 'd' };

/** `WebAssembly.Function`, as the proposal "Type Reflection" has it. */
function wrap({ parameters, results }: Signature, call: Call): unknown {
	const signature = [results[0] ?? 'v', ...parameters].map((type) => letters[type] ?? type).join('');
	const js = Object.fromEntries(signatures.map((name) => [name, call]));
	const wrapped = new WebAssembly.Instance(trampolines, { js }).exports[signature];
	if (!wrapped) throw new Error(`No wrapper of the signature ${signature}`);
	return wrapped;
}

const Compiled = WebAssembly.Module;

/** Finds what was compiled beforehand. */
class FoundModule {
	constructor(bytes: Uint8Array | ArrayBuffer) {
		const found = Object.entries(outlines).find(([, outline]) =>
			areEqual(new Uint8Array(bytes), new Uint8Array(outline))
		);
		const module = found && modules[found[0]];
		if (!module) throw new Error(`Nothing was compiled beforehand of ${bytes.byteLength} bytes`);
		return module;
	}

	static [Symbol.hasInstance](value: unknown): boolean {
		return value instanceof Compiled;
	}
	static customSections = Compiled.customSections.bind(Compiled);
	static exports = Compiled.exports.bind(Compiled);
	static imports = Compiled.imports.bind(Compiled);
}

/** Gives the outlines of extensions, and of nothing else that is asked for anything. */
class OutlineRequest {
	status = 404;
	response: ArrayBuffer | null = null;
	#url = '';

	open(_method: string, url: string): void {
		this.#url = url;
	}
	send(): void {
		const name = this.#url.startsWith(`${EXTENSIONS_AT}/`) && /(\w+)\.duckdb_extension\.wasm$/.exec(this.#url)?.[1];
		this.response = (name && outlines[name]?.slice(0)) || null;
		if (this.response) this.status = 200;
	}
	setRequestHeader(): void {}
	getResponseHeader(): string {
		return '';
	}
	getAllResponseHeaders(): string {
		return '';
	}
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

Object.assign(WebAssembly, {
	// Called with `new`, which no arrow function takes.
	Function: function (type: Signature, call: Call) {
		return wrap(type, call);
	},
	Module: FoundModule
});
Object.assign(globalThis, {
	XMLHttpRequest: OutlineRequest,
	FileSystemSyncAccessHandle: MemoryFile,
	importScripts: () => undefined,
	location: { href: 'https://engine.weir.invalid/', origin: 'https://engine.weir.invalid' }
});
