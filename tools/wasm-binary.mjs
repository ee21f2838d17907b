// Reads and writes the binary form of a module of WebAssembly: its sections, and what is imported and exported.
// Source: WebAssembly 3.0, chapter 5.

export const IMPORTS = 2;
export const EXPORTS = 7;
export const START = 8;
export const ELEMENTS = 9;
export const CODE = 10;
/** What an import or an export is, where it is a function. */
const FUNCTION = 0;

const utf8 = new TextDecoder();

/** @param {Uint8Array} bytes @param {Readonly<Record<number, () => Uint8Array>>} bodies of the sections that are others */
export function rewrite(bytes, bodies) {
	const sections = sectionsOf(bytes).map(({ id, start, end }) => {
		const body = bodies[id];
		return body ? section(id, body()) : bytes.subarray(start, end);
	});
	return concat([bytes.subarray(0, 8), ...sections]);
}

/** @param {Uint8Array} bytes */
export function sectionsOf(bytes) {
	const sections = [];
	for (let start = 8; start < bytes.length;) {
		const [length, body] = readNumber(bytes, start + 1);
		sections.push({ id: bytes[start] ?? 0, start, body, end: body + length });
		start = body + length;
	}
	return sections;
}

/** @param {Uint8Array} bytes */
export function importsOf(bytes) {
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

/** Past what an import says besides its names. @param {Uint8Array} bytes @param {number} start */
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
export function exportsOf(bytes) {
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
export function vectorOf(bytes, wanted) {
	const found = sectionsOf(bytes).find(({ id }) => id === wanted);
	return found ? readNumber(bytes, found.body) : [0, 0];
}

/** LEB128, and where it ends. @param {Uint8Array} bytes @param {number} start @returns {[number, number]} */
export function readNumber(bytes, start) {
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
export function section(id, body) {
	return concat([Uint8Array.of(id), number(body.length), body]);
}

/** @param {readonly Uint8Array[]} elements */
export function vector(elements) {
	return concat([number(elements.length), ...elements]);
}

/** @param {string} value */
export function text(value) {
	const bytes = new TextEncoder().encode(value);
	return concat([number(bytes.length), bytes]);
}

/** @param {number} value */
export function number(value) {
	const bytes = [];
	for (let rest = value; ; rest >>>= 7) {
		if (rest < 128) return Uint8Array.from([...bytes, rest]);
		bytes.push((rest & 127) | 128);
	}
}

/** @param {readonly Uint8Array[]} pieces @returns {Uint8Array} */
export function concat(pieces) {
	return Buffer.concat(pieces);
}

/** @param {Uint8Array} bytes */
export function importedFunctionCount(bytes) {
	return importsOf(bytes).filter(({ kind }) => kind[0] === FUNCTION).length;
}

/** By their places among all functions. @param {Uint8Array} bytes */
export function exportedFunctions(bytes) {
	return exportsOf(bytes).flatMap(({ kind }) => (kind[0] === FUNCTION ? [readNumber(kind, 1)[0]] : []));
}
