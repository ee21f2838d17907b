// Suites of Great Expectations as JSON: with `expectation_type` and `expectation_suite_name` before 1.0, `type` and `name` since.
import * as v from 'valibot';
import { shownValue } from '../document/text-problem.ts';
import { err, ok, type Result } from '../result.ts';
import { expectationOf } from './catalogue.ts';
import type { Imported, ImportSuiteFailure, LeftOut } from './exchange.ts';
import { withTextCondition } from './gx-condition.ts';
import { rowConditionSql } from './row-condition.ts';
import { resultFormats, type Kwargs, type ResultFormat } from './suite.ts';
import type { WrittenCheck } from './write-suite.ts';

const record = v.record(v.string(), v.unknown());
const expectationShape = v.looseObject({
	type: v.optional(v.string()),
	expectation_type: v.optional(v.string()),
	kwargs: v.optional(v.nullable(record)),
	meta: v.optional(v.nullable(record)),
	notes: v.optional(v.unknown()),
	description: v.optional(v.nullable(v.string())),
	severity: v.optional(v.nullable(v.string()))
});
const suiteShape = v.looseObject({
	name: v.optional(v.nullable(v.string())),
	expectation_suite_name: v.optional(v.nullable(v.string())),
	expectations: v.array(v.unknown()),
	meta: v.optional(v.nullable(record)),
	notes: v.optional(v.unknown()),
	suite_parameters: v.optional(v.nullable(record)),
	evaluation_parameters: v.optional(v.nullable(record))
});

/** Names that say the same as others. */
const aliases: Readonly<Record<string, string>> = {
	expect_multicolumn_values_to_be_unique: 'expect_select_column_values_to_be_unique_within_record',
	expect_column_type_to_be: 'expect_column_values_to_be_of_type'
};
/** How a run is told about, and nothing about the data. */
const runtimeKwargs: ReadonlySet<string> = new Set([
	'include_config',
	'catch_exceptions',
	'batch_id',
	'auto',
	'profiler_config'
]);
/** What the other side wrote for itself. */
const machineKeys: ReadonlySet<string> = new Set([
	'id',
	'ge_cloud_id',
	'rendered_content',
	'success_on_last_run',
	'data_asset_type',
	'great_expectations_version',
	'expectation_context'
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
	const { name, expectation_suite_name, expectations, meta, notes, suite_parameters, evaluation_parameters, ...rest } =
		parsed.output;
	const parameters = { ...evaluation_parameters, ...suite_parameters };
	const left: LeftOut[] = [];
	const checks: WrittenCheck[] = [];
	const forItself = new Set<string>();
	for (const [index, one] of expectations.entries()) {
		const at = `expectations[${index}]`;
		const read = readExpectation(one, at, parameters);
		left.push(...read.left);
		for (const key of read.forItself) forItself.add(key);
		if (read.check) checks.push(read.check);
	}
	const { notes: inMeta, ...metaRest } = meta ?? {};
	left.push(...told({ ...rest, ...metaRest }, '', forItself));
	// Once, and not for each expectation.
	if (forItself.size > 0)
		left.push({ at: 'the whole', reason: 'not-a-check', what: [...forItself].toSorted().join(', ') });
	const suite = { description: textIn(notes) ?? textIn(inMeta), dataset: null, key: null, checks };
	return ok({ name: name ?? expectation_suite_name ?? null, suite, left, otherObjects: [] });
}

/** Keys that nothing here is made of, each; those that the other side wrote for itself go into `forItself`. */
function told(given: Kwargs, at: string, forItself: Set<string>): readonly LeftOut[] {
	return Object.entries(given).flatMap(([key, value]): LeftOut[] => {
		if (value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0))
			return [];
		if (machineKeys.has(key)) {
			forItself.add(key);
			return [];
		}
		return [{ at: at === '' ? key : `${at}.${key}`, reason: 'not-a-check', what: shownValue(value) }];
	});
}

type Read = {
	readonly check: WrittenCheck | null;
	readonly left: readonly LeftOut[];
	/** Keys that tell the other side of itself, or of a run. */
	readonly forItself: ReadonlySet<string>;
};

/** `parameters` are those of the suite that have a value. */
export function readExpectation(given: unknown, at: string, parameters: Kwargs = {}): Read {
	const forItself = new Set<string>();
	const left: LeftOut[] = [];
	const not = (reason: LeftOut['reason'], what: string): Read => ({
		check: null,
		left: [...left, { at, reason, what }],
		forItself
	});
	const shape = v.safeParse(expectationShape, given);
	if (!shape.success) {
		const [issue] = shape.issues;
		return not('wrong-parameters', `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`);
	}
	const { type, expectation_type, meta, notes, description, severity, kwargs: givenKwargs, ...rest } = shape.output;
	const named = type ?? expectation_type ?? '';
	const expectation = aliases[named] ?? named;
	const found = expectationOf(expectation);
	if (!found) return not('unknown-expectation', named || 'no type');
	const kwargs: Record<string, unknown> = {};
	const { result_format, ...others } = givenKwargs ?? {};
	for (const [key, value] of Object.entries(others)) {
		if (value === null) continue;
		if (runtimeKwargs.has(key)) forItself.add(key);
		else if (key === 'parse_strings_as_datetimes' || key === 'meta')
			left.push({
				at: `${at}.kwargs.${key}`,
				reason: 'changed',
				what: 'dates are compared as the type of their column'
			});
		else kwargs[key] = withParameter(value, parameters);
	}
	const plain = withTextCondition(kwargs);
	if (plain === null) return not('wrong-parameters', `row_condition ${shownValue(kwargs['row_condition'])}`);
	const parsed = v.safeParse(found.schema, plain);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		const path = v.getDotPath(issue) ?? 'kwargs';
		const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
		return not(
			'wrong-parameters',
			`${expectation}: ${isUnknown ? `no parameter ${path}` : `${path}: ${issue.message}`}`
		);
	}
	if (!rowConditionSql(plain).ok) return not('wrong-parameters', `row_condition ${String(plain['row_condition'])}`);
	const { notes: inMeta, weir, ...metaRest } = meta ?? {};
	left.push(...told(rest, at, forItself), ...told(metaRest, `${at}.meta`, forItself));
	if (severity === 'info') left.push({ at: `${at}.severity`, reason: 'changed', what: 'info is taken for a warning' });
	const format = formatOf(result_format);
	if (format.others.length > 0)
		left.push({ at: `${at}.kwargs.result_format`, reason: 'not-a-check', what: format.others.join(', ') });
	const check: WrittenCheck = {
		expectation,
		kwargs: plain,
		severity: severity === 'warning' || severity === 'info' ? 'warn' : 'fail',
		description: description ?? textIn(notes) ?? textIn(inMeta),
		...(format.known ? { resultFormat: format.known } : {}),
		...ownFacts(weir)
	};
	return { check, left, forItself };
}

/** `{ $PARAMETER: name }` is the suite's value of that name, where it has one; else it stays, and no parameter is one. */
function withParameter(value: unknown, parameters: Kwargs): unknown {
	if (typeof value !== 'object' || value === null || !('$PARAMETER' in value)) return value;
	const known = parameters[String(value.$PARAMETER)];
	return known === undefined ? value : known;
}

function formatOf(given: unknown): { readonly known: ResultFormat | undefined; readonly others: readonly string[] } {
	const { result_format, ...others } =
		typeof given === 'object' && given !== null ? (given as Kwargs) : { result_format: given };
	return { known: resultFormats.find((format) => format === result_format), others: Object.keys(others) };
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
