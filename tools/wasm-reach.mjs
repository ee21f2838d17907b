// Which functions of a module of WebAssembly nothing reaches: not its exports, its tables, its start, or what these call.
// Source: WebAssembly 3.0, 5.4, and the exception handling of its appendix, as Emscripten writes it.
import {
	CODE,
	ELEMENTS,
	START,
	concat,
	exportedFunctions,
	importedFunctionCount,
	number,
	readNumber,
	vectorOf
} from './wasm-binary.mjs';

/** Where a function's body begins, with its length, and where it ends. @typedef {{ start: number, body: number, end: number }} Body */

/** No locals, and what must not be reached. */
const EMPTY = Uint8Array.of(3, 0, 0x00, 0x0b);

/** By their places among the module's own functions. @param {Uint8Array} bytes @returns {Set<number>} */
export function deadFunctions(bytes) {
	const imported = importedFunctionCount(bytes);
	const bodies = bodiesOf(bytes);
	const dead = new Set(bodies.keys());
	const toVisit = [...exportedFunctions(bytes), ...elementsOf(bytes), ...startOf(bytes)];
	for (let next = toVisit.pop(); next !== undefined; next = toVisit.pop()) {
		const at = next - imported;
		const body = bodies[at];
		if (body && dead.delete(at)) toVisit.push(...callsOf(bytes, body));
	}
	return dead;
}

/** The code section's content, with bodies that fail in place of those that are dead. @param {Uint8Array} bytes @param {ReadonlySet<number>} dead */
export function withoutBodies(bytes, dead) {
	const bodies = bodiesOf(bytes);
	return concat([
		number(bodies.length),
		...bodies.map(({ start, end }, at) => (dead.has(at) ? EMPTY : bytes.subarray(start, end)))
	]);
}

/** @param {Uint8Array} bytes @returns {Body[]} */
function bodiesOf(bytes) {
	const [count, first] = vectorOf(bytes, CODE);
	const bodies = [];
	for (let start = first; bodies.length < count;) {
		const [length, body] = readNumber(bytes, start);
		bodies.push({ start, body, end: body + length });
		start = body + length;
	}
	return bodies;
}

/** @param {Uint8Array} bytes */
function startOf(bytes) {
	// The section is one number, not a list.
	const [start, end] = vectorOf(bytes, START);
	return end === 0 ? [] : [start];
}

/** Functions in tables. @param {Uint8Array} bytes */
function elementsOf(bytes) {
	const [count, first] = vectorOf(bytes, ELEMENTS);
	const found = [];
	let at = first;
	for (let segment = 0; segment < count; segment++) {
		// The linker writes only those that a table begins with: their offset, an expression of one instruction and its end.
		if (bytes[at] !== 0) throw new Error(`An element segment of the form ${bytes[at]}`);
		const [length, start] = readNumber(bytes, skipNumber(bytes, at + 2) + 1);
		at = start;
		for (let element = 0; element < length; element++) {
			const [index, end] = readNumber(bytes, at);
			found.push(index);
			at = end;
		}
	}
	return found;
}

/** Functions that a body names. @param {Uint8Array} bytes @param {Body} body */
function callsOf(bytes, { body, end }) {
	const found = [];
	let [locals, at] = readNumber(bytes, body);
	for (; locals > 0; locals--) at = skipNumber(bytes, at) + 1;
	while (at < end) {
		const code = bytes[at] ?? 0;
		// Calls, calls in the last place, and references.
		if (code === 0x10 || code === 0x12 || code === 0xd2) found.push(readNumber(bytes, at + 1)[0]);
		at = endOfInstruction(bytes, at);
	}
	if (at !== end) throw new Error(`A body ends at ${end}, its instructions at ${at}`);
	return found;
}

/** What follows an instruction's code, by its kind: numbers, unless it says otherwise. @type {Readonly<Record<number, number>>} */
const numbersAfter = Object.fromEntries([
	...[0x00, 0x01, 0x05, 0x0b, 0x0f, 0x19, 0x1a, 0x1b, 0xd1].map((code) => [code, 0]),
	...[0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x12, 0x18].map((code) => [code, 1]),
	...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].map((code) => [code, 1]),
	...[0x11, 0x13].map((code) => [code, 2])
]);

/** @param {Uint8Array} bytes @param {number} start @returns {number} */
function endOfInstruction(bytes, start) {
	const code = bytes[start] ?? 0;
	const at = start + 1;
	if (code >= 0x45 && code <= 0xc4) return at;
	if (code >= 0x28 && code <= 0x3e) return skipMemory(bytes, at);
	if (code === 0x0e || code === 0x1c) {
		const [count, first] = readNumber(bytes, at);
		return skipNumbers(bytes, first, code === 0x0e ? count + 1 : count);
	}
	if (code === 0x43) return at + 4;
	if (code === 0x44) return at + 8;
	if (code === 0xfc) {
		const [kind, first] = readNumber(bytes, at);
		return skipNumbers(bytes, first, kind < 8 ? 0 : [8, 10, 12, 14].includes(kind) ? 2 : 1);
	}
	if (code === 0xfd) return endOfVectorInstruction(bytes, at);
	const count = numbersAfter[code];
	if (count === undefined) throw new Error(`No instruction is known with the code ${code}`);
	return skipNumbers(bytes, at, count);
}

/** @param {Uint8Array} bytes @param {number} start */
function endOfVectorInstruction(bytes, start) {
	const [kind, at] = readNumber(bytes, start);
	if (kind <= 11 || kind === 92 || kind === 93) return skipMemory(bytes, at);
	if (kind === 12 || kind === 13) return at + 16;
	if (kind >= 21 && kind <= 34) return at + 1;
	return kind >= 84 && kind <= 91 ? skipMemory(bytes, at) + 1 : at;
}

/** Alignment and offset, with a memory between where there are several. @param {Uint8Array} bytes @param {number} at */
function skipMemory(bytes, at) {
	const [alignment, next] = readNumber(bytes, at);
	return skipNumbers(bytes, next, alignment & 64 ? 2 : 1);
}

/** @param {Uint8Array} bytes @param {number} at @param {number} count */
function skipNumbers(bytes, at, count) {
	let end = at;
	for (let left = count; left > 0; left--) end = skipNumber(bytes, end);
	return end;
}

/** @param {Uint8Array} bytes @param {number} at */
function skipNumber(bytes, at) {
	let end = at;
	while ((bytes[end] ?? 0) >= 128) end++;
	return end + 1;
}
