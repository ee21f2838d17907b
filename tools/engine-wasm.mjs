// The engine's WebAssembly as the engine Worker takes it: smaller, and with all compiled beforehand that would be compiled at run time.
//
// Note: why the modules are rewritten. The engine exports all of its 75,011 symbols by their long names, so that any extension finds its
// own. Here the extensions are known, so what none of them imports is left out of the export section, and the names of C++ that are
// left get short ones, the same in all modules. Functions that nothing reaches then lose their bodies, and keep their places. All else
// stays byte for byte. Packed, the four modules had 11.4 MB, and have 9.5 MB: a Worker may have 10.
import { deadFunctions, withoutBodies } from './wasm-reach.mjs';
import {
	CODE,
	EXPORTS,
	IMPORTS,
	concat,
	exportsOf,
	importsOf,
	number,
	rewrite,
	section,
	sectionsOf,
	text,
	vector
} from './wasm-binary.mjs';

/** A module's name, and its bytes. @typedef {Readonly<Record<string, Uint8Array>>} Modules */

const MANGLED = '_Z';
/** Of a function with 64-bit numbers there is a second one under such a name, as JavaScript without BigInt calls it. */
const ORIGINAL = 'orig$';

/** The modules with what they need of each other alone, and short names for it. @param {Modules} modules @returns {Modules} */
export function slim(modules) {
	const imported = new Set(Object.values(modules).flatMap((bytes) => importsOf(bytes).map(({ name }) => name)));
	/** @type {Map<string, string>} */
	const shortNames = new Map();
	/** @param {string} name */
	const shorten = (name) => {
		const prefix = name.startsWith(ORIGINAL) ? ORIGINAL : '';
		const symbol = name.slice(prefix.length);
		if (!symbol.startsWith(MANGLED)) return name;
		const short = shortNames.get(symbol) ?? MANGLED + shortNames.size.toString(36);
		shortNames.set(symbol, short);
		return prefix + short;
	};
	/** @param {string} name */
	const isLinked = (name) => {
		const symbol = name.startsWith(ORIGINAL) ? name.slice(ORIGINAL.length) : name;
		return imported.has(symbol) || !symbol.startsWith(MANGLED);
	};
	/** @param {Uint8Array} bytes */
	const linked = (bytes) =>
		rewrite(bytes, {
			[IMPORTS]: () =>
				vector(importsOf(bytes).map(({ module, name, kind }) => concat([text(module), text(shorten(name)), kind]))),
			[EXPORTS]: () =>
				vector(
					exportsOf(bytes)
						.filter(({ name }) => isLinked(name))
						.map(({ name, kind }) => concat([text(shorten(name)), kind]))
				)
		});
	return Object.fromEntries(Object.entries(modules).map(([name, bytes]) => [name, withoutDead(linked(bytes))]));
}

/** @param {Uint8Array} bytes */
function withoutDead(bytes) {
	return rewrite(bytes, { [CODE]: () => withoutBodies(bytes, deadFunctions(bytes)) });
}

/** A module's header and its sections of the linker and of DuckDB: all that is read of an extension before it is compiled. @param {Uint8Array} bytes */
export function outline(bytes) {
	const custom = sectionsOf(bytes).filter(({ id }) => id === 0);
	return concat([bytes.subarray(0, 8), ...custom.map(({ start, end }) => bytes.subarray(start, end))]);
}

/**
 * One module that makes a function of JavaScript one that a table of WebAssembly takes: for each signature, what is imported by its name
 * is exported by its name.
 *
 * @param {readonly string[]} signatures as Emscripten writes them: the result's letter, then the parameters'
 */
export function trampolines(signatures) {
	/** @type {Readonly<Record<string, number>>} */
	const types = { i: 0x7f, p: 0x7f, j: 0x7e, f: 0x7d, d: 0x7c };
	/** @param {string} letters */
	const typesOf = (letters) => vector([...letters].map((letter) => Uint8Array.of(types[letter] ?? fail(letter))));
	const functions = signatures.map((signature) =>
		concat([Uint8Array.of(0x60), typesOf(signature.slice(1)), typesOf(signature.slice(0, 1).replace('v', ''))])
	);
	const imports = signatures.map((name, at) => concat([text('js'), text(name), Uint8Array.of(0), number(at)]));
	const exports = signatures.map((name, at) => concat([text(name), Uint8Array.of(0), number(at)]));
	return concat([
		Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
		section(1, vector(functions)),
		section(IMPORTS, vector(imports)),
		section(EXPORTS, vector(exports))
	]);
}

/** @param {string} letter @returns {never} */
function fail(letter) {
	throw new Error(`No type of WebAssembly is written ${letter}`);
}
