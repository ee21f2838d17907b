// JSON of a value in one form: keys by ascending UTF-16, no spaces, what is no number as a text.

/** `undefined` members are left out; NaN and infinities are the texts `NaN`, `Infinity`, `-Infinity`. */
export function canonicalJson(value: unknown): string {
	if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const entries = Object.entries(value).filter(([, member]) => member !== undefined);
	entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
	return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}
