// The version that the text after `@` names.
import type { CatalogueEntry } from './bind-versions.ts';
import type { Relation } from './relation.ts';

/** Shortest start of a version's id that names it. */
export const ID_PREFIX_MIN = 8;

/** `v2` counts from the oldest, anything else is the start of an id, or `rejects`; null when nothing, or more than one, is meant. */
export function resolveVersion({ name, head, versions, hasRejects }: CatalogueEntry, text: string): Relation | null {
	if (text.toLowerCase() === 'rejects') {
		return hasRejects ? { name: `${name}@rejects`, version: head, rows: 'rejects' } : null;
	}
	const ordinal = /^v([1-9]\d*)$/i.exec(text)?.[1];
	const byPrefix = text.length >= ID_PREFIX_MIN ? versions.filter((id) => id.startsWith(text)) : [];
	const index =
		ordinal !== undefined ? Number(ordinal) - 1 : byPrefix.length === 1 ? versions.indexOf(byPrefix[0] ?? head) : -1;
	const version = versions[index];
	return version === undefined ? null : { name: `${name}@v${index + 1}`, version, rows: 'data' };
}
