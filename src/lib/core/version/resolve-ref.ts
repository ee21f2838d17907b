// The version that a text names: a number, a branch, a tag, the start of an id, or a time.
import type { VersionId } from '../ids.ts';
import type { Version } from './version.ts';

/** Shortest start of a version's id that names it. */
export const ID_PREFIX_MIN = 8;

/** What of a version a text can name. */
export type NamedVersion<Id = VersionId> = Pick<Version, 'createdAtMs'> & { readonly id: Id };

export type RefNames<Id = VersionId> = {
	/** Of the open branch, oldest first, those that were collected too: `v1` is the first. */
	readonly history: readonly NamedVersion<Id>[];
	/** Heads of all branches, and tags, by name. */
	readonly refs: Readonly<Record<string, Id>>;
	/** Whatever a branch or tag reaches. */
	readonly reached: readonly Pick<NamedVersion<Id>, 'id'>[];
};

/**
 * Tried in this order: `v2`, a branch or tag, an id or the start of one, a time such as `2026-03-01` or
 * `2026-03-01T12:30`, which is UTC unless it says otherwise and names the newest version of the open branch until then.
 * Null when nothing, or more than one version, is meant. What is meant may be a version that was collected.
 */
export function resolveRef<Id extends string>({ history, refs, reached }: RefNames<Id>, text: string): Id | null {
	const ordinal = /^v([1-9]\d*)$/i.exec(text)?.[1];
	if (ordinal !== undefined) return history[Number(ordinal) - 1]?.id ?? null;
	const named = Object.hasOwn(refs, text) ? refs[text] : undefined;
	if (named !== undefined) return named;
	const time = timeOf(text);
	if (time !== null) return history.findLast(({ createdAtMs }) => createdAtMs <= time)?.id ?? null;
	const found = text.length >= ID_PREFIX_MIN ? reached.filter(({ id }) => id.startsWith(text)) : [];
	return found.length === 1 ? (found[0]?.id ?? null) : null;
}

function timeOf(text: string): number | null {
	const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text);
	if (!parts) return null;
	const [, day = '', time, zone] = parts;
	const parsed = Date.parse(time === undefined ? day : `${day}T${time}${zone ?? 'Z'}`);
	return Number.isNaN(parsed) ? null : parsed;
}
