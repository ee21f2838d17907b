// The shape of a suite's text; `static/schemas/suite.json` is made from it, and a test keeps it so.
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { expectations } from './catalogue.ts';
import { conditionEntries, mostlyEntries, oneName, scalar, someNames } from './expectation.ts';
import { resultFormats, severities } from './suite.ts';

const told = v.pipe(v.string(), v.minLength(1));

/** What may stand beside the expectation of a check. */
export const checkEntries = {
	name: v.optional(v.pipe(told, v.description('How verdicts call it; no two checks of a suite share one.'))),
	severity: v.optional(
		v.pipe(v.picklist(severities), v.description('What it makes of a verdict where it does not hold.'))
	),
	description: v.optional(v.string()),
	result_format: v.optional(v.picklist(resultFormats)),
	disabled: v.optional(v.boolean())
};

export const suiteEntries = {
	description: v.optional(v.string()),
	dataset: v.optional(v.pipe(told, v.description('What it was written for.'))),
	key: v.optional(v.pipe(v.array(told), v.description('Columns that name an offending row.'))),
	result_format: v.optional(v.picklist(resultFormats))
};

/** Said once, though most checks take them. */
const definitions = {
	name: oneName,
	names: someNames,
	value: scalar,
	...conditionEntries,
	...mostlyEntries,
	check_name: checkEntries.name,
	severity: checkEntries.severity,
	description: checkEntries.description,
	result_format: checkEntries.result_format,
	disabled: checkEntries.disabled
};

export function suiteJsonSchema(): Readonly<Record<string, unknown>> {
	const checks = expectations.map(({ name, summary, entries }) =>
		v.pipe(v.strictObject({ [name]: v.strictObject(entries), ...checkEntries }), v.description(summary))
	);
	const shape = v.strictObject({ ...suiteEntries, checks: v.optional(v.nullable(v.array(v.union(checks)))) });
	const schema = toJsonSchema(shape, { typeMode: 'input', errorMode: 'ignore', definitions });
	return {
		$id: '/schemas/suite.json',
		...schema,
		title: 'Weir suite',
		description: 'Checks of a table, each of one expectation, named and parameterised as Great Expectations does.'
	};
}
