// The known word that a wrong one was probably meant to be.

/** Without regard to case; null when nothing is near enough to be a slip of the hand. */
export function nearest(word: string, known: readonly string[]): string | null {
	const wanted = word.toLowerCase();
	const limit = Math.max(1, Math.floor(wanted.length / 3));
	let best: { readonly name: string; readonly distance: number } | null = null;
	for (const name of known) {
		const distance = editDistance(wanted, name.toLowerCase(), limit);
		if (distance <= limit && (!best || distance < best.distance)) best = { name, distance };
	}
	return best?.name ?? null;
}

/** Insertions, removals, replacements and swaps of neighbours; anything over `limit` is `limit + 1`. */
function editDistance(one: string, other: string, limit: number): number {
	if (Math.abs(one.length - other.length) > limit) return limit + 1;
	let older: number[] = [];
	let before = Array.from({ length: other.length + 1 }, (_, at) => at);
	for (let row = 1; row <= one.length; row++) {
		const now = [row];
		for (let at = 1; at <= other.length; at++) {
			const isSame = one[row - 1] === other[at - 1];
			let cost = Math.min((before[at] ?? 0) + 1, (now[at - 1] ?? 0) + 1, (before[at - 1] ?? 0) + (isSame ? 0 : 1));
			if (row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1])
				cost = Math.min(cost, (older[at - 2] ?? 0) + 1);
			now.push(cost);
		}
		[older, before] = [before, now];
	}
	return Math.min(before[other.length] ?? 0, limit + 1);
}
