// From a pipeline's text to a typed pipeline, or to everything that is wrong with it, each with line and column.
import { safeParse, type BaseIssue } from 'valibot';
import { err, ok, type Result } from '../result.ts';
import { checkPipeline } from './check-pipeline.ts';
import { lowerPipeline } from './lower-pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import { durationShape, idShape, pipelineSchema } from './pipeline-schema.ts';
import { nearestOf, type InvalidPipeline, type PipelineProblem, type Unplaced } from './problem.ts';
import { pathText, readYaml, type Path, type YamlText } from './yaml-text.ts';

export function parsePipeline(text: string): Result<Pipeline, InvalidPipeline> {
	const yaml = readYaml(text);
	if (!yaml.ok) return err({ kind: 'invalid-pipeline', problems: yaml.error });
	if (!isMapping(yaml.value.value)) {
		const problem = { code: 'wrong-type', expected: 'a mapping', found: typeOf(yaml.value.value) } as const;
		return err({ kind: 'invalid-pipeline', problems: [{ ...yaml.value.placeOf([]), path: '', ...problem }] });
	}
	const parsed = safeParse(pipelineSchema, yaml.value.value);
	if (!parsed.success)
		return err({
			kind: 'invalid-pipeline',
			problems: inOrder(parsed.issues.map((issue) => placed(issue, yaml.value)))
		});
	const pipeline = lowerPipeline(parsed.output, yaml.value);
	const problems = checkPipeline(pipeline, parsed.output, yaml.value);
	return problems.length > 0 ? err({ kind: 'invalid-pipeline', problems: inOrder(problems) }) : ok(pipeline);
}

function placed(issue: BaseIssue<unknown>, yaml: YamlText): PipelineProblem {
	const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
	const holder = path.slice(0, -1);
	const last = String(path.at(-1) ?? '');
	if (issue.type === 'strict_object' && issue.path?.at(-1)) {
		const input: unknown = issue.path.at(-1)?.input;
		if (Array.isArray(input))
			return at(yaml.placeOf(holder), holder, { code: 'wrong-type', expected: 'a mapping', found: 'a list' });
		if (issue.expected === 'never') {
			const known = knownKeys(holder);
			return at(yaml.placeOfKey(holder, last), path, {
				code: 'unknown-key',
				key: last,
				nearest: nearestOf(last, known)
			});
		}
		return at(yaml.placeOf(holder), holder, { code: 'missing-key', key: last });
	}
	if (issue.type === 'variant' && issue.input === undefined)
		return at(yaml.placeOf(holder), holder, { code: 'missing-key', key: last });
	return at(yaml.placeOf(path), path, unplaced(issue));
}

function unplaced(issue: BaseIssue<unknown>): Unplaced {
	const { input, requirement } = issue as BaseIssue<unknown> & { readonly requirement?: unknown };
	const value = shown(input);
	if (issue.type === 'picklist' || issue.type === 'variant' || issue.type === 'literal') {
		const allowed = [...(issue.expected ?? '').matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
		return { code: 'not-allowed', value, allowed, nearest: nearestOf(value, allowed) };
	}
	if (requirement === idShape) return { code: 'bad-id', value };
	if (requirement === durationShape) return { code: 'bad-duration', value };
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

/** Keys that may stand where one was not known: for a proposal. */
function knownKeys(holder: Path): readonly string[] {
	if (holder.length === 0) return Object.keys(pipelineSchema.pipe[0].entries);
	const known = keysByHolder[String(holder.at(-1))];
	if (known) return known;
	return holder[0] === 'params' ? ['type', 'default', 'description'] : stepKeys;
}

const keysByHolder: Readonly<Record<string, readonly string[]>> = {
	retry: ['attempts', 'delay', 'factor', 'max_delay', 'jitter'],
	schedule: ['cron', 'time_zone', 'catch_up', 'on_version', 'on_file'],
	concurrency: ['runs', 'when_busy'],
	breaker: ['failures', 'reset_after'],
	partitions: ['param', 'by', 'from', 'values']
};

const stepKeys = [
	...[
		'id',
		'kind',
		'needs',
		'trigger',
		'retry',
		'timeout',
		'url',
		'sample',
		'dataset',
		'into',
		'mode',
		'key',
		'options'
	],
	...['folder', 'file', 'assertions', 'recipe', 'steps', 'function', 'input', 'tests'],
	...['sql', 'severity', 'cases', 'verdict_of', 'passed', 'else', 'items', 'do', 'pipeline', 'params', 'if', 'then']
];

function at(place: { line: number; column: number }, path: Path, problem: Unplaced): PipelineProblem {
	return { line: place.line, column: place.column, path: pathText(path), ...problem };
}

function inOrder(problems: readonly PipelineProblem[]): readonly PipelineProblem[] {
	return problems.toSorted((one, other) => one.line - other.line || one.column - other.column).slice(0, 50);
}

function isMapping(value: unknown): boolean {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
	if (value === null) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	const words: Readonly<Record<string, string>> = {
		string: 'a text',
		number: 'a number',
		boolean: 'true or false',
		object: 'a mapping',
		undefined: 'nothing'
	};
	return words[typeof value] ?? typeof value;
}

function shown(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
