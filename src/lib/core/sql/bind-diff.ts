// Finds `diff('a@v1', 'a@v2', 'key')` in SQL and turns it into the query that compares the two.
import { areAlike, pairColumns, type Renames } from '../diff/column-pairs.ts';
import type { PairedRelations } from '../diff/paired-relations.ts';
import type { VersionId } from '../ids.ts';
import { ok, type Result } from '../result.ts';
import { diffSql } from '../version/diff-sql.ts';
import type { CatalogueEntry } from './bind-versions.ts';
import type { SqlFailure } from './failure.ts';
import type { Relation } from './relation.ts';
import type { SqlToken } from './tokens.ts';
import { badCall, readVersionCall, versionArgument, type CallArgument, type VersionArgument } from './version-call.ts';

/** A comparison that a text asks for. */
export type DiffCall = {
	readonly from: VersionId;
	readonly to: VersionId;
	/** None where whole rows are compared. */
	readonly key: readonly string[];
	readonly renames: Renames;
};

/** What of two versions must be read to compare them; null where nobody looked it up, so that shared segments alone are left out. */
export type FindPaired = (call: DiffCall) => PairedRelations | null;

export type BoundDiff = {
	readonly call: DiffCall;
	/** What stands in the call's place. */
	readonly sql: string;
	/** Exclusive end of the call. */
	readonly end: number;
	readonly relations: readonly Relation[];
	readonly inputs: readonly VersionId[];
};

/**
 * The call that begins at the word `diff`, when texts alone are its arguments; null when it is something else.
 *
 * Fails: sql-error for an unknown dataset, unknown-version, version-collected, too few or too many arguments
 */
export function bindDiff(
	sql: string,
	word: SqlToken,
	entries: ReadonlyMap<string, CatalogueEntry>,
	findPaired: FindPaired
): Result<BoundDiff | null, SqlFailure> {
	if (sql.slice(word.start, word.end).toLowerCase() !== 'diff') return ok(null);
	const call = readVersionCall(sql, word.end);
	if (!call) return ok(null);
	const [first, second, ...others] = call.arguments;
	if (!first || !second) {
		return badCall("diff() takes two versions, and the key's columns after them: diff('a@v1', 'a', 'id')", word.start);
	}
	const from = versionArgument('diff', first, entries);
	if (!from.ok) return from;
	const to = versionArgument('diff', second, entries);
	if (!to.ok) return to;
	const { key, renames } = readColumns(others, from.value);
	const diff = { from: from.value.relation.version, to: to.value.relation.version, key, renames };
	const paired = findPaired(diff);
	const [before, after] = paired ? [paired.rest.from, paired.rest.to] : bothSides(from.value, to.value, renames);
	return ok({
		call: diff,
		sql: diffSql(
			{ table: before.name, name: from.value.relation.name, columns: from.value.columns },
			{ table: after.name, name: to.value.relation.name, columns: to.value.columns },
			key,
			{ renames, paired: paired?.sources }
		),
		end: call.end,
		relations: [
			...(paired?.groups ?? []),
			...(paired?.sources.rest === null ? [] : [before, after, ...(paired?.gone ?? [])])
		],
		inputs: [diff.from, diff.to]
	});
}

/** The key's columns, and renames, which are written `old => new`. */
function readColumns(
	others: readonly CallArgument[],
	{ columns }: VersionArgument
): { readonly key: readonly string[]; readonly renames: Renames } {
	const renameOf = (text: string): readonly [string, string] | null => {
		if (columns.some(({ name }) => name === text)) return null;
		const parts = text.split('=>').map((part) => part.trim());
		return parts[0] && parts[1] && parts.length === 2 ? [parts[0], parts[1]] : null;
	};
	return {
		key: others.filter(({ text }) => !renameOf(text)).map(({ text }) => text),
		renames: Object.fromEntries(
			others.flatMap(({ text }) => {
				const rename = renameOf(text);
				return rename ? [rename] : [];
			})
		)
	};
}

/** Segments that both have are left out, when they mean the same columns in both. */
function bothSides(from: VersionArgument, to: VersionArgument, renames: Renames): readonly [Relation, Relation] {
	const pairs = pairColumns(from.columns, to.columns, renames);
	if (!areAlike(from.columns, to.columns, pairs)) return [from.relation, to.relation];
	const unlike = (one: Relation, other: Relation): Relation => ({
		...one,
		name: `${one.name} without ${other.name}`,
		unlike: other.version
	});
	return [unlike(from.relation, to.relation), unlike(to.relation, from.relation)];
}
