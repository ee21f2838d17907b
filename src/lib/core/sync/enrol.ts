// How a device that has the keys lets another one in: what they tell each other, sealed by a secret that is in the code between them, and
// six words by which their people see that nobody stands in between.
import * as v from 'valibot';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { encodeCanonical } from '../encoding.ts';
import { err, ok, type Result } from '../result.ts';
import type { KeysRefusal } from './failure.ts';
import { bytesShape, readCanonical } from './read-canonical.ts';
import type { EdgeToken } from './workspace-code.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The token reads and writes one space for ten minutes; its secret is known to both devices, and to the edge as a hash alone. */
export type EnrolCode = { readonly workspace: string; readonly token: EdgeToken };

export type EnrolRequest = { readonly name: string; readonly takes: Bytes };

/** The workspace's secrets, sealed to the device that asked. */
export type EnrolAnswer = { readonly key: Bytes; readonly sealed: Bytes };

const PATTERN = /^weirjoin1-([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export function writeEnrolCode({ workspace, token }: EnrolCode): string {
	return `weirjoin1-${workspace}.${token.id}.${token.secret}`;
}

export function isEnrolCode(text: string): boolean {
	return text.trim().startsWith('weirjoin');
}

export function parseEnrolCode(text: string): Result<EnrolCode, Extract<KeysRefusal, { kind: 'invalid-enrol-code' }>> {
	const [, workspace, id, secret] = PATTERN.exec(text.replaceAll(/\s/g, '')) ?? [];
	return workspace && id && secret ? ok({ workspace, token: { id, secret } }) : err({ kind: 'invalid-enrol-code' });
}

const requestShape = v.strictTuple([
	v.literal('weir/enrol-request/v1'),
	v.strictObject({
		name: v.pipe(v.string(), v.maxLength(200)),
		takes: v.pipe(
			bytesShape,
			v.check((key) => key.length === 32)
		)
	})
]);
const answerShape = v.strictTuple([
	v.literal('weir/enrol-answer/v1'),
	v.strictObject({ key: bytesShape, sealed: bytesShape })
]);

export function encodeEnrolRequest(request: EnrolRequest): Bytes {
	return encodeCanonical(['weir/enrol-request/v1', request]);
}

export function parseEnrolRequest(plain: Bytes): EnrolRequest | null {
	return readCanonical(plain, requestShape)?.[1] ?? null;
}

export function encodeEnrolAnswer(answer: EnrolAnswer): Bytes {
	return encodeCanonical(['weir/enrol-answer/v1', answer]);
}

export function parseEnrolAnswer(plain: Bytes): EnrolAnswer | null {
	return readCanonical(plain, answerShape)?.[1] ?? null;
}

export const COMPARED_WORDS = 6;

/** Of a hash: 11 bits a word, from its beginning. */
export function wordsToCompare(hash: Uint8Array): readonly string[] {
	const words: string[] = [];
	for (let word = 0; word < COMPARED_WORDS; word++) {
		let at = 0;
		for (let bit = 11 * word; bit < 11 * (word + 1); bit++)
			at = (at << 1) | (((hash[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
		words.push(wordlist[at] ?? '');
	}
	return words;
}
