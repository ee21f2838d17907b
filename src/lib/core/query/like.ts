// LIKE as the engine has it: `%` is any text, `_` one character, which is a code point, and nothing is an escape.

/** In time of the product of both lengths at most, whatever the pattern. */
export function isLike(text: string, pattern: string): boolean {
	const [all, wanted] = [Array.from(text), Array.from(pattern)];
	let [at, place] = [0, 0];
	/** Where the last `%` stands, and up to where it reaches by now. */
	let [anyPlace, anyEnd] = [-1, 0];
	while (at < all.length) {
		const sign = wanted[place];
		if (sign === '%') {
			anyPlace = place++;
			anyEnd = at;
		} else if (sign === '_' || (sign !== undefined && sign === all[at])) {
			at++;
			place++;
		} else if (anyPlace >= 0) {
			// It takes one character more.
			place = anyPlace + 1;
			at = ++anyEnd;
		} else return false;
	}
	while (wanted[place] === '%') place++;
	return place === wanted.length;
}
