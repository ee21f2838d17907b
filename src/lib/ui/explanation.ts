// What a person reads about a failure: what happened, where, and what to do next.
export type Explanation = { readonly title: string; readonly detail: string; readonly next: string };

/** Whether a failure is one of a union, all of whose kinds have to be named. */
export function isOneOf<F extends { readonly kind: string }>(
	kinds: Readonly<Record<F['kind'], true>>
): (failure: { readonly kind: string }) => failure is F {
	return (failure): failure is F => Object.hasOwn(kinds, failure.kind);
}

export function say(title: string, detail: string, next: string): Explanation {
	return { title, detail, next };
}
