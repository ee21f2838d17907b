// How hard a passphrase is to guess, roughly, and never more than it looks: for a person who chooses one.

export type Strength = {
	readonly bits: number;
	readonly grade: 'weak' | 'fair' | 'strong';
};

/** What a word of a sentence is worth: as if it came from a list of some thousand that people use. */
const WORD_BITS = 11;
/** Of a stretched passphrase, whoever has a hundred graphics cards tries about as many in a second. */
const GUESSES_PER_SECOND = 1e5;

/** A grade by how long such a guesser needs: weak is less than ten years, strong more than a million. */
export function passphraseStrength(passphrase: string): Strength {
	const bits = Math.floor(Math.min(letterBits(passphrase), wordBits(passphrase)));
	const years = 2 ** bits / 2 / GUESSES_PER_SECOND / 31_557_600;
	return { bits, grade: years < 10 ? 'weak' : years < 1e6 ? 'fair' : 'strong' };
}

/** By single characters: those that repeat, or go on as in the alphabet or on the keyboard, count for little. */
function letterBits(text: string): number {
	const kinds = [
		[/[a-z]/, 26],
		[/[A-Z]/, 26],
		[/[0-9]/, 10],
		[/\s/, 1],
		[/[!-/:-@[-`{-~]/, 32],
		[/[^ -~\s]/, 100]
	] as const;
	const size = kinds.reduce((sum, [pattern, count]) => sum + (pattern.test(text) ? count : 0), 0);
	const letters = [...text.toLowerCase()];
	let count = 0;
	const seen = new Map<string, number>();
	for (const [at, letter] of letters.entries()) {
		const before = letters[at - 1] ?? '';
		const times = (seen.get(before + letter) ?? 0) + 1;
		seen.set(before + letter, times);
		count += isNext(before, letter) ? 0.2 : times > 1 ? 0.3 : 1;
	}
	return count * Math.log2(Math.max(2, size)) * (letters.length > 0 ? 0.75 : 0);
}

const ROWS = ['qwertyuiopasdfghjklzxcvbnm', 'qwertzuiopasdfghjklyxcvbnm', '1234567890'];

function isNext(before: string, letter: string): boolean {
	if (before === '') return false;
	const step = (letter.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0);
	return (Math.abs(step) <= 1 && /[a-z0-9]/.test(letter)) || ROWS.some((row) => row.includes(before + letter));
}

/** By words, where it looks like a sentence; each counts once. What is no word is left to the letters. */
function wordBits(text: string): number {
	const words = text.toLowerCase().match(/\p{L}{2,}/gu) ?? [];
	const rest = text.replaceAll(/\p{L}{2,}/gu, '').replaceAll(/\s/g, '');
	if (words.length === 0) return Infinity;
	return new Set(words).size * WORD_BITS + letterBits(rest);
}
