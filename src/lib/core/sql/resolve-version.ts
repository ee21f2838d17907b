// The relation that the text after `@` names.
import { resolveRef } from '../version/resolve-ref.ts';
import type { CatalogueEntry } from './bind-versions.ts';
import type { Relation } from './relation.ts';

/** `rejects`, or whatever `resolveRef` takes; null when nothing, or more than one version, is meant. */
export function resolveVersion(entry: CatalogueEntry, text: string): Relation | null {
	const { name, head, hasRejects } = entry;
	if (text.toLowerCase() === 'rejects') {
		return hasRejects ? { name: `${name}@rejects`, version: head, rows: 'rejects' } : null;
	}
	const version = resolveRef(entry, text);
	if (version === null) return null;
	const number = entry.history.findIndex(({ id }) => id === version) + 1;
	return { name: number > 0 ? `${name}@v${number}` : `${name}@${version.slice(0, 12)}`, version, rows: 'data' };
}
