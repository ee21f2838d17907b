// The engine's WebAssembly as the engine Worker takes it: smaller, and with all compiled beforehand that would be compiled at run time.
//
// Note: why the modules are rewritten. The engine exports all of its 75,011 symbols by their long names, so that any extension finds its
// own. Here the extensions are known, so what none of them imports is left out of the export section, and the names of C++ that are
// left get short ones, the same in all modules. Code and data stay byte for byte. Packed, that takes the four modules from 11.3 MB to
// 10.1 MB.

/** A module's name, and its bytes. @typedef {Readonly<Record<string, Uint8Array>>} Modules */

const IMPORTS = 2;
const EXPORTS = 7;
const MANGLED = '_Z';
/** Of a function with 64-bit numbers there is a second one under such a name, as JavaScript without BigInt calls it. */
const ORIGINAL = 'orig$';

const utf8 = new TextDecoder();

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
	const slimmed = (bytes) =>
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
	return Object.fromEntries(Object.entries(modules).map(([name, bytes]) => [name, slimmed(bytes)]));
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

/** @param {Uint8Array} bytes @param {Readonly<Record<number, () => Uint8Array>>} bodies of the sections that are others */
function rewrite(bytes, bodies) {
	const sections = sectionsOf(bytes).map(({ id, start, end }) => {
		const body = bodies[id];
		return body ? section(id, body()) : bytes.subarray(start, end);
	});
	return concat([bytes.subarray(0, 8), ...sections]);
}

/** @param {Uint8Array} bytes */
function sectionsOf(bytes) {
	const sections = [];
	for (let start = 8; start < bytes.length;) {
		const [length, body] = readNumber(bytes, start + 1);
		sections.push({ id: bytes[start] ?? 0, start, body, end: body + length });
		start = body + length;
	}
	return sections;
}

/** @param {Uint8Array} bytes */
function importsOf(bytes) {
	const [count, first] = vectorOf(bytes, IMPORTS);
	const imports = [];
	for (let at = first; imports.length < count;) {
		const [module, nameAt] = readText(bytes, at);
		const [name, start] = readText(bytes, nameAt);
		at = endOfImport(bytes, start);
		imports.push({ module, name, kind: bytes.subarray(start, at) });
	}
	return imports;
}

/** Past what an import says besides its names. Source: WebAssembly 3.0, 5.5.5. @param {Uint8Array} bytes @param {number} start */
function endOfImport(bytes, start) {
	const kind = bytes[start];
	/** @param {number} at */
	const endOfLimits = (at) => {
		const [, end] = readNumber(bytes, at + 1);
		return (bytes[at] ?? 0) & 1 ? readNumber(bytes, end)[1] : end;
	};
	// A function, a table, a memory, a global, a tag.
	if (kind === 0) return readNumber(bytes, start + 1)[1];
	if (kind === 1) return endOfLimits(start + 2);
	if (kind === 2) return endOfLimits(start + 1);
	return kind === 3 ? start + 3 : readNumber(bytes, start + 2)[1];
}

/** @param {Uint8Array} bytes */
function exportsOf(bytes) {
	const [count, first] = vectorOf(bytes, EXPORTS);
	const exports = [];
	for (let at = first; exports.length < count;) {
		const [name, start] = readText(bytes, at);
		at = readNumber(bytes, start + 1)[1];
		exports.push({ name, kind: bytes.subarray(start, at) });
	}
	return exports;
}

/** How many things a section holds, and where the first begins. @param {Uint8Array} bytes @param {number} wanted @returns {[number, number]} */
function vectorOf(bytes, wanted) {
	const found = sectionsOf(bytes).find(({ id }) => id === wanted);
	return found ? readNumber(bytes, found.body) : [0, 0];
}

/** LEB128, and where it ends. @param {Uint8Array} bytes @param {number} start @returns {[number, number]} */
function readNumber(bytes, start) {
	let value = 0;
	for (let at = start, shift = 0; ; at++, shift += 7) {
		const byte = bytes[at] ?? 0;
		value |= (byte & 127) << shift;
		if (byte < 128) return [value >>> 0, at + 1];
	}
}

/** @param {Uint8Array} bytes @param {number} start @returns {[string, number]} */
function readText(bytes, start) {
	const [length, at] = readNumber(bytes, start);
	return [utf8.decode(bytes.subarray(at, at + length)), at + length];
}

/** @param {number} id @param {Uint8Array} body */
function section(id, body) {
	return concat([Uint8Array.of(id), number(body.length), body]);
}

/** @param {readonly Uint8Array[]} elements */
function vector(elements) {
	return concat([number(elements.length), ...elements]);
}

/** @param {string} value */
function text(value) {
	const bytes = new TextEncoder().encode(value);
	return concat([number(bytes.length), bytes]);
}

/** @param {number} value */
function number(value) {
	const bytes = [];
	for (let rest = value; ; rest >>>= 7) {
		if (rest < 128) return Uint8Array.from([...bytes, rest]);
		bytes.push((rest & 127) | 128);
	}
}

/** @param {readonly Uint8Array[]} pieces @returns {Uint8Array} */
function concat(pieces) {
	return Buffer.concat(pieces);
}
