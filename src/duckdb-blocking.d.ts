// The blocking bindings' browser build: its package export is broken, so vite.config.ts aliases the file.
declare module 'duckdb-blocking' {
	export * from '@duckdb/duckdb-wasm/dist/types/src/targets/duckdb-browser-blocking';
}
