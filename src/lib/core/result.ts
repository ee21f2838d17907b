// Results: expected failures are values, bugs throw.

export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
	return { ok: true, value };
}

export function err<const E>(error: E): { readonly ok: false; readonly error: E } {
	return { ok: false, error };
}

/** Throws when a promise the code relies on does not hold: a bug, never bad input. */
export function invariant(condition: unknown, promise: string): asserts condition {
	if (!condition) throw new Error(`Broken promise: ${promise}`);
}

/** Ends a `switch` over a closed union: a new member that nobody handles does not compile. */
export function exhaustive(value: never): never {
	throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
