// From a pipeline's text to a typed pipeline, or to everything that is wrong with it, each with line and column.
import { safeParse, type BaseIssue } from 'valibot';
import { placeIssue, problemAt } from '../document/place-issue.ts';
import { inOrder, isMapping, shownValue, typeOf } from '../document/text-problem.ts';
import { readYaml, type Path, type YamlText } from '../document/yaml-text.ts';
import { err, ok, type Result } from '../result.ts';
import { checkPipeline } from './check-pipeline.ts';
import { lowerPipeline } from './lower-pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import { durationShape, idShape, pipelineSchema } from './pipeline-schema.ts';
import type { InvalidPipeline, PipelineProblem } from './problem.ts';

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
	const { requirement } = issue as BaseIssue<unknown> & { readonly requirement?: unknown };
	const code = requirement === idShape ? 'bad-id' : requirement === durationShape ? 'bad-duration' : null;
	if (code === null) return placeIssue(issue, yaml, knownKeys);
	const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
	return problemAt(yaml.placeOf(path), path, { code, value: shownValue(issue.input) });
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
	...['folder', 'file', 'connection', 'assertions', 'recipe', 'steps', 'function', 'input', 'tests'],
	...['sql', 'severity', 'cases', 'verdict_of', 'passed', 'else', 'items', 'do', 'pipeline', 'params', 'if', 'then']
];
