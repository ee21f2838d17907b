// What a property of a contract says of its column: that it is required, unique, of a type and within bounds.
import { quoteName } from '../sql/quote.ts';
import { shownValue } from '../document/text-problem.ts';
import { unusedKeys, type LeftOut } from './exchange.ts';
import type { Kwargs } from './suite.ts';
import type { WrittenCheck } from './write-suite.ts';

type Fields = Readonly<Record<string, unknown>>;
export type Property = Fields & {
	readonly name: string;
	readonly physicalName?: string | null | undefined;
	readonly logicalType?: string | null | undefined;
	readonly logicalTypeOptions?: Fields | null | undefined;
	readonly required?: boolean | null | undefined;
	readonly unique?: boolean | null | undefined;
	readonly primaryKey?: boolean | null | undefined;
	readonly primaryKeyPosition?: number | null | undefined;
	readonly relationships?: readonly Fields[] | null | undefined;
	readonly quality?: readonly Fields[] | null | undefined;
};

type Found = { readonly checks: readonly WrittenCheck[]; readonly left: readonly LeftOut[] };

const integers = 'TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT'.split(' ');

/** DuckDB's types that hold what a logical type means. */
export const logicalTypes: Readonly<Record<string, readonly string[]>> = {
	string: ['VARCHAR', 'ENUM', 'UUID', 'JSON'],
	date: ['DATE'],
	timestamp: ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'],
	time: ['TIME'],
	number: ['DOUBLE', 'FLOAT', 'DECIMAL', ...integers],
	integer: integers,
	boolean: ['BOOLEAN']
};

const usedKeys: ReadonlySet<string> = new Set([
	'name',
	'physicalName',
	'logicalType',
	'logicalTypeOptions',
	'required',
	'unique',
	'primaryKey',
	'primaryKeyPosition',
	'relationships',
	'quality',
	'enum',
	'properties',
	'items'
]);

/** In what a contract calls its objects and their properties, the names of datasets and columns. */
export type PhysicalNames = (object: string, property: string) => readonly [dataset: string, column: string];

/** `isOnlyKey`: of a key of several columns each is required, and only the whole is unique. */
export function propertyChecks(
	property: Property,
	at: string,
	{ isOnlyKey, namesOf }: { readonly isOnlyKey: boolean; readonly namesOf: PhysicalNames }
): Found {
	const column = property.physicalName ?? property.name;
	const checks: WrittenCheck[] = [];
	const left: LeftOut[] = [];
	const add = (expectation: string, kwargs: Kwargs = {}): void =>
		void checks.push({ expectation, kwargs: { column, ...kwargs } });
	const { logicalType, required, unique, primaryKey } = property;
	if (required === true || primaryKey === true) add('expect_column_values_to_not_be_null');
	if (unique === true || (primaryKey === true && isOnlyKey)) add('expect_column_values_to_be_unique');
	const types = logicalTypes[logicalType ?? ''];
	if (types) add('expect_column_values_to_be_in_type_list', { type_list: types });
	else if (logicalType) left.push({ at: `${at}.logicalType`, reason: 'not-expressible', what: logicalType });
	for (const found of optionChecks(property.logicalTypeOptions ?? {}, column, `${at}.logicalTypeOptions`)) {
		if ('reason' in found) left.push(found);
		else checks.push(found);
	}
	const values = listed(property['enum']);
	if (values) add('expect_column_values_to_be_in_set', { value_set: values });
	for (const [index, one] of (property.relationships ?? []).entries()) {
		const to = referenced(one['to']);
		if (to) {
			const [dataset, dataset_column] = namesOf(...to);
			add('expect_column_values_to_be_in_dataset', { dataset, dataset_column });
		} else left.push({ at: `${at}.relationships[${index}]`, reason: 'not-expressible', what: shownValue(one['to']) });
	}
	for (const key of ['properties', 'items']) {
		for (const inner of [property[key]].flat())
			if (typeof inner === 'object' && inner !== null)
				left.push({
					at: `${at}.${key}`,
					reason: 'not-expressible',
					what: 'name' in inner ? shownValue(inner.name) : key
				});
	}
	return { checks, left: [...left, ...unusedKeys(property, usedKeys, at)] };
}

/** `table.column`, by itself or as the only one of a list. */
export function referenced(given: unknown): readonly [object: string, property: string] | null {
	const list = [given].flat();
	const [one] = list;
	const [object, property, ...more] = list.length === 1 && typeof one === 'string' ? one.split('.') : [];
	return object && property && more.length === 0 && !object.includes('/') ? [object, property] : null;
}

/** Values of an enumeration, as a list of mappings with a `value`. */
function listed(given: unknown): readonly unknown[] | null {
	if (!Array.isArray(given) || given.length === 0) return null;
	return given.map((one: unknown) => (typeof one === 'object' && one !== null && 'value' in one ? one.value : one));
}

/** Bounds, lengths and patterns. */
function optionChecks(options: Fields, column: string, at: string): readonly (WrittenCheck | LeftOut)[] {
	const { minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern, multipleOf, ...rest } =
		options;
	const found: (WrittenCheck | LeftOut)[] = [];
	if (minLength !== undefined || maxLength !== undefined)
		found.push({
			expectation: 'expect_column_value_lengths_to_be_between',
			kwargs: { column, ...given('min_value', minLength), ...given('max_value', maxLength) }
		});
	const [least, isMinStrict] = boundOf(minimum, exclusiveMinimum);
	const [most, isMaxStrict] = boundOf(maximum, exclusiveMaximum);
	if (least !== undefined || most !== undefined)
		found.push({
			expectation: 'expect_column_values_to_be_between',
			kwargs: {
				column,
				...given('min_value', least),
				...given('max_value', most),
				...(isMinStrict ? { strict_min: true } : {}),
				...(isMaxStrict ? { strict_max: true } : {})
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
		found.push({ at: `${at}.${name}`, reason: 'not-expressible', what: shownValue(value) });
	return found;
}

/** Up to 3.0 an exclusive bound is a yes or no about the other one, since 3.1 it is a bound itself. */
function boundOf(inclusive: unknown, exclusive: unknown): readonly [bound: unknown, isStrict: boolean] {
	if (typeof exclusive === 'boolean') return [inclusive, exclusive && inclusive !== undefined];
	return exclusive === undefined ? [inclusive, false] : [exclusive, true];
}

function given(name: string, value: unknown): Kwargs {
	return value === undefined ? {} : { [name]: value };
}
