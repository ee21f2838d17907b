// Suites of Great Expectations as JSON: with `expectation_type` and `expectation_suite_name` before 1.0, `type` and `name` since.
import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';
import { expectationOf, ownNames } from './catalogue.ts';
import type { Exported, Imported, ImportSuiteFailure, LeftOut, SuiteFormat } from './exchange.ts';
import { rowConditionSql } from './row-condition.ts';
import { resultFormats, type Kwargs, type ResultFormat, type Severity, type Suite } from './suite.ts';
import type { WrittenCheck } from './write-suite.ts';

const record = v.record(v.string(), v.unknown());
const expectationShape = v.looseObject({
	type: v.optional(v.string()),
	expectation_type: v.optional(v.string()),
	kwargs: v.optional(record, {}),
	meta: v.optional(v.nullable(record)),
	notes: v.optional(v.unknown()),
	description: v.optional(v.nullable(v.string())),
	severity: v.optional(v.nullable(v.string()))
});
const suiteShape = v.looseObject({
	name: v.optional(v.nullable(v.string())),
	expectation_suite_name: v.optional(v.nullable(v.string())),
	expectations: v.array(expectationShape),
	meta: v.optional(v.nullable(record))
});

/** Names that say the same as others. */
const aliases: Readonly<Record<string, string>> = {
	expect_multicolumn_values_to_be_unique: 'expect_select_column_values_to_be_unique_within_record'
};
/** How a run is told about, and nothing about the data. */
const runtimeKwargs: ReadonlySet<string> = new Set([
	'include_config',
	'catch_exceptions',
	'batch_id',
	'result_format',
	'auto',
	'profiler_config'
]);

export function isGxSuite(value: unknown): boolean {
	return typeof value === 'object' && value !== null && 'expectations' in value;
}

export function importGxSuite(value: unknown): Result<Imported, ImportSuiteFailure> {
	const parsed = v.safeParse(suiteShape, value);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		const reason = `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`;
		return err({ kind: 'unreadable-suite', format: 'great-expectations', reason });
	}
	const { name, expectation_suite_name, expectations, meta } = parsed.output;
	const left: LeftOut[] = [];
	const checks: WrittenCheck[] = [];
	for (const [index, one] of expectations.entries()) {
		const read = readExpectation(one, `expectations[${index}]`);
		left.push(...read.left);
		if (read.check) checks.push(read.check);
	}
	const notes = textIn(meta?.['notes']);
	const suite = { description: notes, dataset: null, key: null, checks };
	return ok({ name: name ?? expectation_suite_name ?? null, suite, left });
}

type Read = { readonly check: WrittenCheck | null; readonly left: readonly LeftOut[] };

export function readExpectation(given: v.InferInput<typeof expectationShape>, at: string): Read {
	const { type, expectation_type, meta, notes, description, severity } = given;
	const named = type ?? expectation_type ?? '';
	const expectation = aliases[named] ?? named;
	const found = expectationOf(expectation);
	if (!found) return { check: null, left: [{ at, reason: 'unknown-expectation', what: named || 'no type' }] };
	const left: LeftOut[] = [];
	const kwargs: Record<string, unknown> = {};
	for (const [key, value] of Object.entries(given.kwargs ?? {})) {
		if (runtimeKwargs.has(key) || value === null) continue;
		if (key === 'parse_strings_as_datetimes' || key === 'meta') {
			left.push({
				at: `${at}.kwargs.${key}`,
				reason: 'changed',
				what: 'dates are compared as the type of their column'
			});
			continue;
		}
		kwargs[key] = value;
	}
	const parsed = v.safeParse(found.schema, kwargs);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		const what = `${expectation}: ${v.getDotPath(issue) ?? 'kwargs'}: ${issue.message}`;
		return { check: null, left: [...left, { at, reason: 'wrong-parameters', what }] };
	}
	const condition = rowConditionSql(kwargs);
	if (!condition.ok)
		return {
			check: null,
			left: [...left, { at, reason: 'wrong-parameters', what: `row_condition ${String(kwargs['row_condition'])}` }]
		};
	const check = {
		expectation,
		kwargs: kwargs as Kwargs,
		severity: severityOf(severity),
		description: description ?? textIn(notes) ?? textIn(meta?.['notes']),
		...formatOf(given.kwargs?.['result_format']),
		...ownFacts(meta?.['weir'])
	};
	return { check, left };
}

function severityOf(severity: string | null | undefined): Severity {
	return severity === 'warning' || severity === 'info' ? 'warn' : 'fail';
}

function formatOf(given: unknown): { readonly resultFormat?: ResultFormat } {
	const text = typeof given === 'object' && given !== null && 'result_format' in given ? given.result_format : given;
	const found = resultFormats.find((format) => format === text);
	return found ? { resultFormat: found } : {};
}

/** What only Weir knows of a check, kept in its `meta`. */
function ownFacts(given: unknown): Pick<WrittenCheck, 'name' | 'severity'> {
	const facts = v.safeParse(v.object({ name: v.optional(v.string()), severity: v.optional(v.literal('warn')) }), given);
	if (!facts.success) return {};
	const { name, severity } = facts.output;
	return { ...(name === undefined ? {} : { name }), ...(severity === undefined ? {} : { severity }) };
}

function textIn(notes: unknown): string | null {
	if (typeof notes === 'string') return notes || null;
	if (Array.isArray(notes)) return notes.map(String).join('\n') || null;
	if (typeof notes === 'object' && notes !== null && 'content' in notes) return textIn(notes.content);
	return null;
}

/** Checks that only Weir has, and those that are off, are told and left out. */
export function exportGxSuite(name: string, suite: Suite, format: Exclude<SuiteFormat, 'odcs'>): Exported {
	const left: LeftOut[] = [];
	const isOld = format === 'great-expectations-0';
	const expectations: unknown[] = [];
	for (const check of suite.checks) {
		const at = check.name;
		const { expectation, kwargs, severity, description } = check;
		if (check.isDisabled) left.push({ at, reason: 'disabled', what: expectation });
		else if (ownNames.has(expectation)) left.push({ at, reason: 'no-such-expectation-there', what: expectation });
		else {
			const isSql = typeof kwargs['row_condition'] === 'string' && kwargs['condition_parser'] === undefined;
			if (isSql || kwargs['condition_parser'] === 'sql')
				left.push({ at, reason: 'changed', what: 'row_condition is SQL: its condition_parser is spark' });
			const out = isSql || kwargs['condition_parser'] === 'sql' ? { ...kwargs, condition_parser: 'spark' } : kwargs;
			const own = { name: check.name, ...(isOld && severity === 'warn' ? { severity } : {}) };
			const meta = { ...(isOld && description !== null ? { notes: description } : {}), weir: own };
			expectations.push(
				isOld
					? { expectation_type: expectation, kwargs: out, meta }
					: {
							type: expectation,
							kwargs: out,
							meta,
							severity: severity === 'warn' ? 'warning' : 'critical',
							...(description === null ? {} : { description })
						}
			);
		}
	}
	if (suite.key !== null) left.push({ at: 'key', reason: 'not-expressible', what: suite.key.join(', ') });
	if (suite.dataset !== null) left.push({ at: 'dataset', reason: 'not-expressible', what: suite.dataset });
	const notes = suite.description === null ? {} : { notes: suite.description };
	const made = isOld
		? {
				expectation_suite_name: name,
				ge_cloud_id: null,
				data_asset_type: null,
				expectations,
				meta: { great_expectations_version: '0.18.22', ...notes }
			}
		: { name, expectations, meta: { great_expectations_version: '1.2.0', ...notes } };
	return { text: `${JSON.stringify(made, null, 2)}\n`, left };
}
