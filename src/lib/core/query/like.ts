// LIKE as the engine has it: `%` is any text, `_` one character, which is a code point, and nothing is an escape.
import { matchStars } from '../match-stars.ts';

export function isLike(text: string, pattern: string): boolean {
	return matchStars(
		Array.from(pattern),
		Array.from(text),
		(sign) => sign === '%',
		(sign, character) => sign === '_' || sign === character
	);
}
