// Keys for the simulation of sync: as bound to what they seal as the real ones, and quick; they keep nothing secret.
import { err, ok } from '#core/result.ts';
import { broken, objectTypes } from '#core/sync/sealed-object.ts';
import type { SpaceSeal } from '#lib/crypto/space-seal.ts';
import type { SyncKeys } from '#lib/crypto/sync-keys.ts';

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
/** Of what is sealed: type, and epoch. */
export const TOY_HEADER_BYTES = 8;

function signature(signs: Uint8Array, content: Uint8Array): Bytes {
	const bytes = new Uint8Array(64);
	bytes.set(utf8.encode(toyHash('sign', signs, content)));
	return bytes;
}

/** The root key of an epoch, whose number is `at`. */
export const toyRoot = (at: number): string => toyHash('root', String(at));

/** `signs` is the device's public key, and all that it signs with; it has the root key of the first epoch, and takes others as given. */
export function createToyKeys(device: string, signs: Bytes, random: () => number): SyncKeys {
	const roots = [toyRoot(1)];
	const rootOf = (epoch: number): string => roots[epoch - 1] ?? 'unknown';
	const seal = (key: string, type: keyof typeof objectTypes, plain: Bytes, epoch: number) => {
		const bytes = new Uint8Array(plain.length + TOY_HEADER_BYTES);
		bytes[0] = objectTypes[type];
		new DataView(bytes.buffer).setUint32(4, epoch);
		bytes.set(plain, TOY_HEADER_BYTES);
		return { id: toyHash('object', key, String(objectTypes[type]), plain), bytes };
	};
	const open = (key: string, type: keyof typeof objectTypes, id: string, bytes: Bytes) => {
		if (bytes[0] !== objectTypes[type]) return broken('type');
		const plain = bytes.subarray(TOY_HEADER_BYTES);
		return seal(key, type, plain, 0).id === id ? ok(plain) : broken('id');
	};
	const wrapOf = (name: string, epoch: number, keys: readonly string[]) =>
		seal(`wrap ${name} ${rootOf(epoch)}`, 'keys', utf8.encode(keys.join(' ')), epoch);
	/** A key is its epoch and its text. */
	const space = (name: string, keys: readonly string[]): SpaceSeal => {
		const newest = Number(keys.at(-1)?.split(':')[0]);
		const keyAt = (epoch: number): string | undefined => keys.find((key) => Number(key.split(':')[0]) === epoch);
		return {
			epoch: newest,
			wrap: wrapOf(name, newest, keys),
			token: toyHash('token', keys[0] ?? ''),
			lineage: toyHash('lineage', keys[0] ?? ''),
			ring: [{ epoch: newest, key: utf8.encode(keys.join(' ')) }],
			seal: (type, plain) => Promise.resolve(seal(keys.at(-1) ?? '', type, plain, newest)),
			sealAgain: (type, plain, id) => {
				const all = keys.map((key) => seal(key, type, plain, Number(key.split(':')[0])));
				return Promise.resolve(all.find((one) => one.id === id) ?? null);
			},
			open: (type, id, bytes) => {
				const key = keyAt(type === 'head' ? newest : new DataView(bytes.buffer, bytes.byteOffset).getUint32(4));
				return Promise.resolve(key === undefined ? broken('epoch') : open(key, type, id, bytes));
			},
			rekey: (epoch) => Promise.resolve(space(name, [...keys, `${epoch}:${toyHash('key', name, rootOf(epoch))}`]))
		};
	};
	return {
		newSpace: (name, epoch) => Promise.resolve(space(name, [`${epoch}:${toyHash('key', name, String(random()))}`])),
		openSpace: (name, epoch, wrap) => {
			const keys = open(`wrap ${name} ${rootOf(epoch)}`, 'keys', wrap.id, wrap.bytes);
			return Promise.resolve(
				keys.ok ? ok(space(name, new TextDecoder().decode(keys.value).split(' '))) : err(keys.error)
			);
		},
		sealName: (of, name, epoch) => Promise.resolve(seal(`name ${of}`, 'device', utf8.encode(name), epoch)),
		openName: (of, name) => {
			const opened = open(`name ${of}`, 'device', name.id, name.bytes);
			return Promise.resolve(opened.ok ? ok(new TextDecoder().decode(opened.value)) : opened);
		},
		sha256: (bytes) => Promise.resolve(toyHash('sha', bytes)),
		name: (bytes) => Promise.resolve(toyHash('name', bytes)),
		sign: (content) => Promise.resolve(signature(signs, content)),
		isSigned: (key, content, signed) =>
			Promise.resolve(signature(key, content).every((byte, at) => byte === signed[at])),
		prove: (entry, epoch) => Promise.resolve(utf8.encode(toyHash('prove', rootOf(epoch), entry))),
		isProven: (entry, proof, epoch) =>
			Promise.resolve(new TextDecoder().decode(proof) === toyHash('prove', rootOf(epoch), entry)),
		isProvenSlot: () => Promise.resolve(true),
		token: (of, epoch) => Promise.resolve({ id: toyHash(of, rootOf(epoch)), secret: '' }),
		inbox: () => Promise.reject(new Error('there are no inboxes in the simulation')),
		takeRoot: (_entry, { check, grants }, epoch) => {
			const fits = (root: string): boolean => toyHash('check', root).slice(0, 32) === new TextDecoder().decode(check);
			if (fits(rootOf(epoch))) return Promise.resolve('known');
			const grant = grants.find((one) => one.device === device);
			if (!grant) return Promise.resolve('not-granted');
			const root = new TextDecoder().decode(grant.sealed);
			if (!fits(root)) return Promise.resolve('forged');
			roots[epoch - 1] = root;
			return Promise.resolve('known');
		}
	};
}
