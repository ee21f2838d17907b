// A suite as Great Expectations reads it. Checks that only Weir has, and those that are off, are told and left out.
import { ownNames } from './catalogue.ts';
import type { Exported, LeftOut, SuiteFormat } from './exchange.ts';
import type { Check, Kwargs, Suite } from './suite.ts';

/** What the texts are written for: the newest of each line, whose schemas of a suite they are of. */
const WRITTEN_FOR = { 'great-expectations': '1.24.1', 'great-expectations-0': '0.18.22' } as const;

/** Parameters that are taken here, and not there. */
const extra: Readonly<Record<string, readonly string[]>> = {
	expect_table_column_count_to_be_between: ['strict_min', 'strict_max'],
	unexpected_rows_expectation: ['row_condition', 'condition_parser']
};
/** What is there without a value that is usual here. */
const needed: Readonly<Record<string, Kwargs>> = {
	expect_column_value_z_scores_to_be_less_than: { double_sided: true }
};

const wantsBound = new Set(['expect_column_values_to_be_between', 'expect_column_value_lengths_to_be_between']);

/** Why the other side would refuse it; null where it does not. Source: great_expectations 1.24.1, its expectations' validators. */
function refusal({ expectation, kwargs }: Check): string | null {
	const more = extra[expectation]?.filter((name) => kwargs[name] !== undefined) ?? [];
	if (more.length > 0) return `it has no ${more.join(', ')}`;
	const { min_value, max_value, value_set } = kwargs;
	const isNoDate = [min_value, max_value].some((bound) => typeof bound === 'string' && Number.isNaN(Date.parse(bound)));
	if (isNoDate) return 'its bounds are numbers or times';
	if (expectation.endsWith('values_to_be_in_set') && (!Array.isArray(value_set) || value_set.length === 0))
		return 'it wants values';
	const hasNoBound = (min_value ?? null) === null && (max_value ?? null) === null;
	return wantsBound.has(expectation) && hasNoBound ? 'it wants a bound' : null;
}

export function exportGxSuite(name: string, suite: Suite, format: Exclude<SuiteFormat, 'odcs'>): Exported {
	const left: LeftOut[] = [];
	const isOld = format === 'great-expectations-0';
	const expectations: unknown[] = [];
	for (const check of suite.checks) {
		const at = check.name;
		const { expectation } = check;
		const kwargs = { ...needed[expectation], ...check.kwargs };
		const why = refusal(check);
		if (check.isDisabled) left.push({ at, reason: 'disabled', what: expectation });
		else if (ownNames.has(expectation)) left.push({ at, reason: 'no-such-expectation-there', what: expectation });
		else if (why !== null) left.push({ at, reason: 'not-expressible', what: `${expectation}: ${why}` });
		else {
			const isSql =
				typeof kwargs['row_condition'] === 'string' &&
				(kwargs['condition_parser'] === undefined || kwargs['condition_parser'] === 'sql');
			if (isSql) left.push({ at, reason: 'changed', what: 'row_condition is SQL: its condition_parser is spark' });
			const out = isSql ? { ...kwargs, condition_parser: 'spark' } : kwargs;
			expectations.push(isOld ? oldExpectation(check, out) : newExpectation(check, out));
		}
	}
	if (suite.key !== null) left.push({ at: 'key', reason: 'not-expressible', what: suite.key.join(', ') });
	if (suite.dataset !== null) left.push({ at: 'dataset', reason: 'not-expressible', what: suite.dataset });
	const notes = suite.description === null ? {} : { notes: suite.description };
	const meta = { great_expectations_version: WRITTEN_FOR[format], ...notes };
	const made = isOld
		? { expectation_suite_name: name, ge_cloud_id: null, data_asset_type: null, expectations, meta }
		: { name, expectations, meta };
	return { text: `${JSON.stringify(made, null, 2)}\n`, left };
}

function oldExpectation({ name, expectation, severity, description, resultFormat }: Check, kwargs: Kwargs): unknown {
	const own = { name, ...(severity === 'warn' ? { severity } : {}) };
	const meta = { ...(description === null ? {} : { notes: description }), weir: own };
	return { expectation_type: expectation, kwargs: { ...kwargs, ...formatOf(resultFormat) }, meta };
}

function newExpectation({ name, expectation, severity, description, resultFormat }: Check, kwargs: Kwargs): unknown {
	return {
		type: expectation,
		kwargs: { ...kwargs, ...formatOf(resultFormat) },
		meta: { weir: { name } },
		severity: severity === 'warn' ? 'warning' : 'critical',
		...(description === null ? {} : { description })
	};
}

/** That of a suite which says none is left out. */
function formatOf(format: Check['resultFormat']): { readonly result_format?: Check['resultFormat'] } {
	return format === 'SUMMARY' ? {} : { result_format: format };
}
