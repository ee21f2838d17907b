// What one instance of the Worker was asked since it began, by operation and status. Another instance counts for itself.

export type Counted = {
	readonly operation: string;
	readonly status: number;
	readonly count: number;
	readonly totalMs: number;
};

export class Counts {
	readonly #byKey = new Map<string, Counted>();

	add(operation: string, status: number, ms: number): void {
		const key = `${operation} ${status}`;
		const { count, totalMs } = this.#byKey.get(key) ?? { count: 0, totalMs: 0 };
		this.#byKey.set(key, { operation, status, count: count + 1, totalMs: totalMs + ms });
	}

	all(): readonly Counted[] {
		return [...this.#byKey.values()];
	}
}
