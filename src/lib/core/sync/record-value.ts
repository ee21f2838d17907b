// What a record is: a value under a key, which names its kind, what it belongs to, and itself. And its fingerprint, by which two
// devices see that they have the same one.
import { encodeCanonical, type Encodable } from '../encoding.ts';

/** `kind/belongs to/…`. What belongs to one thing is laid near each other. */
export function recordKey(kind: string, ...pieces: readonly string[]): string {
	return [kind, ...pieces.map((piece) => piece.replaceAll('%', '%25').replaceAll('/', '%2F'))].join('/');
}

export function kindOf(key: string): string {
	return key.slice(0, key.indexOf('/'));
}

/** Those that `recordKey` was given. */
export function piecesOfKey(key: string): readonly string[] {
	const pieces = key.split('/').slice(1);
	return pieces.map((piece) => piece.replaceAll('%2F', '/').replaceAll('%25', '%'));
}

/** Stands for a number that has no canonical bytes. */
const NOT_A_NUMBER = '\u0000NaN';

/** Any plain value as one that has canonical bytes: `undefined` members are left out, and minus zero is zero. */
export function toRecordValue(value: unknown): Encodable {
	if (value === null || value === undefined) return null;
	if (typeof value === 'number') return Number.isNaN(value) ? NOT_A_NUMBER : value + 0;
	if (typeof value === 'string' || typeof value === 'boolean' || value instanceof Uint8Array) return value;
	if (Array.isArray(value)) return value.map(toRecordValue);
	if (typeof value === 'bigint') return value.toString();
	if (typeof value !== 'object') return null;
	const members = Object.entries(value).filter(([, member]) => member !== undefined);
	return Object.fromEntries(members.map(([name, member]) => [name, toRecordValue(member)]));
}

export function fromRecordValue(value: Encodable): unknown {
	if (value === NOT_A_NUMBER) return Number.NaN;
	if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
	if (isList(value)) return value.map(fromRecordValue);
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [name, member === undefined ? undefined : fromRecordValue(member)])
	);
}

/** Of canonical bytes: 16 hexadecimal digits. It tells one content of a key from another, and protects from nobody. */
export function printOf(bytes: Uint8Array): string {
	let [one, two] = [0xdeadbeef, 0x41c6ce57];
	for (const byte of bytes) {
		one = Math.imul(one ^ byte, 2654435761);
		two = Math.imul(two ^ byte, 1597334677);
	}
	one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
	two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
	return hex(one) + hex(two);
}

export function printOfValue(value: Encodable): string {
	return printOf(encodeCanonical(value));
}

function hex(part: number): string {
	return (part >>> 0).toString(16).padStart(8, '0');
}

/** FNV-1a, 32 bits, of UTF-16 code units: eight hexadecimal digits, which say where a record is laid. */
export function placeHash(text: string): string {
	let hash = 0x811c9dc5;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	return hex(hash ^ (hash >>> 13));
}

function isList(value: Encodable): value is readonly Encodable[] {
	return Array.isArray(value);
}
