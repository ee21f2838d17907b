// Shows what several say at the same time as if they had spoken one after the other.

/** @typedef {(text: string | Uint8Array) => void} Say */

/**
 * The first of `names` that has not ended is shown at once; what the others say waits for their turn.
 *
 * @param {readonly string[]} names @param {Say} show
 */
export function inOrder(names, show) {
	/** @type {Map<string, (string | Uint8Array)[]>} */
	const unshown = new Map(names.map((name) => [name, []]));
	/** @type {Set<string>} */
	const ended = new Set();
	/** @param {string | undefined} name */
	const flush = (name) => {
		if (name === undefined) return;
		for (const text of unshown.get(name) ?? []) show(text);
		unshown.set(name, []);
	};
	let turn = 0;
	return {
		/** @param {string} name @returns {Say} */
		sayAs: (name) => (text) => (names[turn] === name ? show(text) : unshown.get(name)?.push(text)),
		/** @param {string} name */
		end(name) {
			ended.add(name);
			while (ended.has(names[turn] ?? '')) flush(names[++turn]);
		},
		/** Shows what is left of those that never ended. */
		close: () => names.forEach(flush)
	};
}
