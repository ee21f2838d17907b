// Patterns in which a star takes any number of signs, in time of the product of both lengths at most.

/** Only the last star is ever tried again. */
export function matchStars(
	wanted: readonly string[],
	found: readonly string[],
	isStar: (one: string) => boolean,
	fits: (one: string, other: string) => boolean
): boolean {
	let [at, to] = [0, 0];
	let [star, starTo] = [-1, 0];
	while (to < found.length) {
		const one = wanted[at];
		if (one !== undefined && isStar(one)) {
			star = at++;
			starTo = to;
		} else if (one !== undefined && fits(one, found[to] ?? '')) {
			at++;
			to++;
		} else if (star >= 0) {
			at = star + 1;
			to = ++starTo;
		} else return false;
	}
	while (isStar(wanted[at] ?? '')) at++;
	return at === wanted.length;
}
