// What a property of a contract says of its column: that it is required, unique, of a type and within bounds.
import { quoteName } from '../sql/quote.ts';
import { shownValue } from '../document/text-problem.ts';
import type { LeftOut } from './exchange.ts';
import type { Kwargs } from './suite.ts';
import type { WrittenCheck } from './write-suite.ts';

export type Property = {
	readonly name: string;
	readonly physicalName?: string | null | undefined;
	readonly logicalType?: string | null | undefined;
	readonly logicalTypeOptions?: Readonly<Record<string, unknown>> | null | undefined;
	readonly required?: boolean | null | undefined;
	readonly unique?: boolean | null | undefined;
	readonly primaryKey?: boolean | null | undefined;
	readonly primaryKeyPosition?: number | null | undefined;
	readonly relationships?: readonly Readonly<Record<string, unknown>>[] | null | undefined;
};

type Found = { readonly checks: readonly WrittenCheck[]; readonly left: readonly LeftOut[] };

/** DuckDB's types that hold what a logical type means. */
export const logicalTypes: Readonly<Record<string, readonly string[]>> = {
	string: ['VARCHAR', 'ENUM', 'UUID', 'JSON'],
	date: ['DATE'],
	timestamp: ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'],
	time: ['TIME'],
	number: [
		'DOUBLE',
		'FLOAT',
		'DECIMAL',
		'TINYINT',
		'SMALLINT',
		'INTEGER',
		'BIGINT',
		'HUGEINT',
		'UTINYINT',
		'USMALLINT',
		'UINTEGER',
		'UBIGINT'
	],
	integer: [
		'TINYINT',
		'SMALLINT',
		'INTEGER',
		'BIGINT',
		'HUGEINT',
		'UTINYINT',
		'USMALLINT',
		'UINTEGER',
		'UBIGINT',
		'UHUGEINT'
	],
	boolean: ['BOOLEAN']
};

export function propertyChecks(property: Property, at: string): Found {
	const column = property.physicalName ?? property.name;
	const checks: WrittenCheck[] = [];
	const left: LeftOut[] = [];
	const add = (expectation: string, kwargs: Kwargs = {}): void =>
		void checks.push({ expectation, kwargs: { column, ...kwargs } });
	const { logicalType, required, unique, primaryKey } = property;
	if (required === true || primaryKey === true) add('expect_column_values_to_not_be_null');
	// A key of several columns is unique as a whole, and is checked as such.
	const isOnlyKey = primaryKey === true && (property.primaryKeyPosition ?? -1) < 0;
	if (unique === true || isOnlyKey) add('expect_column_values_to_be_unique');
	const types = logicalTypes[logicalType ?? ''];
	if (types) add('expect_column_values_to_be_in_type_list', { type_list: types });
	else if (logicalType) left.push({ at: `${at}.logicalType`, reason: 'not-expressible', what: logicalType });
	for (const found of optionChecks(property.logicalTypeOptions ?? {}, column, `${at}.logicalTypeOptions`)) {
		if ('reason' in found) left.push(found);
		else checks.push(found);
	}
	for (const [index, one] of (property.relationships ?? []).entries()) {
		const to = typeof one['to'] === 'string' ? one['to'].split('.') : [];
		const [dataset, dataset_column] = to.slice(-2);
		if (to.length === 2 && dataset && dataset_column)
			add('expect_column_values_to_be_in_dataset', { dataset, dataset_column });
		else left.push({ at: `${at}.relationships[${index}]`, reason: 'not-expressible', what: shownValue(one['to']) });
	}
	return { checks, left };
}

/** Bounds, lengths and patterns. */
function optionChecks(
	options: Readonly<Record<string, unknown>>,
	column: string,
	at: string
): readonly (WrittenCheck | LeftOut)[] {
	const { minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern, multipleOf, ...rest } =
		options;
	const found: (WrittenCheck | LeftOut)[] = [];
	if (minLength !== undefined || maxLength !== undefined)
		found.push({
			expectation: 'expect_column_value_lengths_to_be_between',
			kwargs: { column, ...given('min_value', minLength), ...given('max_value', maxLength) }
		});
	const [least, most] = [exclusiveMinimum ?? minimum, exclusiveMaximum ?? maximum];
	if (least !== undefined || most !== undefined)
		found.push({
			expectation: 'expect_column_values_to_be_between',
			kwargs: {
				column,
				...given('min_value', least),
				...given('max_value', most),
				...(exclusiveMinimum === undefined ? {} : { strict_min: true }),
				...(exclusiveMaximum === undefined ? {} : { strict_max: true })
			}
		});
	if (typeof pattern === 'string')
		found.push({ expectation: 'expect_column_values_to_match_regex', kwargs: { column, regex: pattern } });
	if (typeof multipleOf === 'number')
		found.push({
			expectation: 'expect_rows_to_satisfy_sql',
			kwargs: {
				condition: `${quoteName(column)} IS NULL OR ${quoteName(column)} % ${multipleOf} = 0`,
				columns: [column]
			}
		});
	for (const [name, value] of Object.entries(rest))
		found.push({ at: `${at}.${name}`, reason: 'not-expressible', what: JSON.stringify(value) });
	return found;
}

function given(name: string, value: unknown): Kwargs {
	return value === undefined ? {} : { [name]: value };
}
