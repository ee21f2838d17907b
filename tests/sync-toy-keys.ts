// Keys for the simulation of sync: as bound to what they seal as the real ones, and quick; they keep nothing secret.
import { err, ok } from '#core/result.ts';
import { broken, objectTypes } from '#core/sync/sealed-object.ts';
import type { SpaceSeal, SyncKeys } from '#lib/crypto/sync-keys.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** 43 characters of a hash that nobody tries to break. */
export function toyHash(...pieces: readonly (string | Uint8Array)[]): string {
	let [one, two] = [0xdeadbeef, 0x41c6ce57];
	const add = (value: number): void => {
		one = Math.imul(one ^ value, 2654435761);
		two = Math.imul(two ^ value, 1597334677);
	};
	for (const piece of pieces) {
		add(piece.length + 1);
		if (typeof piece === 'string') for (let at = 0; at < piece.length; at++) add(piece.charCodeAt(at));
		else for (const byte of piece) add(byte);
	}
	const text = (part: number): string => (part >>> 0).toString(36).padStart(7, '0');
	one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
	two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
	return `${text(one)}${text(two)}${text(one ^ two)}`.padEnd(43, 'x');
}

const utf8 = new TextEncoder();

function signature(signs: Uint8Array, content: Uint8Array): Bytes {
	const bytes = new Uint8Array(64);
	bytes.set(utf8.encode(toyHash('sign', signs, content)));
	return bytes;
}

/** `signs` is the device's public key, and all that it signs with. */
export function createToyKeys(signs: Bytes, random: () => number): SyncKeys {
	const seal = (key: string, type: keyof typeof objectTypes, plain: Bytes) => {
		const bytes = new Uint8Array(plain.length + 1);
		bytes[0] = objectTypes[type];
		bytes.set(plain, 1);
		return { id: toyHash('object', key, String(objectTypes[type]), plain), bytes };
	};
	const open = (key: string, type: keyof typeof objectTypes, id: string, bytes: Bytes) => {
		if (bytes[0] !== objectTypes[type]) return broken('type');
		const plain = bytes.subarray(1);
		return seal(key, type, plain).id === id ? ok(plain) : broken('id');
	};
	const space = (name: string, key: string): SpaceSeal => ({
		epoch: 1,
		wrap: seal(`wrap ${name}`, 'keys', utf8.encode(key)),
		token: toyHash('token', key),
		seal: (type, plain) => Promise.resolve(seal(key, type, plain)),
		open: (type, id, bytes) => Promise.resolve(open(key, type, id, bytes))
	});
	return {
		newSpace: (name) => Promise.resolve(space(name, toyHash('key', name, String(random())))),
		openSpace: (name, _epoch, wrap) => {
			const key = open(`wrap ${name}`, 'keys', wrap.id, wrap.bytes);
			return Promise.resolve(key.ok ? ok(space(name, new TextDecoder().decode(key.value))) : err(key.error));
		},
		sealName: (device, name) => Promise.resolve(seal(`name ${device}`, 'device', utf8.encode(name))),
		openName: (device, name) => {
			const opened = open(`name ${device}`, 'device', name.id, name.bytes);
			return Promise.resolve(opened.ok ? ok(new TextDecoder().decode(opened.value)) : opened);
		},
		sha256: (bytes) => Promise.resolve(toyHash('sha', bytes)),
		name: (bytes) => Promise.resolve(toyHash('name', bytes)),
		sign: (content) => Promise.resolve(signature(signs, content)),
		isSigned: (key, content, signed) =>
			Promise.resolve(signature(key, content).every((byte, at) => byte === signed[at])),
		prove: (entry) => Promise.resolve(utf8.encode(toyHash('prove', entry))),
		isProven: (entry, proof) => Promise.resolve(new TextDecoder().decode(proof) === toyHash('prove', entry))
	};
}
