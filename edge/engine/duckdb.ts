// Starts DuckDB in a Worker of the platform, from what was compiled beforehand.
import { EXTENSIONS_AT, extensions } from './browser-worker.ts';
import { BROWSER_RUNTIME, VoidLogger, createDuckDB, type DuckDBBindings } from 'duckdb-blocking';
import { boundSteps } from './steps.ts';
import compiled from 'virtual:engine/duckdb.wasm';

export type DuckDb = DuckDBBindings;

/** DuckDB's own emscripten hook; the bindings declare it protected. */
type Instantiator = {
	instantiateWasm(
		imports: WebAssembly.Imports,
		onInstance: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void
	): object;
};

/** An instance without a database, whose memory grows to `heapBytes` and then tells the database that there is no more. */
export async function startDuckDb(heapBytes: number): Promise<DuckDb> {
	// The bundle's files are never fetched: the module is already compiled.
	const bundle = { mainModule: 'duckdb.wasm', mainWorker: 'duckdb.js' };
	const db = await createDuckDB({ mvp: bundle, eh: bundle }, new VoidLogger(), BROWSER_RUNTIME);
	const failed = new Promise<never>((_resolve, reject) => {
		(db as unknown as Instantiator).instantiateWasm = (imports, onInstance) => {
			(globalThis as { DUCKDB_RUNTIME?: unknown }).DUCKDB_RUNTIME = BROWSER_RUNTIME;
			limitGrowth(imports, heapBytes);
			boundSteps(imports);
			WebAssembly.instantiate(compiled, imports)
				.then((instance) => onInstance(instance, compiled))
				.catch(reject);
			return {};
		};
	});
	await Promise.race([db.instantiate(() => undefined), failed]);
	return db;
}

/** Opens an empty database in place of the one that is open, and loads all extensions. Returns the one connection to it. */
export function openFresh(db: DuckDb): number {
	// Unsigned, since they are built by us: see tools/duckdb-extensions. A slice of a query ends after one step, since no clock goes on in it.
	db.open({
		allowUnsignedExtensions: true,
		query: { castBigIntToDouble: false, castTimestampToDate: false, queryPollingInterval: 0 }
	});
	const connection = Reflect.get(db.connect(), '_conn') as number;
	db.runQuery(connection, `SET custom_extension_repository='${EXTENSIONS_AT}'`);
	for (const name of extensions) db.runQuery(connection, `LOAD ${name}`);
	db.runQuery(connection, 'SET errors_as_json=true');
	return connection;
}

/** What Emscripten's own function makes of a size is at most a fifth more. */
function limitGrowth({ env }: WebAssembly.Imports, heapBytes: number): void {
	const grow = env?.['emscripten_resize_heap'] as ((sizeBytes: number) => number) | undefined;
	if (!env || !grow) throw new Error('The engine does not ask for memory as it did');
	env['emscripten_resize_heap'] = (sizeBytes: number): number =>
		sizeBytes >>> 0 > heapBytes / 1.2 ? 0 : grow(sizeBytes);
}
