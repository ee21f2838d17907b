// Opens one DuckDB in the calling worker: our own origin's wasm and extensions, and settings every instance shares.
import wasmUrl from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?gz';
import { BROWSER_RUNTIME, VoidLogger, createDuckDB, type DuckDBBindings } from 'duckdb-blocking';
import linkedPositions from 'virtual:duckdb-links';

export type DuckDb = DuckDBBindings;

/** Version of the npm package, for lineage; the engine itself answers `version()`. */
export const ENGINE_PACKAGE = 'duckdb-wasm 1.32.0';

/** DuckDB's own emscripten hook; the bindings declare it protected. */
type Instantiator = {
	instantiateWasm(
		imports: WebAssembly.Imports,
		onInstance: (instance: Pick<WebAssembly.Instance, 'exports'>, module: WebAssembly.Module) => void
	): object;
};

let compiled: Promise<WebAssembly.Module> | undefined;

/** The engine's code, compiled once in this worker. Another worker that adopts it starts without compiling. */
export function compiledDuckDb(): Promise<WebAssembly.Module> {
	if (!compiled) {
		compiled = compile();
		// A file that was out of reach may be there the next time.
		compiled.catch(() => (compiled = undefined));
	}
	return compiled;
}

/** Takes a module that another worker compiled; before the first `openDuckDb`. */
export function adoptDuckDb(module: WebAssembly.Module): void {
	compiled = Promise.resolve(module);
}

/**
 * Opens an empty in-memory database with Parquet loaded.
 *
 * JSON and ICU load themselves at first use, from `/ext` of our own origin.
 * Fails:  throws when the wasm cannot be fetched or compiled, or the extension is missing.
 */
export async function openDuckDb(): Promise<DuckDb> {
	const module = await compiledDuckDb();
	// The bundle's URLs are never fetched: the module is already compiled.
	const bundle = { mainModule: wasmUrl, mainWorker: wasmUrl };
	const db = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), BROWSER_RUNTIME);
	const failed = new Promise<never>((_resolve, reject) => {
		(db as unknown as Instantiator).instantiateWasm = (imports, onInstance) => {
			(globalThis as { DUCKDB_RUNTIME?: unknown }).DUCKDB_RUNTIME = BROWSER_RUNTIME;
			WebAssembly.instantiate(module, imports)
				.then((instance) => onInstance(linkedPart(instance), module))
				.catch(reject);
			return {};
		};
	});
	await Promise.race([db.instantiate(() => undefined), failed]);
	// Note: why extensions are unsigned. They are built by us from the engine's own source and served by our origin alone.
	db.open({
		allowUnsignedExtensions: true,
		query: { castBigIntToDouble: false, castTimestampToDate: false, queryPollingInterval: 20 }
	});
	const connection = db.connect();
	connection.query(`SET custom_extension_repository='${location.origin}/ext'`);
	connection.query('LOAD parquet');
	connection.close();
	return db;
}

/** See note: why few of the engine's exports are linked. */
function linkedPart({ exports }: WebAssembly.Instance): Pick<WebAssembly.Instance, 'exports'> {
	const names = Object.keys(exports);
	const linked: WebAssembly.Exports = {};
	for (const position of linkedPositions) {
		const name = names[position];
		const value = name === undefined ? undefined : exports[name];
		if (name !== undefined && value !== undefined) linked[name] = value;
	}
	return { exports: linked };
}

/**
 * What DuckDB-WASM asks of a FileSystemSyncAccessHandle, for a file whose bytes leave the engine as it writes them: nothing
 * is kept, so nothing can be read back. The bytes are valid during the call.
 */
export function sinkHandle(sink: (bytes: Uint8Array<ArrayBuffer>) => void): object {
	let length = 0;
	return {
		write(bytes: Uint8Array<ArrayBuffer>, { at }: { readonly at: number }): number {
			if (at !== length) throw new Error(`written at ${at} after ${length} bytes`);
			sink(bytes);
			length += bytes.byteLength;
			return bytes.byteLength;
		},
		read: () => 0,
		getSize: () => length,
		truncate(size: number): void {
			if (size !== length) throw new Error(`cut to ${size} after ${length} bytes`);
		},
		flush: () => undefined,
		close: () => undefined
	};
}

/** The wasm is shipped gzipped (its 34 MB pass the platform's 25 MiB an asset); the development server sends it plain. */
async function compile(): Promise<WebAssembly.Module> {
	const response = await fetch(wasmUrl);
	if (!response.ok || !response.body) throw new Error(`The engine's file is not there: HTTP ${response.status}`);
	const [peeked, body] = response.body.tee();
	const plain = (await isGzip(peeked)) ? body.pipeThrough(new DecompressionStream('gzip')) : body;
	return WebAssembly.compileStreaming(new Response(plain, { headers: { 'content-type': 'application/wasm' } }));
}

async function isGzip(stream: ReadableStream<Uint8Array>): Promise<boolean> {
	const reader = stream.getReader();
	const { value } = await reader.read();
	// Not awaited: a branch of tee() settles its cancel only when the other branch ends too.
	void reader.cancel();
	return value?.[0] === 0x1f && value[1] === 0x8b;
}
