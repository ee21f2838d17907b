// What can be wrong with the text of any document in YAML, each with its place.

/** 1-based. */
export type Place = { readonly line: number; readonly column: number };

export type TextProblem = Place & {
	/** Where in the structure, such as `steps[2].needs[0]`; empty for the whole. */
	readonly path: string;
} & (
		| { readonly code: 'yaml-syntax'; readonly reason: string }
		| { readonly code: 'empty-text' }
		| { readonly code: 'too-long'; readonly limitBytes: number }
		| { readonly code: 'missing-key'; readonly key: string }
		| { readonly code: 'unknown-key'; readonly key: string; readonly nearest: string | null }
		| { readonly code: 'wrong-type'; readonly expected: string; readonly found: string }
		| {
				readonly code: 'not-allowed';
				readonly value: string;
				readonly allowed: readonly string[];
				readonly nearest: string | null;
		  }
		| { readonly code: 'out-of-range'; readonly value: string; readonly rule: string }
	);

/** In the order of the text, and no more than a person can read. */
export function inOrder<P extends Place>(problems: readonly P[]): readonly P[] {
	return problems.toSorted((one, other) => one.line - other.line || one.column - other.column).slice(0, 50);
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function typeOf(value: unknown): string {
	if (value === null) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	const words: Readonly<Record<string, string>> = {
		string: 'a text',
		number: 'a number',
		boolean: 'true or false',
		object: 'a mapping',
		undefined: 'nothing'
	};
	return words[typeof value] ?? typeof value;
}

export function shownValue(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
