// What others sealed by RFC 9180 opens: vectors that were made neither by this code nor by its library.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openSealed, pairFrom, sealTo } from '#lib/crypto/hpke.ts';

type Vector = Record<'info' | 'skRm' | 'pkRm' | 'enc' | 'aad' | 'pt' | 'ct', string> & {
	readonly derived: { readonly ikm: string; readonly pk: string };
};

const vector = JSON.parse(
	readFileSync(new URL('../vectors/sync/hpke-rfc9180.json', import.meta.url), 'utf8')
) as Vector;
const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex, 'hex'));
/** What comes before a private key of X25519 in PKCS #8 (RFC 8410). */
const PKCS8 = '302e020100300506032b656e04220420';

test('what another implementation sealed opens, bound to its info and its aad', async () => {
	const { subtle } = crypto;
	const pair = {
		privateKey: await subtle.importKey('pkcs8', bytesOf(PKCS8 + vector.skRm), 'X25519', false, ['deriveBits']),
		publicKey: await subtle.importKey('raw', bytesOf(vector.pkRm), 'X25519', true, [])
	};
	const [info, aad] = [bytesOf(vector.info), bytesOf(vector.aad)];
	const sealed = { key: bytesOf(vector.enc), sealed: bytesOf(vector.ct) };
	expect(await openSealed(pair, { info, aad }, sealed)).toEqual(bytesOf(vector.pt));
	expect(await openSealed(pair, { info }, sealed)).toBe(null);
	expect(await openSealed(pair, { info: aad, aad }, sealed)).toBe(null);
	expect(await openSealed(pair, { info, aad }, { ...sealed, key: new Uint8Array(32) })).toBe(null);
});

test('a secret gives the public key that the RFC says, and nothing is sealed to a point of small order', async () => {
	const { takes } = await pairFrom(bytesOf(vector.derived.ikm));
	expect(takes).toEqual(bytesOf(vector.derived.pk));
	expect(await sealTo(new Uint8Array(32), { info: takes }, takes)).toBe(null);
});
