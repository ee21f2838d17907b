// What a person reads about a failure: what happened, where, and what to do next.
export type Explanation = { readonly title: string; readonly detail: string; readonly next: string };

export function say(title: string, detail: string, next: string): Explanation {
	return { title, detail, next };
}
