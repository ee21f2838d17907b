// A connection: what its text says, and everything that is wrong with the text, each with line and column.
import * as v from 'valibot';
import { ageMs } from '../check/age.ts';
import { placeIssue, problemAt } from '../document/place-issue.ts';
import { inOrder, isMapping, typeOf, type Place, type TextProblem } from '../document/text-problem.ts';
import { readYaml, type Path, type YamlText } from '../document/yaml-text.ts';
import { err, ok, type Result } from '../result.ts';
import {
	connectionSchema,
	type Auth,
	type driftPolicies,
	type loadModes,
	type Pages,
	type WrittenConnection
} from './connection-schema.ts';

export type LoadMode = (typeof loadModes)[number];
export type DriftPolicy = (typeof driftPolicies)[number];
export type RestFormat = 'json' | 'ndjson' | 'csv';

export type Since = {
	/** Dotted. */
	readonly field: string;
	/** Null: everything is asked for each time, and what is known is left out here. */
	readonly param: string | null;
	/** How far before the greatest value it is asked again, for rows that come late. */
	readonly lateMs: number;
};

export type Connection = {
	readonly kind: 'rest';
	readonly url: string;
	readonly method: 'GET' | 'POST';
	readonly headers: Readonly<Record<string, string>>;
	readonly query: Readonly<Record<string, string>>;
	readonly body: string | null;
	readonly format: RestFormat;
	/** Dotted path to the records, '' for the whole answer; null is found from the answer. */
	readonly records: string | null;
	readonly auth: Auth;
	/** Null is found from the first answer. */
	readonly pages: Pages | null;
	readonly maxPages: number;
	/** What stands here in an answer that says 200 is an error all the same. */
	readonly error: string | null;
	readonly since: Since | null;
	readonly perSecond: number;
	readonly load: {
		/** Null is the connection's own name. */
		readonly into: string | null;
		readonly mode: LoadMode;
		readonly key: readonly string[];
		readonly drift: DriftPolicy;
	};
};

export type ConnectionProblem =
	| TextProblem
	| (Place & { readonly path: string } & (
				| { readonly code: 'bad-address'; readonly value: string }
				| { readonly code: 'secret-in-text'; readonly name: string }
				| { readonly code: 'needs-key' }
				| { readonly code: 'append-with-key' }
				| { readonly code: 'late-without-merge' }
				| { readonly code: 'csv-alone'; readonly key: string }
				| { readonly code: 'body-of-get' }
			));

export type InvalidConnection = {
	readonly kind: 'invalid-connection';
	/** In the order of the text; at least one. */
	readonly problems: readonly ConnectionProblem[];
};

const USUAL_PAGES = 10_000;
const USUAL_PER_SECOND = 5;

export function parseConnection(text: string): Result<Connection, InvalidConnection> {
	const read = readYaml(text);
	if (!read.ok) return err({ kind: 'invalid-connection', problems: read.error });
	const yaml = read.value;
	if (!isMapping(yaml.value)) {
		const problem = { code: 'wrong-type', expected: 'a mapping', found: typeOf(yaml.value) } as const;
		return err({ kind: 'invalid-connection', problems: [problemAt(yaml.placeOf([]), [], problem)] });
	}
	const parsed = v.safeParse(connectionSchema, yaml.value);
	const problems = parsed.success ? problemsOf(parsed.output, yaml) : parsed.issues.map((issue) => placed(issue, yaml));
	if (!parsed.success || problems.length > 0) return err({ kind: 'invalid-connection', problems: inOrder(problems) });
	return ok(connectionOf(parsed.output));
}

function placed(issue: v.BaseIssue<unknown>, yaml: YamlText): ConnectionProblem {
	const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
	if (path[0] === 'url' && typeof issue.input === 'string')
		return problemAt(yaml.placeOf(path), path, { code: 'bad-address', value: issue.input.replace(/\/\/[^/]*@/, '//') });
	return placeIssue(issue, yaml, knownKeys);
}

function knownKeys(holder: Path): readonly string[] {
	const entries = connectionSchema.entries;
	if (holder.length === 0) return Object.keys(entries);
	if (holder[0] === 'load') return ['into', 'mode', 'key', 'drift'];
	return holder[0] === 'since' ? ['field', 'param', 'late'] : [];
}

/** Names that say that what stands beside them is a secret. */
const secretName = /^(authorization|proxy-authorization|cookie|.*(secret|password|token|api[-_]?key))$/i;

function problemsOf(written: WrittenConnection, yaml: YamlText): readonly ConnectionProblem[] {
	const problems: ConnectionProblem[] = [];
	const tell = (
		path: Path,
		problem: { readonly code: 'needs-key' | 'append-with-key' | 'late-without-merge' | 'body-of-get' }
	) => problems.push(problemAt(yaml.placeOf(path), path, problem));
	for (const holder of ['headers', 'query'] as const)
		for (const name of Object.keys(written[holder] ?? {}))
			if (secretName.test(name))
				problems.push(problemAt(yaml.placeOfKey([holder], name), [holder, name], { code: 'secret-in-text', name }));
	const { mode = 'full', key } = written.load ?? {};
	if (mode === 'merge' && !key) tell(['load'], { code: 'needs-key' });
	if (mode === 'append' && key) tell(['load', 'key'], { code: 'append-with-key' });
	if (written.since?.late !== undefined && mode !== 'merge') tell(['since', 'late'], { code: 'late-without-merge' });
	if (written.body !== undefined && written.method !== 'POST') tell(['body'], { code: 'body-of-get' });
	if (written.format === 'csv')
		for (const name of ['since', 'pages', 'records'] as const)
			if (written[name] !== undefined && !(name === 'pages' && written.pages?.kind === 'none'))
				problems.push(problemAt(yaml.placeOfKey([], name), [name], { code: 'csv-alone', key: name }));
	return problems;
}

function connectionOf(written: WrittenConnection): Connection {
	const { since, load, format = 'json' } = written;
	return {
		kind: written.kind,
		url: written.url,
		method: written.method ?? 'GET',
		headers: written.headers ?? {},
		query: written.query ?? {},
		body: written.body ?? null,
		format,
		records: format === 'csv' ? '' : (written.records ?? null),
		auth: written.auth ?? { kind: 'none' },
		pages: format === 'csv' ? { kind: 'none' } : (written.pages ?? null),
		maxPages: written.max_pages ?? USUAL_PAGES,
		error: written.error ?? null,
		since: since
			? {
					field: since.field,
					param: since.param ?? null,
					lateMs: since.late === undefined ? 0 : (ageMs(since.late) ?? 0)
				}
			: null,
		perSecond: written.per_second ?? USUAL_PER_SECOND,
		load: { into: load?.into ?? null, mode: load?.mode ?? 'full', key: load?.key ?? [], drift: load?.drift ?? 'ask' }
	};
}

/** What a connection has to be told besides its text, and to which address alone each may go. */
export function secretsOf({ auth, url }: Pick<Connection, 'auth' | 'url'>): readonly {
	readonly name: string;
	readonly origin: string;
}[] {
	switch (auth.kind) {
		case 'none':
			return [];
		case 'bearer':
			return [{ name: 'token', origin: originOf(url) }];
		case 'basic':
			return [{ name: 'password', origin: originOf(url) }];
		case 'api-key':
			return [{ name: 'key', origin: originOf(url) }];
		case 'oauth2':
			return [{ name: 'client secret', origin: originOf(auth.token_url) }];
	}
}

/** Scheme, host and port, in small letters. */
export function originOf(url: string): string {
	return (/^[a-z]+:\/\/[^/?#]+/i.exec(url)?.[0] ?? '').toLowerCase();
}
