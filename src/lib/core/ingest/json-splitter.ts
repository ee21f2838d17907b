// Finds whole JSON values in bytes: the elements of an array, or values one after another. Balances brackets, nothing more.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LF = 10;
const SLASH = 0x2f;
const STAR = 0x2a;

/** Deeper values are refused: engines recurse over them. */
export const DEPTH_MAX = 200;

export type JsonValue = {
	readonly start: number;
	/** Exclusive. */
	readonly end: number;
	/** Lines before it in these bytes. */
	readonly linesBefore: number;
	readonly tooDeep: boolean;
};

export type JsonValues = {
	readonly values: readonly JsonValue[];
	/** Where the first value begins that is not whole, or where the array ended. */
	readonly next: number;
	/** An array's closing bracket came. */
	readonly closed: boolean;
};

/** `atEnd` says that no more bytes follow, which ends a bare number or word. */
export function splitJson(bytes: Uint8Array, atEnd: boolean): JsonValues {
	const values: JsonValue[] = [];
	let at = 0;
	let lines = 0;
	for (;;) {
		for (; at < bytes.length; at++) {
			const byte = bytes[at] ?? 0;
			if (byte === LF) lines++;
			else if (byte === SLASH) {
				const end = commentEnd(bytes, at);
				if (end < 0) return { values, next: atEnd ? bytes.length : at, closed: false };
				for (let skipped = at; skipped < end; skipped++) if (bytes[skipped] === LF) lines++;
				at = end - 1;
			} else if (byte > 32 && byte !== COMMA) break;
		}
		if (at >= bytes.length) return { values, next: at, closed: false };
		if (bytes[at] === 0x5d) return { values, next: at + 1, closed: true };
		const found = valueEnd(bytes, at, atEnd);
		if (found.end < 0) return { values, next: at, closed: false };
		values.push({ start: at, end: found.end, linesBefore: lines, tooDeep: found.depth > DEPTH_MAX });
		for (; at < found.end; at++) if (bytes[at] === LF) lines++;
	}
}

export function skipSpace(bytes: Uint8Array, from: number): number {
	let at = from;
	for (;;) {
		while (at < bytes.length && (bytes[at] ?? 0) <= 32) at++;
		if (bytes[at] !== SLASH) return at;
		const end = commentEnd(bytes, at);
		if (end < 0) return bytes.length;
		at = end;
	}
}

/** Index behind a value that begins at `from`; -1 when it is not whole. */
export function valueEnd(
	bytes: Uint8Array,
	from: number,
	atEnd: boolean
): { readonly end: number; readonly depth: number } {
	const first = bytes[from] ?? 0;
	if (first === QUOTE) return { end: stringEnd(bytes, from), depth: 0 };
	if (first !== 0x7b && first !== 0x5b) {
		let at = from + 1;
		while (at < bytes.length && !endsScalar(bytes[at] ?? 0)) at++;
		return { end: at < bytes.length || atEnd ? at : -1, depth: 0 };
	}
	let depth = 0;
	let deepest = 0;
	for (let at = from; at < bytes.length; at++) {
		const byte = bytes[at];
		if (byte === QUOTE) {
			const end = stringEnd(bytes, at);
			if (end < 0) return { end: -1, depth: deepest };
			at = end - 1;
		} else if (byte === 0x7b || byte === 0x5b) {
			depth++;
			if (depth > deepest) deepest = depth;
		} else if (byte === 0x7d || byte === 0x5d) {
			depth--;
			if (depth === 0) return { end: at + 1, depth: deepest };
		} else if (byte === SLASH) {
			const end = commentEnd(bytes, at);
			if (end < 0) return { end: -1, depth: deepest };
			at = end - 1;
		}
	}
	return { end: -1, depth: deepest };
}

function stringEnd(bytes: Uint8Array, open: number): number {
	for (let at = bytes.indexOf(QUOTE, open + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
		let slashes = 0;
		while (bytes[at - 1 - slashes] === BACKSLASH) slashes++;
		if (slashes % 2 === 0) return at + 1;
	}
	return -1;
}

function endsScalar(byte: number): boolean {
	return byte <= 32 || byte === COMMA || byte === 0x5d || byte === 0x7d || byte === 0x5b || byte === 0x7b;
}

function commentEnd(bytes: Uint8Array, at: number): number {
	if (bytes[at + 1] === SLASH) return bytes.indexOf(LF, at);
	if (bytes[at + 1] !== STAR) return at + 1;
	for (let end = bytes.indexOf(STAR, at + 2); end >= 0; end = bytes.indexOf(STAR, end + 1)) {
		if (bytes[end + 1] === SLASH) return end + 2;
	}
	return -1;
}
