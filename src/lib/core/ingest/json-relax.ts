// Repairs what people and programs write that is not quite JSON: NaN, trailing commas, comments. Infinity is no value here.

/** The text as strict JSON where that is possible; NaN becomes null. Strings are left alone. */
export function relaxJson(text: string): string {
	return text
		.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|-?\bNaN\b/g, (found) => {
			if (found.startsWith('"')) return found;
			return found.startsWith('/') ? ' ' : 'null';
		})
		.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (found) => (found === ',' ? '' : found));
}

/** Strict JSON text of a record on one line, its value, or null when it is no JSON even with repairs. */
export function readJson(text: string): { readonly text: string; readonly value: unknown } | null {
	for (const candidate of [() => text, () => relaxJson(text)]) {
		const tried = candidate();
		try {
			return { value: JSON.parse(tried), text: /[\r\n]/.test(tried) ? tried.replace(/[\r\n]+/g, ' ') : tried };
		} catch {
			// Not JSON as it stands: the repaired text is tried next, then the record is rejected.
			continue;
		}
	}
	return null;
}
