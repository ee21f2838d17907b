// The blocking bindings' browser build: the package's exports hide it and its types, so vite.config.ts aliases the file
// and this declares what Weir uses of it. Import types are the one way to name a hidden file in an ambient module.
declare module 'duckdb-blocking' {
	type Blocking = typeof import('../node_modules/@duckdb/duckdb-wasm/dist/types/src/targets/duckdb-browser-blocking');
	type Bindings = import('../node_modules/@duckdb/duckdb-wasm/dist/types/src/bindings').DuckDBBindings;
	export type DuckDBBindings = Bindings;
	export const BROWSER_RUNTIME: Blocking['BROWSER_RUNTIME'];
	export const DuckDBDataProtocol: Blocking['DuckDBDataProtocol'];
	export const VoidLogger: Blocking['VoidLogger'];
	export const createDuckDB: Blocking['createDuckDB'];
}
