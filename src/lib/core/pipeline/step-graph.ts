// Steps as a graph of their needs: circles, an order to run in, and what lies before and behind a step.

type Node = { readonly id: string; readonly needs: readonly string[] };

/** The shortest way round the first circle, from a step back to itself; null without one. */
export function findCycle(steps: readonly Node[]): readonly string[] | null {
	const needsById = new Map(steps.map(({ id, needs }) => [id, needs]));
	for (const { id } of steps) {
		const from = new Map<string, string>();
		const queue = [id];
		for (let next = queue.shift(); next !== undefined; next = queue.shift())
			for (const need of needsById.get(next) ?? []) {
				if (need === id) return trail(id, next, from);
				if (from.has(need) || !needsById.has(need)) continue;
				from.set(need, next);
				queue.push(need);
			}
	}
	return null;
}

function trail(start: string, end: string, from: ReadonlyMap<string, string>): readonly string[] {
	const steps: string[] = [];
	for (let at = end; at !== start; at = from.get(at) ?? start) steps.unshift(at);
	return [start, ...steps, start];
}

/** Every step behind all it needs; otherwise as they are in the text. Without a circle. */
export function inOrderOfNeeds<T extends Node>(steps: readonly T[]): readonly T[] {
	const known = new Set(steps.map(({ id }) => id));
	const placed = new Set<string>();
	const ordered: T[] = [];
	let left = [...steps];
	while (left.length > 0) {
		const ready = left.filter(({ needs }) => needs.every((need) => placed.has(need) || !known.has(need)));
		if (ready.length === 0) return [...ordered, ...left];
		for (const step of ready) placed.add(step.id);
		ordered.push(...ready);
		left = left.filter(({ id }) => !placed.has(id));
	}
	return ordered;
}

/** Steps that need one of `ids`, directly or through others; not these themselves. */
export function behind(steps: readonly Node[], ids: readonly string[]): ReadonlySet<string> {
	const found = new Set<string>();
	for (const { id, needs } of inOrderOfNeeds(steps))
		if (needs.some((need) => ids.includes(need) || found.has(need))) found.add(id);
	return found;
}

/** Steps that `id` needs, directly or through others. */
export function before(steps: readonly Node[], id: string): ReadonlySet<string> {
	const needsById = new Map(steps.map((step) => [step.id, step.needs]));
	const found = new Set<string>();
	const queue = [...(needsById.get(id) ?? [])];
	for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
		if (found.has(next)) continue;
		found.add(next);
		queue.push(...(needsById.get(next) ?? []));
	}
	return found;
}
