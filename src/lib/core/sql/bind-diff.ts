// Finds `diff('a@v1', 'a@v2', 'key')` in SQL and turns it into the query that compares the two.
import { areAlike, pairColumns, type Renames } from '../diff/column-pairs.ts';
import type { PairedRelations } from '../diff/paired-relations.ts';
import type { VersionId } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import { diffSql } from '../version/diff-sql.ts';
import type { Column } from '../version/version.ts';
import type { CatalogueEntry } from './bind-versions.ts';
import type { SqlFailure } from './failure.ts';
import type { Relation } from './relation.ts';
import { resolveVersion, versionFailure } from './resolve-version.ts';
import { tokenAt, type SqlToken } from './tokens.ts';

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

type Argument = { readonly text: string; readonly start: number };
type Side = { readonly relation: Relation; readonly columns: readonly Column[] };

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
	const call = readCall(sql, word.end);
	if (!call) return ok(null);
	const [first, second, ...others] = call.arguments;
	if (!first || !second) {
		return refused("diff() takes two versions, and the key's columns after them: diff('a@v1', 'a', 'id')", word.start);
	}
	const from = sideOf(first, entries);
	if (!from.ok) return from;
	const to = sideOf(second, entries);
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
	others: readonly Argument[],
	{ columns }: Side
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
function bothSides(from: Side, to: Side, renames: Renames): readonly [Relation, Relation] {
	const pairs = pairColumns(from.columns, to.columns, renames);
	if (!areAlike(from.columns, to.columns, pairs)) return [from.relation, to.relation];
	const unlike = (one: Relation, other: Relation): Relation => ({
		...one,
		name: `${one.name} without ${other.name}`,
		unlike: other.version
	});
	return [unlike(from.relation, to.relation), unlike(to.relation, from.relation)];
}

function readCall(sql: string, from: number): { readonly arguments: readonly Argument[]; readonly end: number } | null {
	const found: Argument[] = [];
	let expected: '(' | 'text' | ', or )' = '(';
	for (let at = from; at < sql.length;) {
		const token = tokenAt(sql, at);
		const text = sql.slice(token.start, token.end);
		at = token.end;
		if (token.kind === 'space' || token.kind === 'comment') continue;
		if (expected === '(') {
			if (text !== '(') return null;
			expected = 'text';
		} else if (expected === 'text') {
			if (token.kind !== 'string' || !text.startsWith("'")) return null;
			found.push({ text: text.slice(1, -1).replaceAll("''", "'"), start: token.start });
			expected = ', or )';
		} else if (text === ')') return { arguments: found, end: token.end };
		else if (text === ',') expected = 'text';
		else return null;
	}
	return null;
}

function sideOf({ text, start }: Argument, entries: ReadonlyMap<string, CatalogueEntry>): Result<Side, SqlFailure> {
	const mark = text.lastIndexOf('@');
	const whole = entries.get(text.toLowerCase());
	const entry = whole ?? entries.get(text.slice(0, Math.max(mark, 0)).toLowerCase());
	if (!entry) {
		const names = [...entries.values()].map(({ name }) => name);
		return refused(`diff() knows no dataset "${mark > 0 ? text.slice(0, mark) : text}"`, start, names);
	}
	const version = whole ? null : text.slice(mark + 1);
	const resolved = version === null ? ok(headOf(entry)) : resolveVersion(entry, version);
	if (!resolved.ok) return err(versionFailure(entry, version ?? '', start, resolved.error));
	const relation = resolved.value;
	if (relation.rows !== 'data') return err(versionFailure(entry, version ?? '', start, { collectedAtMs: null }));
	return ok({ relation, columns: entry.reached.find(({ id }) => id === relation.version)?.columns ?? [] });
}

function headOf({ name, head }: CatalogueEntry): Relation {
	return { name, version: head, rows: 'data' };
}

function refused(
	message: string,
	position: number,
	candidates: readonly string[] = []
): { readonly ok: false; readonly error: SqlFailure } {
	return err({ kind: 'sql-error', type: 'Binder', message, position, candidates });
}
