// The relation that the text after `@` names.
import { err, ok, type Result } from '../result.ts';
import { numberIn } from '../version/history.ts';
import { resolveRef } from '../version/resolve-ref.ts';
import type { CatalogueEntry } from './bind-versions.ts';
import type { SqlFailure } from './failure.ts';
import type { Relation } from './relation.ts';

/** When a version that is meant was collected; null when nothing, or more than one version, is meant. */
export type Unresolved = { readonly collectedAtMs: number | null };

/** `rejects`, or whatever `resolveRef` takes. */
export function resolveVersion(entry: CatalogueEntry, text: string): Result<Relation, Unresolved> {
	const { name, head, hasRejects, collected = [] } = entry;
	const unknown = err({ collectedAtMs: null });
	if (text.toLowerCase() === 'rejects')
		return hasRejects ? ok({ name: `${name}@rejects`, version: head, rows: 'rejects' }) : unknown;
	const version = resolveRef({ ...entry, reached: [...entry.reached, ...collected] }, text);
	if (version === null) return unknown;
	const gone = collected.find(({ id }) => id === version);
	if (gone) return err({ collectedAtMs: gone.collectedAtMs });
	const number = numberIn(entry.history, version);
	return ok({
		name: number === null ? `${name}@${version.slice(0, 12)}` : `${name}@v${number}`,
		version,
		rows: 'data'
	});
}

export function versionFailure(
	{ name }: Pick<CatalogueEntry, 'name'>,
	version: string,
	position: number,
	{ collectedAtMs }: Unresolved
): SqlFailure {
	return collectedAtMs === null
		? { kind: 'unknown-version', dataset: name, version, position }
		: { kind: 'version-collected', dataset: name, version, collectedAtMs, position };
}
