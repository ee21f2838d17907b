// Merges two contents of one thing field by field, and fields of fields: what only one side changed is taken; of a field that both
// changed, the greater content, so that all devices choose alike.
import { encodeCanonical, type Encodable } from '../encoding.ts';

type Fields = { readonly [name: string]: Encodable | undefined };

export function mergeFields(base: Encodable | undefined, ours: Encodable, theirs: Encodable): Encodable {
	return merge(base, ours, theirs) ?? null;
}

function merge(
	base: Encodable | undefined,
	ours: Encodable | undefined,
	theirs: Encodable | undefined
): Encodable | undefined {
	const [was, mine, other] = [textOf(base), textOf(ours), textOf(theirs)];
	if (mine === other || was === other) return ours;
	if (was === mine) return theirs;
	if (!isFields(ours) || !isFields(theirs)) return greater(ours, theirs);
	const before = isFields(base) ? base : {};
	const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
	const merged: Record<string, Encodable> = {};
	for (const name of names) {
		const value = merge(before[name], ours[name], theirs[name]);
		if (value !== undefined) merged[name] = value;
	}
	return merged;
}

/** What one side took away and the other changed stays. */
function greater(one: Encodable | undefined, other: Encodable | undefined): Encodable | undefined {
	if (one === undefined || other === undefined) return one ?? other;
	return textOf(one) > textOf(other) ? one : other;
}

function textOf(value: Encodable | undefined): string {
	if (value === undefined) return '';
	return Array.from(encodeCanonical(value), (byte) => String.fromCharCode(byte)).join('');
}

function isFields(value: Encodable | undefined): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
