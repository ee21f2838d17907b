// The shape of a pipeline's text as a schema; the published JSON Schema is made from it.
import {
	array,
	boolean,
	description as told,
	integer,
	literal,
	looseObject,
	maxLength,
	maxValue,
	minLength,
	minValue,
	number,
	null_,
	optional,
	picklist,
	pipe,
	record,
	regex,
	strictObject,
	string,
	title,
	union,
	unknown,
	variant,
	type InferOutput
} from 'valibot';
import { channelsSchema } from '../alert/rule-schema.ts';
import { SHARE_DAYS, SHARE_VIEWS } from '../contract/shares.ts';
import { paramTypes } from './pipeline.ts';
import { triggerRules } from './trigger-rule.ts';

export const idShape = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
export const durationShape = /^(?:0|[1-9]\d{0,8})(?:\.\d{1,3})?(?:ms|s|m|h|d)$/;
const idSchema = pipe(string(), regex(idShape), told('Letters, digits, _ and -, at most 64.'));
const durationSchema = pipe(string(), regex(durationShape), told('Such as 500ms, 10s, 5m, 2h or 1d.'));
const textSchema = pipe(string(), minLength(1));
const sqlSchema = pipe(string(), minLength(1), told('DuckDB SQL. ${{ params.x }} is bound as a value, never as text.'));
const scalarSchema = union([string(), number(), boolean(), null_()]);
const count = (least: number, most: number) => pipe(number(), integer(), minValue(least), maxValue(most));

const retrySchema = pipe(
	strictObject({
		attempts: optional(pipe(count(1, 20), told('With the first one; 1 is no retry.'))),
		delay: optional(durationSchema),
		factor: optional(pipe(number(), minValue(1), maxValue(10))),
		max_delay: optional(durationSchema),
		jitter: optional(picklist(['full', 'none']))
	}),
	told('After a failed attempt n a step waits a random time below delay × factor^(n−1), at most max_delay.')
);

const common = {
	id: idSchema,
	needs: optional(pipe(array(idSchema), told('Steps that must have ended before.'))),
	trigger: optional(pipe(picklist(triggerRules), told('How those must have ended, as Airflow names it.'))),
	retry: optional(retrySchema),
	timeout: optional(pipe(durationSchema, told('Of each attempt.')))
};

const functionSchema = pipe(
	looseObject({
		code: pipe(string(), minLength(1), told('A module whose default export is called for each row or batch.')),
		outputs: pipe(record(string(), string()), told('The columns it gives, with DuckDB types.')),
		mode: optional(picklist(['row', 'batch'])),
		language: optional(picklist(['javascript', 'typescript'])),
		inputs: optional(array(textSchema))
	}),
	told('JavaScript or TypeScript over the rows of input, as weir.applyFunction takes it.')
);

const ingestFields = {
	kind: literal('ingest'),
	url: optional(textSchema),
	sample: optional(textSchema),
	folder: optional(pipe(textSchema, told('A watched folder, of which `file` is read.'))),
	file: optional(textSchema),
	connection: optional(
		pipe(
			textSchema,
			told('A saved connection: what came since its last load, as it says; into is another dataset than it says.')
		)
	),
	dataset: optional(pipe(textSchema, told('A dataset that is here already, or name@version.'))),
	into: optional(pipe(textSchema, told('The dataset it becomes; a new version of it when it is there.'))),
	mode: optional(picklist(['replace', 'append', 'upsert'])),
	key: optional(array(textSchema)),
	options: optional(pipe(record(string(), unknown()), told('What corrects the guesses of the import.')))
};
const transformFields = {
	kind: literal('transform'),
	sql: optional(sqlSchema),
	recipe: optional(pipe(textSchema, told('The name of a saved recipe.'))),
	steps: optional(pipe(array(unknown()), minLength(1), told('Steps as a recipe has them: see the schema of recipes.'))),
	function: optional(functionSchema),
	input: optional(
		pipe(
			textSchema,
			told('The dataset, or name@version, that steps or a function begin with, or a recipe instead of its own.')
		)
	),
	into: textSchema,
	key: optional(array(textSchema))
};
const scoreFields = {
	kind: literal('score'),
	model: pipe(textSchema, told('A registered model, such as churn@production or churn/3.')),
	input: pipe(textSchema, told('The dataset, or name@version, whose rows the model is asked about.')),
	into: textSchema,
	key: optional(array(textSchema)),
	prediction: optional(pipe(textSchema, told('What the column of its answers is called; prediction when not said.'))),
	probability: optional(pipe(textSchema, told('The same of the probability of the class; probability when not said.')))
};
const inputSchema = union([
	string(),
	number(),
	null_(),
	array(string()),
	strictObject({
		from: optional(union([string(), number(), null_()])),
		to: optional(union([string(), number(), null_()]))
	})
]);
const testRows = array(record(string(), unknown()));
const testSchema = strictObject({
	name: optional(string()),
	given: optional(
		pipe(record(string(), testRows), told('Rows of each table that is read, by its name; nothing stored is read.'))
	),
	expect: pipe(testRows, told('Rows it must make of them, in any order; only columns named here are compared.')),
	tolerance: optional(pipe(number(), minValue(0), told('How far numbers may be off.'))),
	params: optional(record(string(), scalarSchema))
});
const checkFields = {
	kind: literal('check'),
	sql: optional(pipe(sqlSchema, told('A query of one row and one column; true passes.'))),
	assertions: optional(
		pipe(
			record(idSchema, sqlSchema),
			told('Several such queries by their names; the check passes when all of them do.')
		)
	),
	severity: optional(pipe(picklist(['error', 'warn']), told('error (or nothing) fails the step, warn only tells.'))),
	suite: optional(pipe(textSchema, told('The name of a saved suite, instead of queries.'))),
	dataset: optional(pipe(textSchema, told('What the suite checks: a dataset, or name@version.'))),
	gate: optional(
		pipe(
			picklist(['block', 'warn', 'quarantine']),
			told(
				'What a suite that fails does: block (or nothing) fails the step, warn only tells, quarantine keeps bad rows back.'
			)
		)
	),
	into: optional(pipe(textSchema, told('Of a quarantine: the dataset of the good rows; the others are its rejects.')))
};

export const doSchema = variant('kind', [
	strictObject(ingestFields),
	strictObject(transformFields),
	strictObject(scoreFields),
	strictObject(checkFields)
]);

export const stepSchema = variant('kind', [
	strictObject({ ...common, ...ingestFields }),
	strictObject({ ...common, ...transformFields, tests: optional(array(testSchema)) }),
	strictObject({ ...common, ...scoreFields }),
	strictObject({ ...common, ...checkFields }),
	strictObject({
		...common,
		kind: literal('branch'),
		cases: optional(
			pipe(
				array(strictObject({ if: sqlSchema, then: pipe(array(idSchema), minLength(1)) })),
				minLength(1),
				told('The first whose query is true says which steps go on.')
			)
		),
		verdict_of: optional(pipe(idSchema, told('A check whose verdict decides instead.'))),
		passed: optional(array(idSchema)),
		else: optional(pipe(array(idSchema), told('Steps that go on otherwise.')))
	}),
	strictObject({
		...common,
		kind: literal('for-each'),
		items: optional(pipe(array(union([scalarSchema, record(string(), scalarSchema)])), maxLength(1000))),
		sql: optional(pipe(sqlSchema, told('Its rows are the items, a thousand at most.'))),
		do: doSchema
	}),
	strictObject({
		...common,
		kind: literal('report'),
		report: pipe(textSchema, told('The name of a saved report.')),
		inputs: optional(pipe(record(string(), inputSchema), told('What is chosen in its inputs, by their names.'))),
		keep: optional(pipe(count(1, 100), told('How many editions of this step are kept; 12 when not said.'))),
		share: optional(
			pipe(
				strictObject({
					expires_in_days: optional(pipe(count(1, SHARE_DAYS), told('7 when not said.'))),
					views: optional(pipe(count(1, SHARE_VIEWS), told('As often as anyone likes when not said.')))
				}),
				told('Makes a link to each edition, which ends by itself. It needs Sync.')
			)
		),
		notify: optional(
			pipe(
				channelsSchema,
				told(
					'Who is told of an edition, as alert rules say it: page, browser, { webhook: … }, { email: [ … ] }. An address or an e-mail gets the link: whoever carries it can open it.'
				)
			)
		)
	}),
	strictObject({ ...common, kind: literal('join') }),
	strictObject({
		...common,
		kind: literal('pipeline'),
		pipeline: textSchema,
		params: optional(record(string(), scalarSchema))
	})
]);

const paramSchema = strictObject({
	type: picklist(paramTypes),
	default: optional(scalarSchema),
	description: optional(string())
});

const scheduleSchema = strictObject({
	cron: optional(pipe(textSchema, told('Five fields: minute, hour, day of month, month, day of week.'))),
	time_zone: optional(pipe(textSchema, told('An IANA name such as Europe/Berlin; UTC when nothing is said.'))),
	catch_up: optional(
		pipe(
			picklist(['all', 'latest', 'none']),
			told('Runs that were missed while no page was open; latest when not said.')
		)
	),
	on_file: optional(
		pipe(
			strictObject({
				folder: textSchema,
				pattern: optional(pipe(textSchema, told('Such as *.csv; every file when not said.')))
			}),
			told('A folder that the page watches while it is open; each new file starts a run, which knows it as run.file.')
		)
	),
	on_version: optional(pipe(array(textSchema), told('Datasets whose new version starts a run.')))
});

export const pipelineSchema = pipe(
	strictObject({
		name: idSchema,
		description: optional(string()),
		params: optional(record(string(), paramSchema)),
		env: optional(record(string(), scalarSchema)),
		environments: optional(
			pipe(record(string(), record(string(), scalarSchema)), told('Values of env that another environment has.'))
		),
		retry: optional(retrySchema),
		timeout: optional(durationSchema),
		breaker: optional(strictObject({ failures: optional(count(1, 100)), reset_after: optional(durationSchema) })),
		max_parallel: optional(count(1, 8)),
		concurrency: optional(
			strictObject({
				runs: optional(picklist(['one', 'many'])),
				when_busy: optional(picklist(['wait', 'skip']))
			})
		),
		schedule: optional(scheduleSchema),
		partitions: optional(
			strictObject({
				param: idSchema,
				by: picklist(['day', 'week', 'month', 'year', 'list']),
				from: optional(textSchema),
				values: optional(array(textSchema))
			})
		),
		steps: pipe(array(stepSchema), minLength(1), maxLength(500)),
		on_failure: optional(pipe(array(stepSchema), maxLength(50)))
	}),
	title('A pipeline of Weir')
);

export type PipelineText = InferOutput<typeof pipelineSchema>;
export type StepText = InferOutput<typeof stepSchema>;
export type TestText = InferOutput<typeof testSchema>;
export type DoText = InferOutput<typeof doSchema>;
export type RetryText = InferOutput<typeof retrySchema>;
