// 24 words that stand for 32 random bytes, to be written down on paper.
//
// Source: BIP-39, English word list; the words are the bytes and a checksum of 8 bits, and nothing is derived from them here.
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { err, ok, type Result } from '../result.ts';
import type { SyncFailure } from './failure.ts';

type InvalidWords = Extract<SyncFailure, { kind: 'invalid-words' }>;

const WORDS = 24;

export function wordsOf(entropy: Uint8Array): readonly string[] {
	return entropyToMnemonic(entropy, wordlist).split(' ');
}

/** However they are spaced, and in upper or lower case. Names the first word that is in no list. */
export function parseWords(text: string): Result<Uint8Array<ArrayBuffer>, InvalidWords> {
	const words = text
		.normalize('NFKD')
		.toLowerCase()
		.split(/[^a-z]+/)
		.filter((word) => word !== '');
	const unknown = words.find((word) => !wordlist.includes(word));
	if (unknown !== undefined) return err({ kind: 'invalid-words', why: 'word', word: unknown });
	if (words.length !== WORDS) return err({ kind: 'invalid-words', why: 'count', word: null });
	try {
		return ok(new Uint8Array(mnemonicToEntropy(words.join(' '), wordlist)));
	} catch {
		// The checksum: the words are in the list, and not these.
		return err({ kind: 'invalid-words', why: 'checksum', word: null });
	}
}
