// Random numbers of a training: equal seeds and streams give equal numbers, whatever was drawn before.

/** Mulberry32 (0 ≤ x < 1), begun at a mix of the seed and the numbers that name the stream, such as the round of a training. */
export function randomOf(seed: number, ...stream: readonly number[]): () => number {
	let state = stream.reduce((mixed, number) => mix(mixed ^ Math.imul(number + 1, 0x9e3779b1)), seed >>> 0);
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		return mix(state) / 2 ** 32;
	};
}

function mix(state: number): number {
	let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
	mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
	return (mixed ^ (mixed >>> 14)) >>> 0;
}

/** Numbers below `count`, each once, in random order. */
export function shuffled(count: number, random: () => number): Uint32Array {
	const order = new Uint32Array(count);
	for (let at = 0; at < count; at++) order[at] = at;
	for (let at = count - 1; at > 0; at--) {
		const other = Math.floor(random() * (at + 1));
		const moved = order[at] ?? 0;
		order[at] = order[other] ?? 0;
		order[other] = moved;
	}
	return order;
}
