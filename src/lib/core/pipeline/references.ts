// `${{ params.x }}` in texts of a pipeline: found, checked, and filled in; in SQL as typed literals, never as text.
import { err, ok, type Result } from '../result.ts';
import { quoteTyped } from '../sql/quote.ts';
import { rewrite, type Rewritten } from '../sql/rewrite.ts';
import { tokenize } from '../sql/tokens.ts';
import type { Param, ParamType, Scalar } from './pipeline.ts';

export type Reference = {
	/** Such as `params.day`. */
	readonly name: string;
	readonly start: number;
	readonly end: number;
};

export type ScopeValue = { readonly type: ParamType; readonly value: Scalar };
/** By name, such as `params.day` or `item`. */
export type Scope = ReadonlyMap<string, ScopeValue>;

export type ReferenceProblem =
	| { readonly code: 'reference-in-quotes'; readonly name: string; readonly position: number }
	| { readonly code: 'open-reference'; readonly name: string; readonly position: number }
	| { readonly code: 'unknown-reference'; readonly name: string; readonly position: number };

export function referencesIn(text: string): Result<readonly Reference[], ReferenceProblem> {
	const found: Reference[] = [];
	let at = 0;
	for (;;) {
		const start = text.indexOf('${{', at);
		if (start < 0) return ok(found);
		const close = text.indexOf('}}', start);
		const name = text.slice(start + 3, close < 0 ? start + 43 : close).trim();
		if (close < 0 || name.includes('${{')) return err({ code: 'open-reference', name, position: start });
		at = close + 2;
		found.push({ name, start, end: at });
	}
}

/** References of a SQL text; one inside quotes or a comment would be no value, and is refused. */
export function sqlReferences(sql: string): Result<readonly Reference[], ReferenceProblem> {
	const found = referencesIn(sql);
	if (!found.ok || found.value.length === 0) return found;
	const marked = withMarks(sql, found.value);
	const starts = new Set(
		tokenize(marked.sql)
			.filter(({ kind }) => kind === 'parameter')
			.map(({ start }) => marked.toOriginal(start))
	);
	const hidden = found.value.find(({ start }) => !starts.has(start));
	return hidden ? err({ code: 'reference-in-quotes', name: hidden.name, position: hidden.start }) : found;
}

/** A SQL text with values in the place of its references. */
export function fillSql(sql: string, scope: Scope): Result<Rewritten, ReferenceProblem> {
	const found = sqlReferences(sql);
	if (!found.ok) return found;
	const edits: { start: number; end: number; text: string }[] = [];
	for (const { name, start, end } of found.value) {
		const value = scope.get(name);
		if (!value) return err({ code: 'unknown-reference', name, position: start });
		edits.push({ start, end, text: quoteTyped(value.value, value.type) });
	}
	return ok(rewrite(sql, edits));
}

/** Any other text, such as a name or a message. */
export function fillText(text: string, scope: Scope): Result<string, ReferenceProblem> {
	return fill(text, scope, (value) => value);
}

/** An address: what is filled in behind its beginning is escaped. */
export function fillUrl(text: string, scope: Scope): Result<string, ReferenceProblem> {
	return fill(text, scope, (value, start) => (start === 0 ? value : encodeURIComponent(value)));
}

function fill(
	text: string,
	scope: Scope,
	shape: (value: string, start: number) => string
): Result<string, ReferenceProblem> {
	const found = referencesIn(text);
	if (!found.ok) return found;
	const edits: { start: number; end: number; text: string }[] = [];
	for (const { name, start, end } of found.value) {
		const value = scope.get(name);
		if (!value) return err({ code: 'unknown-reference', name, position: start });
		edits.push({ start, end, text: shape(value.value === null ? '' : String(value.value), start) });
	}
	return ok(rewrite(text, edits).sql);
}

/** A value that a parameter can have, made one of its type; undefined when it cannot be. */
export function valueOfType(type: ParamType, value: unknown): Scalar | undefined {
	if (value === null) return null;
	switch (type) {
		case 'text':
			return typeof value === 'string' ? value : undefined;
		case 'integer':
			return Number.isSafeInteger(value) ? (value as number) : undefined;
		case 'number':
			return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
		case 'boolean':
			return typeof value === 'boolean' ? value : undefined;
		case 'date':
			return typeof value === 'string' && isDate(value) ? value : undefined;
		case 'timestamp':
			return typeof value === 'string' && isTimestamp(value) ? value : undefined;
	}
}

/** The type a scalar has of its own. */
export function typeOfValue(value: Scalar): ParamType {
	if (typeof value === 'boolean') return 'boolean';
	if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
	return 'text';
}

export type ParamsFailure =
	| { readonly kind: 'missing-parameter'; readonly name: string; readonly type: ParamType }
	| { readonly kind: 'unknown-parameter'; readonly name: string; readonly known: readonly string[] }
	| { readonly kind: 'parameter-of-wrong-type'; readonly name: string; readonly type: ParamType };

/** Every parameter with its value: the given one, else the default. */
export function fillParams(
	params: readonly Param[],
	given: Readonly<Record<string, unknown>>
): Result<Readonly<Record<string, Scalar>>, ParamsFailure> {
	const known = params.map(({ name }) => name);
	const unknown = Object.keys(given).find((name) => !known.includes(name));
	if (unknown !== undefined) return err({ kind: 'unknown-parameter', name: unknown, known });
	const values: Record<string, Scalar> = {};
	for (const { name, type, default: fallback } of params) {
		const value = given[name] === undefined ? fallback : valueOfType(type, given[name]);
		if (value === undefined)
			return given[name] === undefined
				? err({ kind: 'missing-parameter', name, type })
				: err({ kind: 'parameter-of-wrong-type', name, type });
		values[name] = value;
	}
	return ok(values);
}

function withMarks(sql: string, references: readonly Reference[]): Rewritten {
	return rewrite(
		sql,
		references.map(({ start, end }, index) => ({ start, end, text: `$${index + 1}` }))
	);
}

function isDate(text: string): boolean {
	const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
	if (!match) return false;
	const time = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isTimestamp(text: string): boolean {
	return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?$/.test(text) && isDate(text.slice(0, 10))
		? !Number.isNaN(Date.parse(text.replace(' ', 'T').replace(/Z?$/, 'Z')))
		: false;
}
