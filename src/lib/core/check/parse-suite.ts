// From a suite's text to its checks, or to everything that is wrong with it, each with line and column.
import * as v from 'valibot';
import { placeIssue, problemAt } from '../document/place-issue.ts';
import { inOrder, isMapping, shownValue, typeOf, type Place, type TextProblem } from '../document/text-problem.ts';
import { readYaml, type Path, type YamlText } from '../document/yaml-text.ts';
import { nearest } from '../nearest.ts';
import { err, ok, type Result } from '../result.ts';
import { expectationNames, expectationOf } from './catalogue.ts';
import type { Expectation } from './expectation.ts';
import { rowConditionSql } from './row-condition.ts';
import type { Check, Kwargs, ResultFormat, Suite } from './suite.ts';
import { checkEntries, suiteEntries } from './suite-schema.ts';

export type SuiteProblem =
	| TextProblem
	| (Place & { readonly path: string } & (
				| { readonly code: 'unknown-expectation'; readonly name: string; readonly nearest: string | null }
				| { readonly code: 'no-expectation' }
				| { readonly code: 'two-expectations'; readonly names: readonly string[] }
				| { readonly code: 'name-taken'; readonly name: string; readonly firstLine: number }
				| { readonly code: 'bad-condition'; readonly expected: string }
			));

export type InvalidSuite = {
	readonly kind: 'invalid-suite';
	/** In the order of the text; at least one. */
	readonly problems: readonly SuiteProblem[];
};

const headSchema = v.strictObject({
	...suiteEntries,
	checks: v.optional(v.nullable(v.array(v.record(v.string(), v.unknown()))))
});
const besideSchema = v.strictObject(checkEntries);

export function parseSuite(text: string): Result<Suite, InvalidSuite> {
	const read = readYaml(text);
	if (!read.ok) return err({ kind: 'invalid-suite', problems: read.error });
	const yaml = read.value;
	const { value } = yaml;
	if (!isMapping(value)) {
		const problem = { code: 'wrong-type', expected: 'a mapping', found: typeOf(value) } as const;
		return err({ kind: 'invalid-suite', problems: [problemAt(yaml.placeOf([]), [], problem)] });
	}
	const head = v.safeParse(headSchema, value);
	const problems: SuiteProblem[] = [];
	if (!head.success) {
		const known = (holder: Path): readonly string[] => (holder.length === 0 ? Object.keys(headSchema.entries) : []);
		problems.push(...head.issues.map((issue) => placeIssue(issue, yaml, known)));
	}
	const given: readonly unknown[] = Array.isArray(value['checks']) ? value['checks'] : [];
	const usual = head.success ? (head.output.result_format ?? 'SUMMARY') : 'SUMMARY';
	const checks: Check[] = [];
	for (const [index, one] of given.entries()) {
		if (!isMapping(one)) continue;
		const check = readCheck(one, index, usual, yaml);
		if (check.ok) checks.push(check.value);
		else problems.push(...check.error);
	}
	const named = nameChecks(checks, yaml, problems);
	if (problems.length > 0 || !head.success) return err({ kind: 'invalid-suite', problems: inOrder(problems) });
	const { description = null, dataset = null, key = null } = head.output;
	return ok({ description, dataset, key, checks: named });
}

function readCheck(
	given: Readonly<Record<string, unknown>>,
	index: number,
	usual: ResultFormat,
	yaml: YamlText
): Result<Check, readonly SuiteProblem[]> {
	const path: Path = ['checks', index];
	const names = Object.keys(given).filter((key) => !(key in checkEntries));
	const [name] = names;
	if (name === undefined) return err([problemAt(yaml.placeOf(path), path, { code: 'no-expectation' })]);
	const found = expectationOf(name);
	if (!found) {
		const known = [...expectationNames, ...Object.keys(checkEntries)];
		const problem = { code: 'unknown-expectation', name, nearest: nearest(name, known) } as const;
		return err([problemAt(yaml.placeOfKey(path, name), [...path, name], problem)]);
	}
	const [, second] = names;
	if (second !== undefined)
		return err([problemAt(yaml.placeOfKey(path, second), [...path, second], { code: 'two-expectations', names })]);
	const { [name]: kwargs, ...rest } = given;
	const beside = v.safeParse(besideSchema, rest);
	const problems: SuiteProblem[] = beside.success
		? []
		: beside.issues.map((issue) => placeIssue(issue, yaml, () => Object.keys(checkEntries), path));
	const read = readKwargs(found, kwargs ?? {}, yaml, [...path, name]);
	if (!read.ok) return err([...problems, ...read.error]);
	if (!beside.success) return err(problems);
	const { severity = 'fail', description = null, result_format = usual, disabled = false } = beside.output;
	return ok({
		name: beside.output.name ?? '',
		expectation: name,
		kwargs: read.value,
		severity,
		description,
		resultFormat: result_format,
		isDisabled: disabled,
		index,
		line: yaml.placeOf(path).line
	});
}

function readKwargs(
	{ schema, entries }: Expectation,
	given: unknown,
	yaml: YamlText,
	path: Path
): Result<Kwargs, readonly SuiteProblem[]> {
	const parsed = v.safeParse(schema, given);
	if (!parsed.success)
		return err(parsed.issues.map((issue) => placeIssue(issue, yaml, () => Object.keys(entries), path)));
	// As they were written: what was left out has its default when it is planned.
	const kwargs = given as Kwargs;
	const condition = rowConditionSql(kwargs);
	if (condition.ok) return ok(kwargs);
	const at = [...path, 'row_condition'];
	const expected = 'expected' in condition.error ? condition.error.expected : shownValue(kwargs['row_condition']);
	return err([problemAt(yaml.placeOf(at), at, { code: 'bad-condition', expected })]);
}

/** A name of its own for each: the expectation without its `expect_`, with what it is about, and a number where that is not enough. */
function nameChecks(checks: readonly Check[], yaml: YamlText, problems: SuiteProblem[]): readonly Check[] {
	const firstLines = new Map<string, number>();
	for (const { name, index, line } of checks) {
		if (name === '') continue;
		const firstLine = firstLines.get(name.toLowerCase());
		const at = ['checks', index, 'name'];
		if (firstLine !== undefined)
			problems.push(problemAt(yaml.placeOf(at), at, { code: 'name-taken', name, firstLine }));
		else firstLines.set(name.toLowerCase(), line);
	}
	const taken = new Set(firstLines.keys());
	return checks.map((check) => {
		if (check.name !== '') return check;
		const base = usualName(check);
		let name = base;
		for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base} (${number})`;
		taken.add(name.toLowerCase());
		return { ...check, name };
	});
}

export function usualName({ expectation, kwargs }: Pick<Check, 'expectation' | 'kwargs'>): string {
	const { column, column_A, column_B, column_list } = kwargs;
	const about = [column, column_A, column_B, ...(Array.isArray(column_list) ? (column_list as unknown[]) : [])];
	const names = about.filter((name) => typeof name === 'string');
	const what = expectation.replace(/^expect_/, '').replaceAll('_', ' ');
	return names.length === 0 ? what : `${names.join(', ')}: ${what.replace(/^column (?:values |value )?/, '')}`;
}
