// What tools/build-engine.mjs puts beside the Worker's script.
declare module 'virtual:engine/*.wasm' {
	const module: WebAssembly.Module;
	export default module;
}
declare module 'virtual:engine/*.bin' {
	const bytes: ArrayBuffer;
	export default bytes;
}
