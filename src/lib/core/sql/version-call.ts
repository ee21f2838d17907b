// A call in SQL whose arguments are texts that name versions: `diff('a@v1', 'a')`, `drift('a@v1', 'a')`.
import { err, ok, type Result } from '../result.ts';
import type { Column } from '../version/version.ts';
import type { CatalogueEntry } from './bind-versions.ts';
import type { SqlFailure } from './failure.ts';
import type { Relation } from './relation.ts';
import { resolveVersion, versionFailure } from './resolve-version.ts';
import { tokenAt } from './tokens.ts';

export type CallArgument = { readonly text: string; readonly start: number };
export type VersionArgument = { readonly relation: Relation; readonly columns: readonly Column[] };
export type VersionCall = { readonly arguments: readonly CallArgument[]; readonly end: number };

/** What stands from `from` on, behind the function's name; null when it is no call of texts alone. */
export function readVersionCall(sql: string, from: number): VersionCall | null {
	const found: CallArgument[] = [];
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

/** Fails: sql-error for an unknown dataset, unknown-version, version-collected */
export function versionArgument(
	called: string,
	{ text, start }: CallArgument,
	entries: ReadonlyMap<string, CatalogueEntry>
): Result<VersionArgument, SqlFailure> {
	const mark = text.lastIndexOf('@');
	const whole = entries.get(text.toLowerCase());
	const entry = whole ?? entries.get(text.slice(0, Math.max(mark, 0)).toLowerCase());
	if (!entry) {
		const names = [...entries.values()].map(({ name }) => name);
		return badCall(`${called}() knows no dataset "${mark > 0 ? text.slice(0, mark) : text}"`, start, names);
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

export function badCall(
	message: string,
	position: number,
	candidates: readonly string[] = []
): { readonly ok: false; readonly error: SqlFailure } {
	return err({ kind: 'sql-error', type: 'Binder', message, position, candidates });
}
