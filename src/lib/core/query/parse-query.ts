// From a named query's text to the query, or to everything that is wrong with it, each with line and column.
import * as v from 'valibot';
import { ageMs } from '../check/age.ts';
import { placeIssue, problemAt } from '../document/place-issue.ts';
import { inOrder, isMapping, shownValue, typeOf, type Place, type TextProblem } from '../document/text-problem.ts';
import { readYaml, type Path, type YamlText } from '../document/yaml-text.ts';
import { nearest } from '../nearest.ts';
import { err, ok, type Result } from '../result.ts';
import { splitStatements, tokenize } from '../sql/tokens.ts';
import { PAGE_ROWS, type NamedQuery, type Parameter, type ParameterText } from './named-query.ts';
import { compareValues, hasBounds, readValue } from './parameter-value.ts';
import {
	nameShape,
	parameterEntries,
	queryEntries,
	querySchema,
	ttlShape,
	type WrittenParameter
} from './query-schema.ts';
import { readArgument } from './read-arguments.ts';

export type QueryProblem =
	| TextProblem
	| (Place & { readonly path: string } & (
				| { readonly code: 'bad-ttl'; readonly value: string }
				| { readonly code: 'bad-parameter-name'; readonly name: string }
				| { readonly code: 'bad-value'; readonly value: string; readonly expected: string }
				/** `min` above `max`, or a default that its own rules refuse. */
				| { readonly code: 'refused-value'; readonly value: string; readonly rule: string }
				| { readonly code: 'no-bounds'; readonly type: string }
				| { readonly code: 'list-of-what' }
				| { readonly code: 'not-a-list'; readonly type: string }
				| { readonly code: 'undeclared-parameter'; readonly name: string; readonly nearest: string | null }
				| { readonly code: 'unused-parameter'; readonly name: string }
				| { readonly code: 'unnamed-parameter'; readonly written: string }
				| { readonly code: 'one-statement' }
				| { readonly code: 'not-a-query'; readonly begins: string }
			));

export type InvalidQueryText = {
	readonly kind: 'invalid-query-text';
	/** In the order of the text; at least one. */
	readonly problems: readonly QueryProblem[];
};

export function parseQuery(text: string): Result<NamedQuery, InvalidQueryText> {
	const read = readYaml(text);
	if (!read.ok) return err({ kind: 'invalid-query-text', problems: read.error });
	const yaml = read.value;
	const { value } = yaml;
	if (!isMapping(value)) {
		const problem = { code: 'wrong-type', expected: 'a mapping', found: typeOf(value) } as const;
		return err({ kind: 'invalid-query-text', problems: [problemAt(yaml.placeOf([]), [], problem)] });
	}
	const parsed = v.safeParse(querySchema, value);
	if (!parsed.success) {
		const problems = inOrder(parsed.issues.map((issue) => placed(issue, yaml)));
		return err({ kind: 'invalid-query-text', problems });
	}
	const { description = null, sql, parameters, ttl, page = PAGE_ROWS } = parsed.output;
	const problems: QueryProblem[] = [];
	const declared = Object.entries(parameters ?? {}).flatMap(([name, written]) => {
		const parameter = readParameter(name, written, yaml);
		if (parameter.ok) return [parameter.value];
		problems.push(...parameter.error);
		return [];
	});
	problems.push(...sqlProblems(sql, Object.keys(parameters ?? {}), yaml));
	if (problems.length > 0) return err({ kind: 'invalid-query-text', problems: inOrder(problems) });
	return ok({
		description,
		sql,
		parameters: declared,
		ttlMs: ttl === undefined ? null : ageMs(ttl),
		pageRows: page
	});
}

function placed(issue: v.BaseIssue<unknown>, yaml: YamlText): QueryProblem {
	const path = (issue.path ?? []).map(({ key }) => String(key));
	if ('requirement' in issue && issue.requirement === ttlShape)
		return problemAt(yaml.placeOf(path), path, { code: 'bad-ttl', value: shownValue(issue.input) });
	if ('requirement' in issue && issue.requirement === nameShape) {
		const name = path.at(-1) ?? '';
		return problemAt(yaml.placeOfKey(['parameters'], name), path, { code: 'bad-parameter-name', name });
	}
	return placeIssue(issue, yaml, (holder: Path) =>
		Object.keys(holder.length === 0 ? queryEntries : holder.length === 2 ? parameterEntries : {})
	);
}

function readParameter(
	name: string,
	written: WrittenParameter,
	yaml: YamlText
): Result<Parameter, readonly QueryProblem[]> {
	const at: Path = ['parameters', name];
	const isList = written.type === 'list';
	const type = written.type === 'list' ? written.of : written.type;
	if (type === undefined) return err([problemAt(yaml.placeOf(at), at, { code: 'list-of-what' })]);
	const problems: QueryProblem[] = [];
	const tell = (key: string, problem: ProblemFacts): void => {
		problems.push(problemAt(yaml.placeOf([...at, key]), [...at, key], problem));
	};
	const one = (key: string, given: unknown): ParameterText | null => {
		const value = readValue(type, given);
		if (value.ok) return value.value;
		tell(key, { code: 'bad-value', value: shownValue(given), expected: value.error.expected });
		return null;
	};
	const bound = (key: 'min' | 'max'): ParameterText | null => {
		if (written[key] === undefined) return null;
		if (hasBounds(type)) return one(key, written[key]);
		tell(key, { code: 'no-bounds', type });
		return null;
	};
	if (!isList && written.of !== undefined) tell('of', { code: 'not-a-list', type });
	const [min, max] = [bound('min'), bound('max')];
	if (min !== null && max !== null && compareValues(type, min, max) > 0)
		tell('max', { code: 'refused-value', value: max, rule: `at least ${min}, which is the min` });
	const allowed = written.allowed?.flatMap((given) => one('allowed', given) ?? []) ?? null;
	const parameter: Parameter = {
		name,
		type,
		isList,
		description: written.description ?? null,
		default: null,
		isRequired: written.required ?? written.default === undefined,
		allowed,
		min,
		max
	};
	if (problems.length > 0) return err(problems);
	if (written.default === undefined) return ok(parameter);
	const value = readArgument(parameter, written.default);
	if (value.ok) return ok({ ...parameter, default: value.value });
	tell('default', { code: 'refused-value', value: shownValue(written.default), rule: value.error.expected });
	return err(problems);
}

type ProblemFacts =
	Extract<QueryProblem, { code: 'bad-value' | 'refused-value' | 'no-bounds' | 'not-a-list' }> extends infer P
		? P extends unknown
			? Omit<P, 'line' | 'column' | 'path'>
			: never
		: never;

/** A text that begins so only reads. */
const readingWords = new Set(['select', 'with', 'from', 'values', 'pivot', 'unpivot', 'summarize', 'table']);

function sqlProblems(sql: string, declared: readonly string[], yaml: YamlText): readonly QueryProblem[] {
	const path: Path = ['sql'];
	const problems: QueryProblem[] = [];
	const statements = splitStatements(sql);
	const [first, second] = statements;
	if (second) problems.push(problemAt(yaml.placeIn(path, second.start), path, { code: 'one-statement' }));
	const begins = /^\W*(\w*)/.exec(first ? sql.slice(first.start, first.end) : '')?.[1] ?? '';
	if (!readingWords.has(begins.toLowerCase()))
		problems.push(problemAt(yaml.placeIn(path, first?.start ?? 0), path, { code: 'not-a-query', begins }));
	const used = new Set<string>();
	for (const token of tokenize(sql)) {
		if (token.kind !== 'parameter') continue;
		const written = sql.slice(token.start, token.end);
		const name = written.slice(1);
		const place = yaml.placeIn(path, token.start);
		if (!nameShape.test(name)) problems.push(problemAt(place, path, { code: 'unnamed-parameter', written }));
		else if (!declared.includes(name))
			problems.push(problemAt(place, path, { code: 'undeclared-parameter', name, nearest: nearest(name, declared) }));
		used.add(name);
	}
	for (const name of declared)
		if (!used.has(name)) {
			const place = yaml.placeOfKey(['parameters'], name);
			problems.push(problemAt(place, ['parameters', name], { code: 'unused-parameter', name }));
		}
	return problems;
}
