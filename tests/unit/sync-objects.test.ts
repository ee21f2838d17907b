// Sealed objects and keys: what public vectors say, what must hold of every object, and what is refused.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from '#core/base64url.ts';
import { err, ok } from '#core/result.ts';
import { encodeCanonical } from '#core/encoding.ts';
import { parseSegmentObject, parseVersionObject } from '#core/sync/content-objects.ts';
import { encodeSlot, parseSlot, STRETCH } from '#core/sync/key-slot.ts';
import { parseEntry } from '#core/sync/member-log.ts';
import { parseWords, wordsOf } from '#core/sync/recovery-words.ts';
import { encodePage, parsePage } from '#core/sync/record-pages.ts';
import { encodeRef, joinSigned, parseRef } from '#core/sync/ref-record.ts';
import { objectTypes, padmeLength, paddedLength, PLAIN_MAX_BYTES, type ObjectType } from '#core/sync/sealed-object.ts';
import { parseRecords } from '#core/sync/space-state.ts';
import { parseWorkspaceCode, writeWorkspaceCode } from '#core/sync/workspace-code.ts';
import { decryptGcm, encryptGcm } from '#lib/crypto/aes-gcm.ts';
import { deriveFrom, hkdf, randomBytes } from '#lib/crypto/derive.ts';
import { makeSlot, openSlot, type Known, type SlotRim, type StretchPassphrase } from '#lib/crypto/key-slots.ts';
import { openObject, sealKeys, sealObject } from '#lib/crypto/seal.ts';
import { randomId } from '#lib/crypto/hash.ts';
import { createKeysWork } from '#workers/keys/keys.ts';

type Bytes = Uint8Array<ArrayBuffer>;
const bytesOf = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const vectors = JSON.parse(readFileSync('tests/vectors/sync/wycheproof.json', 'utf8')) as {
	readonly gcm: readonly Record<'key' | 'nonce' | 'bound' | 'plain' | 'sealed' | 'result', string>[];
	readonly hkdf: readonly Record<'secret' | 'salt' | 'info' | 'key', string>[];
};

const keysOf = async (secret: Bytes, scope = 'space/a', epoch = 1) =>
	sealKeys(await deriveFrom(secret), { workspace: 'w', scope, epoch });
const secret = new Uint8Array(32).fill(7);
const types = Object.keys(objectTypes) as ObjectType[];

describe('public vectors', () => {
	test('AES-256-GCM', async () => {
		expect(vectors.gcm.length).toBeGreaterThan(50);
		for (const { key: raw, nonce, bound, plain, sealed, result } of vectors.gcm) {
			const key = await crypto.subtle.importKey('raw', bytesOf(raw), 'AES-GCM', false, ['encrypt', 'decrypt']);
			const input = { key, nonce: bytesOf(nonce), bound: bytesOf(bound) };
			const opened = await decryptGcm(input, bytesOf(sealed));
			expect(opened && hexOf(opened)).toBe(result === 'valid' ? plain : null);
			if (result === 'valid') expect(hexOf(await encryptGcm(input, bytesOf(plain)))).toBe(sealed);
		}
	});

	test('HKDF-SHA-256, and the first of RFC 5869', async () => {
		const first = {
			secret: '0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b',
			salt: '000102030405060708090a0b0c',
			info: 'f0f1f2f3f4f5f6f7f8f9',
			key: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'
		};
		for (const vector of [first, ...vectors.hkdf]) {
			const key = await deriveFrom(bytesOf(vector.secret));
			const derived = await hkdf(key, bytesOf(vector.salt), bytesOf(vector.info), vector.key.length / 2);
			expect(hexOf(derived)).toBe(vector.key);
		}
	});

	test('BIP-39: 32 zero bytes are 23 times “abandon”, and “art”', () => {
		const words = [...Array<string>(23).fill('abandon'), 'art'];
		expect(wordsOf(new Uint8Array(32))).toEqual(words);
		expect(parseWords(` ${words.join('  ').toUpperCase()}\n`)).toEqual({ ok: true, value: new Uint8Array(32) });
	});

	test('Argon2id, as its first implementation answers', async () => {
		const salt = new TextEncoder().encode('somesalt');
		const stretched = await createKeysWork().stretch('password', salt, { memoryKib: 65_536, passes: 2, lanes: 1 });
		expect(hexOf(stretched)).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
	});
});

describe('sealed objects', () => {
	test('what is sealed opens, as the same bytes each time', async () => {
		const keys = await keysOf(secret);
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.constantFrom(...types), async (content, type) => {
				const plain = new Uint8Array(content);
				const [one, other] = [await sealObject(keys, type, plain), await sealObject(keys, type, plain)];
				expect(one).toEqual(other);
				expect(await openObject(keys, type, one.id, one.bytes)).toEqual({ ok: true, value: plain });
				expect(one.bytes.length).toBe(12 + paddedLength(plain.length) + 16);
			}),
			{ numRuns: 150 }
		);
	});

	test('3,000 objects with one bit changed are refused', async () => {
		const keys = await keysOf(secret);
		const { id, bytes } = await sealObject(keys, 'chunk', new Uint8Array(300).fill(3));
		for (let at = 0; at < 3000; at++) {
			const bit = Math.floor((at * bytes.length * 8) / 3000);
			const changed = bytes.slice();
			changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			expect((await openObject(keys, 'chunk', id, changed)).ok).toBe(false);
		}
	});

	test('2,000 texts of random bytes, cut and lengthened objects are refused, and nothing throws', async () => {
		const keys = await keysOf(secret);
		const { id, bytes } = await sealObject(keys, 'chunk', new Uint8Array(300));
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(
					fc.uint8Array({ maxLength: 900 }),
					fc.nat(bytes.length - 1).map((end) => bytes.slice(0, end)),
					fc.uint8Array({ minLength: 1, maxLength: 50 }).map((more) => joinSigned(bytes, more))
				),
				async (garbage) => {
					expect((await openObject(keys, 'chunk', id, new Uint8Array(garbage))).ok).toBe(false);
				}
			),
			{ numRuns: 2000 }
		);
	});

	test('an object is of one id, type, epoch, space, workspace and key', async () => {
		const keys = await keysOf(secret);
		const plain = new Uint8Array(100).fill(1);
		const { id, bytes } = await sealObject(keys, 'chunk', plain);
		const other = await sealObject(keys, 'chunk', new Uint8Array(100).fill(2));
		const why = async (...of: Parameters<typeof openObject>): Promise<string> => {
			const opened = await openObject(...of);
			return opened.ok ? 'opened' : opened.error.why;
		};
		expect(await why(keys, 'chunk', other.id, bytes)).toBe('sealed');
		expect(await why(keys, 'segment', id, bytes)).toBe('type');
		expect(await why(await keysOf(secret, 'space/a', 2), 'chunk', id, bytes)).toBe('epoch');
		expect(await why(await keysOf(secret, 'space/b'), 'chunk', id, bytes)).toBe('sealed');
		expect(await why(await keysOf(new Uint8Array(32)), 'chunk', id, bytes)).toBe('sealed');
		expect(await why(keys, 'chunk', 'short', bytes)).toBe('id');
		const elsewhere = await sealKeys(await deriveFrom(secret), { workspace: 'x', scope: 'space/a', epoch: 1 });
		expect(await why(elsewhere, 'chunk', id, bytes)).toBe('sealed');
	});

	test('lengths tell little: Padmé, at most 12 % more, and exactly 4 MiB for the largest', () => {
		fc.assert(
			fc.property(fc.integer({ min: 256, max: PLAIN_MAX_BYTES }), (size) => {
				const padded = padmeLength(size);
				expect(padded).toBeGreaterThanOrEqual(size);
				expect(padded).toBeLessThanOrEqual(size * 1.12);
				expect(padmeLength(padded)).toBe(padded);
			})
		);
		expect(paddedLength(PLAIN_MAX_BYTES)).toBe(4 * 1024 * 1024);
		expect(new Set(Array.from({ length: 20_000 }, (_size, size) => paddedLength(size))).size).toBeLessThan(120);
	});
});

const made = { epoch: 1, device: 'd', atMs: 1 };
const slotOf = (slot: 'passphrase' | 'recovery') => ({
	workspace: 'w',
	slot,
	stretch: slot === 'passphrase' ? STRETCH : null,
	salt: new Uint8Array(16),
	credential: null,
	made
});

describe('messages', () => {
	test('5,000 mutated records, entries, slots and contents are refused or are what they say, and nothing throws', () => {
		const inline = { id: 'i', bytes: new Uint8Array([1, 2]) };
		const ref = { workspace: 'w', space: 's', token: 't', seq: 1, prev: '', device: 'd', members: 1, epoch: 1 };
		const seeds: readonly Bytes[] = [
			joinSigned(encodeRef({ ...ref, wrap: inline, head: inline }), new Uint8Array(64)),
			encodeCanonical(['weir/dataset/v1', { state: null, objects: {} }]),
			encodeCanonical(['weir/segment/v1', { segment: { id: 'a', rowCount: 1, chunks: [] }, chunks: [] }]),
			encodePage({ kind: 'leaf', records: [['a/b', { kind: 'inline', value: { x: [1, 'y'] }, files: {} }]] }),
			encodeSlot({ ...slotOf('passphrase'), secrets: inline }, new Uint8Array(32))
		];
		const parsers = [
			parseRef,
			parseEntry,
			parseRecords,
			parsePage,
			parseVersionObject,
			parseSegmentObject,
			(bytes: Bytes) => parseSlot(bytes, 'w')
		];
		const mutated = fc
			.tuple(fc.constantFrom(...seeds), fc.nat(400), fc.nat(255), fc.nat(8))
			.map(([seed, at, value, cut]) => {
				const bytes = seed.slice(0, seed.length - cut);
				bytes[at % bytes.length] = value;
				return bytes;
			});
		fc.assert(
			fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (bytes) => {
				for (const parse of parsers) {
					const parsed = parse(new Uint8Array(bytes));
					if (!parsed.ok) expect(parsed.error.kind).toMatch(/^(broken-object|weak-slot)$/);
				}
			}),
			{ numRuns: 5000 }
		);
	});

	test('base64url is the inverse of itself, and takes no second text for the same bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
				const text = toBase64Url(bytes);
				expect(text).toBe(Buffer.from(bytes).toString('base64url'));
				expect(fromBase64Url(text)).toEqual(new Uint8Array(bytes));
			})
		);
		for (const text of ['A', 'AB', 'AAB', 'A=', 'A+==', 'AA A']) expect(fromBase64Url(text)).toBeNull();
	});

	test('a workspace code comes back as it was, and nothing like it does', () => {
		const code = { workspace: randomId(), token: { id: randomId(), secret: toBase64Url(randomBytes(32)) } };
		const text = writeWorkspaceCode(code);
		expect(parseWorkspaceCode(`  ${text.slice(0, 30)}\n${text.slice(30)} `)).toEqual({ ok: true, value: code });
		for (const wrong of ['', text.slice(1), text.slice(0, -1), `${text}x`, text.replace('.', ',')])
			expect(parseWorkspaceCode(wrong).ok).toBe(false);
	});
});

describe('key slots', () => {
	const secrets = { roots: [new Uint8Array(32).fill(1)], idKey: new Uint8Array(32).fill(2) };
	/** As quick as a test may be; the real one is tested above. */
	const stretch: StretchPassphrase = async (passphrase, salt) => {
		const both = joinSigned(new TextEncoder().encode(passphrase), salt);
		return ok(new Uint8Array(await crypto.subtle.digest('SHA-256', both)));
	};
	/** An authenticator: one secret for each credential, and what comes from it for a label. */
	const authenticator = new Map<string, Bytes>();
	const rim: SlotRim = {
		stretch,
		passkeys: {
			isSupported: () => Promise.resolve(true),
			make: async (_name, label) => {
				const credential = randomBytes(16);
				authenticator.set(hexOf(credential), randomBytes(32));
				const secret = await rim.passkeys.use(credential, label);
				return secret.ok ? ok({ credential, secret: secret.value }) : secret;
			},
			use: async (credential, label) => {
				const own = authenticator.get(hexOf(credential));
				return own
					? ok(await hkdf(await deriveFrom(own), label, new Uint8Array(), 32))
					: err({ kind: 'passkey-refused' });
			}
		}
	};
	const make = async (known: Known, workspace = 'w'): Promise<Bytes> => {
		const slot = await makeSlot(known, { workspace, secrets, made, name: 'n' }, rim);
		return slot.ok ? slot.value : expect.unreachable('it was not made');
	};
	const entropy = new Uint8Array(32).fill(9);
	const passphrase = { kind: 'passphrase', passphrase: 'correct horse battery' } as const;
	const recovery = { kind: 'recovery', entropy } as const;

	test('a slot opens with what it was made with, and with nothing else', async () => {
		const slot = await make(passphrase);
		expect(await openSlot(slot, 'w', passphrase, rim)).toEqual({ ok: true, value: secrets });
		const wrong = await openSlot(slot, 'w', { ...passphrase, passphrase: 'correct horse batterz' }, rim);
		expect(wrong).toEqual({ ok: false, error: { kind: 'wrong-secret' } });
		expect((await openSlot(slot, 'x', passphrase, rim)).ok).toBe(false);
		expect((await openSlot(slot, 'w', recovery, rim)).ok).toBe(false);
		const words = await make(recovery);
		expect(await openSlot(words, 'w', recovery, rim)).toEqual({ ok: true, value: secrets });
	});

	test('a passkey opens its own slot alone, and no other passkey does', async () => {
		const [one, other] = [await make({ kind: 'passkey' }), await make({ kind: 'passkey' })];
		expect(await openSlot(one, 'w', { kind: 'passkey' }, rim)).toEqual({ ok: true, value: secrets });
		const [read, of] = [parseSlot(one, 'w'), parseSlot(other, 'w')];
		if (!read.ok || !of.ok) return expect.unreachable('a slot is none');
		const swapped = encodeSlot({ ...read.value.slot, secrets: of.value.slot.secrets }, new Uint8Array(32));
		expect(await openSlot(swapped, 'w', { kind: 'passkey' }, rim)).toEqual({
			ok: false,
			error: { kind: 'wrong-secret' }
		});
		authenticator.clear();
		expect(await openSlot(one, 'w', { kind: 'passkey' }, rim)).toEqual({
			ok: false,
			error: { kind: 'passkey-refused' }
		});
	});

	test('weaker and absurd costs are refused before anything is computed', async () => {
		const never: SlotRim = { ...rim, stretch: () => expect.unreachable('it was computed') };
		const sealed = { id: 'x', bytes: new Uint8Array(300) };
		for (const weak of [{ memoryKib: 1024 }, { passes: 1 }, { memoryKib: 2 ** 30 }, { passes: 1000 }]) {
			const slot = { ...slotOf('passphrase'), stretch: { ...STRETCH, ...weak }, secrets: sealed };
			const opened = await openSlot(
				encodeSlot(slot, new Uint8Array(32)),
				'w',
				{ kind: 'passphrase', passphrase: 'p' },
				never
			);
			expect(opened).toEqual({ ok: false, error: { kind: 'weak-slot' } });
		}
	});

	test('a changed slot does not open, and neither does one with what another one holds', async () => {
		const slot = await make(recovery);
		const read = parseSlot(slot, 'w');
		if (!read.ok) return expect.unreachable('a slot is none');
		const opens = encodeSlot(read.value.slot, new Uint8Array(32)).length - 32;
		for (let at = 0; at < opens; at++) {
			const changed = slot.slice();
			changed[at] = (changed[at] ?? 0) ^ 1;
			expect((await openSlot(changed, 'w', recovery, rim)).ok, `byte ${at}`).toBe(false);
		}
		for (const other of [await make(recovery), await make(recovery, 'x'), await make(passphrase)]) {
			const of = parseSlot(other, 'w');
			const inside = of.ok ? of.value.slot.secrets : { id: 'x', bytes: other };
			const swapped = encodeSlot({ ...read.value.slot, secrets: inside }, new Uint8Array(32));
			expect((await openSlot(swapped, 'w', recovery, rim)).ok).toBe(false);
		}
		expect((await openSlot(await make(recovery, 'x'), 'w', recovery, rim)).ok).toBe(false);
	});

	test('a typo in recovery words is named, or found by the checksum', () => {
		const words = [...wordsOf(entropy)];
		expect(parseWords(words.join(' ')).ok).toBe(true);
		expect(parseWords([...words.slice(1), 'abot'].join(' '))).toMatchObject({ error: { why: 'word', word: 'abot' } });
		expect(parseWords(words.slice(1).join(' '))).toMatchObject({ error: { why: 'count' } });
		const swapped = [...words.slice(0, 23), words[23] === 'zoo' ? 'abandon' : 'zoo'];
		expect(parseWords(swapped.join(' '))).toMatchObject({ error: { why: 'checksum' } });
	});
});
