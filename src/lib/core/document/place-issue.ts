// From a schema's issue to what is wrong with a text, at its place.
import type { BaseIssue } from 'valibot';
import { nearest } from '../nearest.ts';
import { shownValue, typeOf, type Place, type TextProblem } from './text-problem.ts';
import { pathText, type Path, type YamlText } from './yaml-text.ts';

/** A code with its facts, before its place is known. */
type Unplaced<Problem = TextProblem> = Problem extends unknown ? Omit<Problem, 'line' | 'column' | 'path'> : never;

/** Of a schema's issue. `path` is where the schema stands in the text; `knownKeys` are what may stand in a mapping. */
export function placeIssue(
	issue: BaseIssue<unknown>,
	yaml: YamlText,
	knownKeys: (holder: Path) => readonly string[],
	at: Path = []
): TextProblem {
	const path = [...at, ...(issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))];
	const holder = path.slice(0, -1);
	const last = String(path.at(-1) ?? '');
	if (issue.type === 'strict_object' && issue.path?.at(-1)) {
		const input: unknown = issue.path.at(-1)?.input;
		if (Array.isArray(input))
			return problemAt(yaml.placeOf(holder), holder, {
				code: 'wrong-type',
				expected: 'a mapping',
				found: 'a list'
			});
		if (issue.expected === 'never')
			return problemAt(yaml.placeOfKey(holder, last), path, {
				code: 'unknown-key',
				key: last,
				nearest: nearest(last, knownKeys(holder))
			});
		return problemAt(yaml.placeOf(holder), holder, { code: 'missing-key', key: last });
	}
	if (issue.type === 'variant' && issue.input === undefined)
		return problemAt(yaml.placeOf(holder), holder, { code: 'missing-key', key: last });
	return problemAt(yaml.placeOf(path), path, unplaced(issue));
}

function unplaced(issue: BaseIssue<unknown>): Unplaced {
	const { input, requirement } = issue as BaseIssue<unknown> & { readonly requirement?: unknown };
	const value = shownValue(input);
	if (issue.type === 'picklist' || issue.type === 'variant' || issue.type === 'literal') {
		const allowed = [...(issue.expected ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
		return { code: 'not-allowed', value, allowed, nearest: nearest(value, allowed) };
	}
	if (issue.kind === 'validation') return { code: 'out-of-range', value, rule: ruleOf(issue.type, requirement) };
	return { code: 'wrong-type', expected: expectedOf(issue), found: typeOf(input) };
}

function ruleOf(type: string, requirement: unknown): string {
	const rules: Readonly<Record<string, string>> = {
		integer: 'a whole number',
		min_value: `at least ${String(requirement)}`,
		max_value: `at most ${String(requirement)}`,
		min_length: requirement === 1 ? 'not empty' : `${String(requirement)} or more`,
		max_length: `${String(requirement)} or fewer`
	};
	return rules[type] ?? type;
}

function expectedOf({ type }: BaseIssue<unknown>): string {
	const words: Readonly<Record<string, string>> = {
		string: 'a text',
		number: 'a number',
		boolean: 'true or false',
		array: 'a list',
		strict_object: 'a mapping',
		record: 'a mapping',
		union: 'a text, a number, true, false or null'
	};
	return words[type] ?? type;
}

export function problemAt<P>(place: Place, path: Path, problem: P): Place & { readonly path: string } & P {
	return { line: place.line, column: place.column, path: pathText(path), ...problem };
}
