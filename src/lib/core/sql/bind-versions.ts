// Finds datasets, `name@version` and `name@rejects` in SQL and turns them into views the engine can be given.
import type { VersionId } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import type { CollectedVersion } from '../version/history.ts';
import type { NamedVersion, RefNames } from '../version/resolve-ref.ts';
import type { Column } from '../version/version.ts';
import { bindDiff, type DiffCall, type FindPaired } from './bind-diff.ts';
import type { SqlFailure } from './failure.ts';
import { quoteName } from './quote.ts';
import type { Relation } from './relation.ts';
import { resolveVersion, versionFailure } from './resolve-version.ts';
import { rewrite, type Edit } from './rewrite.ts';
import { TablePositions } from './table-positions.ts';
import { identifierOf, tokenAt, type SqlToken } from './tokens.ts';

export type CatalogueEntry = Omit<RefNames, 'reached'> & {
	readonly name: string;
	readonly head: VersionId;
	/** Whatever a branch or tag reaches, with its columns. */
	readonly reached: readonly (NamedVersion & { readonly columns: readonly Column[] })[];
	/** Versions that were let go for good: naming one tells when. */
	readonly collected?: readonly Pick<CollectedVersion, 'id' | 'collectedAtMs'>[];
	/** Whether the head has rows that did not fit. */
	readonly hasRejects: boolean;
};

export type BoundSql = {
	readonly sql: string;
	/** Every view the text may need, each once. */
	readonly relations: readonly Relation[];
	/** Versions the text reads, for lineage, in order of first use. */
	readonly inputs: readonly VersionId[];
	/** Comparisons it asks for. */
	readonly diffs: readonly DiffCall[];
	/** A UTF-16 position in `sql` as one in the text a person wrote. */
	readonly toOriginal: (position: number) => number;
};

/**
 * Rewrites `name@v2`, `name@<branch, tag, start of an id or time>` and `name@rejects` to quoted view names, and `diff('a', 'b')` to a query.
 *
 * Names match without regard to case, bare or quoted; `@` must touch both sides. Any other `@` and all texts stay.
 * Fails: unknown-version · version-collected
 */
export function bindVersions(
	sql: string,
	catalogue: readonly CatalogueEntry[],
	findPaired: FindPaired = () => null
): Result<BoundSql, SqlFailure> {
	const entries: EntryByName = new Map(catalogue.map((entry) => [entry.name.toLowerCase(), entry]));
	const relations = new Map<string, Relation>();
	const inputs = new Set<VersionId>();
	const diffs: DiffCall[] = [];
	const edits: Edit[] = [];
	const positions = new TablePositions();
	let at = 0;
	while (at < sql.length) {
		const token = tokenAt(sql, at);
		at = token.end;
		if (isTrivia(token)) continue;
		const diff = positions.expectsTable && token.kind === 'word' ? bindDiff(sql, token, entries, findPaired) : ok(null);
		if (!diff.ok) return diff;
		if (diff.value) {
			for (const relation of diff.value.relations) relations.set(relation.name, relation);
			for (const input of diff.value.inputs) inputs.add(input);
			diffs.push(diff.value.call);
			at = diff.value.end;
			edits.push({ start: token.start, end: at, text: diff.value.sql });
			positions.take('diff', 'word');
			continue;
		}
		const reference = positions.afterDot ? null : referenceAt(sql, token, entries);
		if (reference && reference.version === null) {
			const { name, head } = reference.entry;
			if (nextText(sql, at) !== '(') relations.set(name, { name, version: head, rows: 'data' });
			if (positions.expectsTable && nextText(sql, at) !== '(') inputs.add(head);
		} else if (reference && reference.version !== null) {
			const { entry, version, versionStart } = reference;
			const relation = resolveVersion(entry, version);
			if (!relation.ok) return err(versionFailure(entry, version, versionStart, relation.error));
			relations.set(relation.value.name, relation.value);
			inputs.add(relation.value.version);
			at = reference.end;
			edits.push({ start: token.start, end: at, text: quoteName(relation.value.name) });
		}
		positions.take(sql.slice(token.start, token.end), token.kind);
	}
	return ok({ ...rewrite(sql, edits), relations: [...relations.values()], inputs: [...inputs], diffs });
}

type EntryByName = ReadonlyMap<string, CatalogueEntry>;
type Reference =
	| { readonly entry: CatalogueEntry; readonly version: null }
	| { readonly entry: CatalogueEntry; readonly version: string; readonly versionStart: number; readonly end: number };

function referenceAt(sql: string, token: SqlToken, entries: EntryByName): Reference | null {
	if (token.kind !== 'word' && token.kind !== 'quoted') return null;
	const name = identifierOf(sql, token);
	const entry = entries.get(name.toLowerCase());
	if (entry) {
		const version = sql[token.end] === '@' ? versionText(entry, sql.slice(token.end + 1)) : '';
		if (version === '') return { entry, version: null };
		return { entry, version, versionStart: token.end + 1, end: token.end + 1 + version.length };
	}
	// The engine's errors and completions name views as "name@v2", so people type that too.
	const mark = name.lastIndexOf('@');
	const inner = token.kind === 'quoted' && mark > 0 ? entries.get(name.slice(0, mark).toLowerCase()) : undefined;
	if (!inner) return null;
	return { entry: inner, version: name.slice(mark + 1), versionStart: token.start, end: token.end };
}

/** The part of `text` that names a version; `''` when the `@` before it means something else. */
function versionText(entry: CatalogueEntry, text: string): string {
	// What follows may be a column, arithmetic or a comment: `t@v2.a`, `t@v2-1`, `t@v2--new`.
	for (const shape of [/^\d[\d-]*[Tt][\d:.]*\d[Zz]?/, /^[\p{L}\p{N}._-]*[\p{L}\p{N}]/u, /^[\p{L}\p{N}_-]*/u]) {
		const longest = shape.exec(text)?.[0] ?? '';
		const resolved = resolveVersion(entry, longest);
		if (resolved.ok || resolved.error.collectedAtMs !== null) return longest;
	}
	return /^[\p{L}\p{N}_]*/u.exec(text)?.[0] ?? '';
}

function nextText(sql: string, from: number): string {
	let at = from;
	while (at < sql.length) {
		const token = tokenAt(sql, at);
		if (!isTrivia(token)) return sql.slice(token.start, token.end);
		at = token.end;
	}
	return '';
}

function isTrivia(token: SqlToken): boolean {
	return token.kind === 'space' || token.kind === 'comment';
}
