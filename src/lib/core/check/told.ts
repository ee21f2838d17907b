// Values as verdicts keep and tell them.

/** A value as it can be kept and told: what JSON has no form for is its text. */
export type Told = null | boolean | number | string | readonly Told[] | { readonly [name: string]: Told };

/** What JSON can hold, from whatever the engine gave: moments are ISO texts, numbers too large or not finite are texts. */
export function told(value: unknown): Told {
	if (value === null || value === undefined) return null;
	if (typeof value === 'string' || typeof value === 'boolean') return value;
	if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
	if (typeof value === 'bigint') return String(value);
	if (value instanceof Date) return value.toISOString();
	if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), told(inner)]));
	if (Array.isArray(value)) return value.map(told);
	if (value instanceof Uint8Array) return `${value.length} bytes`;
	if (typeof value === 'object')
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, told(inner)]));
	return '';
}
