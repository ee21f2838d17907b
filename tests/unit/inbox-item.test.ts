// Items of inboxes: what was sealed once opens for ever, and nothing else opens in its place.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64Url } from '#core/base64url.ts';
import { err, ok } from '#core/result.ts';
import { parseInboxAddress, parseItem, writeInboxAddress } from '#core/sync/inbox-item.ts';
import { inboxKeysOf, sealItem } from '#lib/crypto/inbox-item.ts';

type Vector = {
	readonly secret: string;
	readonly publicKey: string;
	readonly place: { readonly workspace: string; readonly space: string; readonly key: string };
	readonly type: string;
	readonly text: string;
	readonly item: string;
};

const vector = JSON.parse(readFileSync(new URL('../vectors/sync/inbox-1.json', import.meta.url), 'utf8')) as Vector;
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => fromBase64Url(text) ?? new Uint8Array();
const content = { type: vector.type, name: null, bytes: new Uint8Array(Buffer.from(vector.text)) };

describe('an item of an inbox', () => {
	test('of format 1 opens, and has the public key that its secret gives', async () => {
		const keys = await inboxKeysOf(bytesOf(vector.secret));
		expect(keys.publicKey).toBe(vector.publicKey);
		expect(await keys.open(vector.place, bytesOf(vector.item))).toEqual(ok(content));
	});

	test('opens under the key that it was pushed with, and in its place alone', async () => {
		const keys = await inboxKeysOf(bytesOf(vector.secret));
		for (const other of [{ key: 'another' }, { space: 'another' }, { workspace: 'another' }])
			expect(await keys.open({ ...vector.place, ...other }, bytesOf(vector.item))).toEqual(
				err({ kind: 'broken-object', why: 'sealed' })
			);
		const others = await inboxKeysOf(new Uint8Array(32));
		expect(await others.open(vector.place, bytesOf(vector.item))).toMatchObject({ ok: false });
	});

	test('with any byte changed or any length is refused, and breaks nothing', async () => {
		const keys = await inboxKeysOf(bytesOf(vector.secret));
		const item = bytesOf(vector.item);
		await fc.assert(
			fc.asyncProperty(fc.nat({ max: item.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
				const changed = item.slice();
				changed[at] = (changed[at] ?? 0) ^ by;
				expect((await keys.open(vector.place, changed)).ok).toBe(false);
				expect((await keys.open(vector.place, item.slice(0, at))).ok).toBe(false);
			}),
			{ numRuns: 500 }
		);
	});

	test('is sealed to any content and opened again', async () => {
		const keys = await inboxKeysOf(bytesOf(vector.secret));
		await fc.assert(
			fc.asyncProperty(
				fc.uint8Array({ maxLength: 3000 }),
				fc.option(fc.string({ unit: 'grapheme' })),
				async (given, name) => {
					const one = { type: 'text/csv', name, bytes: new Uint8Array(given) };
					const sealed = await sealItem(keys.publicKey, vector.place, one);
					expect(sealed.ok && (await keys.open(vector.place, sealed.value))).toEqual(ok(one));
				}
			),
			{ numRuns: 50 }
		);
		expect(await sealItem('A'.repeat(43), vector.place, content)).toEqual(err({ kind: 'not-a-key' }));
		expect(parseItem(new Uint8Array(10))).toEqual(err({ kind: 'broken-object', why: 'length' }));
	});
});

test('what a program is given reads back, with line breaks that a mail put in', () => {
	const [id, secret] = ['a'.repeat(22), 'A'.repeat(43)];
	const { workspace, space } = vector.place;
	const address = { workspace, space, publicKey: vector.publicKey, token: { id, secret } };
	const text = writeInboxAddress(address);
	expect(parseInboxAddress(`${text.slice(0, 40)}\n  ${text.slice(40)}`)).toEqual(ok(address));
	expect(parseInboxAddress(text.slice(0, -1))).toEqual(err({ kind: 'invalid-inbox-address' }));
});
