// Checks as a contract says them: of a property by its own fields, else as a rule of the standard's library, as SQL, or as ours.
import { stringify } from 'yaml';
import { ownNames } from './catalogue.ts';
import { usualName } from './parse-suite.ts';
import type { Check, Kwargs } from './suite.ts';

/** Many tools read YAML 1.1, where a text such as 2024-01-02 or yes is none without its quotes. */
export const YAML_OF_CONTRACTS = { version: '1.1', lineWidth: 120, aliasDuplicateObjects: false } as const;

type Fields = Readonly<Record<string, unknown>>;
export type Rule = Fields;
export type ContractProperty = {
	name: string;
	logicalType?: string;
	logicalTypeOptions?: Fields;
	primaryKey?: boolean;
	primaryKeyPosition?: number;
	required?: boolean;
	unique?: boolean;
	relationships?: Fields[];
	quality?: Rule[];
};

/** Whether a field says all of it: no name, severity, description or result format of its own. */
export function isBare(check: Check): boolean {
	const { severity, description, resultFormat, name } = check;
	const usual = usualName(check);
	const isUsual = name.startsWith(usual) && /^(?: \(\d+\))?$/.test(name.slice(usual.length));
	return severity === 'fail' && description === null && resultFormat === 'SUMMARY' && isUsual;
}

/** Whether the property itself says it: then it does from now on. */
export function isProperty(check: Check, property: ContractProperty): boolean {
	if (!isBare(check)) return false;
	const { column: _column, ...kwargs } = check.kwargs;
	const { logicalType } = property;
	const options = optionsOf(check.expectation, kwargs, logicalType ?? '');
	if (options) {
		const known = property.logicalTypeOptions ?? {};
		if (Object.keys(options).some((key) => key in known)) return false;
		property.logicalTypeOptions = { ...known, ...options };
		return true;
	}
	const isPlain = Object.keys(kwargs).length === 0;
	if (check.expectation === 'expect_column_values_to_not_be_null' && isPlain) property.required = true;
	else if (check.expectation === 'expect_column_values_to_be_unique' && isPlain) property.unique = true;
	else {
		const to = referenceOf(check.expectation, kwargs);
		if (to === null) return false;
		(property.relationships ??= []).push({ type: 'foreignKey', to });
	}
	return true;
}

/** As the standard writes it: `table.column`, of letters, digits and underscores. */
function referenceOf(expectation: string, { dataset, dataset_column, ...others }: Kwargs): string | null {
	if (expectation !== 'expect_column_values_to_be_in_dataset' || Object.keys(others).length > 0) return null;
	const to = `${String(dataset)}.${String(dataset_column)}`;
	return /^[A-Za-z_]\w*\.[A-Za-z_]\w*$/.test(to) && typeof dataset_column === 'string' ? to : null;
}

const boundNames = [
	['min_value', 'strict_min', 'minimum', 'exclusiveMinimum'],
	['max_value', 'strict_max', 'maximum', 'exclusiveMaximum']
] as const;

/** Bounds and lengths as options of a logical type; null where they are none. */
function optionsOf(expectation: string, kwargs: Kwargs, logicalType: string): Fields | null {
	const { min_value, max_value, strict_min = false, strict_max = false, regex, ...others } = kwargs;
	if (Object.keys(others).length > 0) return null;
	if (expectation === 'expect_column_values_to_match_regex')
		return logicalType === 'string' && typeof regex === 'string' ? { pattern: regex } : null;
	const given = [min_value, max_value].filter((bound) => bound !== undefined);
	if (given.length === 0) return null;
	if (expectation === 'expect_column_value_lengths_to_be_between') {
		const isLengths = given.every((bound) => Number.isInteger(bound)) && !strict_min && !strict_max;
		if (logicalType !== 'string' || !isLengths) return null;
		return {
			...(min_value === undefined ? {} : { minLength: min_value }),
			...(max_value === undefined ? {} : { maxLength: max_value })
		};
	}
	if (expectation !== 'expect_column_values_to_be_between') return null;
	const wanted = boundTypes[logicalType];
	if (wanted === undefined || !given.every((bound) => typeof bound === wanted)) return null;
	return Object.fromEntries(
		boundNames.flatMap(([name, strict, inclusive, exclusive]) => {
			const bound = kwargs[name];
			return bound === undefined ? [] : [[kwargs[strict] === true ? exclusive : inclusive, bound]];
		})
	);
}

const boundTypes: Readonly<Record<string, 'number' | 'string'>> = {
	integer: 'number',
	number: 'number',
	date: 'string',
	timestamp: 'string',
	time: 'string'
};

export function ruleOf(check: Check): Rule {
	const { name, description, severity, resultFormat, expectation, kwargs } = check;
	const common = {
		name,
		...(description === null ? {} : { description }),
		severity: severity === 'warn' ? 'warning' : 'error'
	};
	const standard = resultFormat === 'SUMMARY' ? standardRule(check) : null;
	if (standard) return { ...common, ...standard };
	const engine = ownNames.has(expectation) ? 'weir' : 'greatExpectations';
	const format = resultFormat === 'SUMMARY' ? {} : { result_format: resultFormat };
	const implementation = stringify({ type: expectation, kwargs: { ...kwargs, ...format } }, YAML_OF_CONTRACTS);
	return { ...common, type: 'custom', engine, implementation };
}

/** What the standard's own library or a query says to the letter; each comes back as the same check. */
function standardRule({ expectation, kwargs }: Check): Rule | null {
	const { column: _column, ...others } = kwargs;
	const names = Object.keys(others).toSorted().join();
	const none = (metric: string, given?: Fields): Rule => ({
		type: 'library',
		metric,
		...(given ? { arguments: given } : {}),
		mustBe: 0
	});
	switch (`${expectation} ${names}`.trim()) {
		case 'expect_column_values_to_not_be_null':
			return none('nullValues');
		case 'expect_column_values_to_not_be_null mostly': {
			const most = Number((100 * (1 - Number(others['mostly']))).toPrecision(12));
			return { type: 'library', metric: 'nullValues', unit: 'percent', mustBeLessOrEqualTo: most };
		}
		case 'expect_column_values_to_be_unique':
			return none('duplicateValues');
		case 'expect_column_values_to_be_in_set value_set':
			return Array.isArray(others['value_set']) ? none('invalidValues', { validValues: others['value_set'] }) : null;
		case 'expect_column_values_to_match_regex regex':
			return none('invalidValues', { pattern: others['regex'] });
		case 'expect_compound_columns_to_be_unique column_list':
			return none('duplicateValues', { properties: others['column_list'] });
		case 'expect_table_row_count_to_equal value':
			return { type: 'library', metric: 'rowCount', mustBe: others['value'] };
		case 'expect_table_row_count_to_be_between min_value':
			return { type: 'library', metric: 'rowCount', mustBeGreaterOrEqualTo: others['min_value'] };
		case 'expect_table_row_count_to_be_between max_value':
			return { type: 'library', metric: 'rowCount', mustBeLessOrEqualTo: others['max_value'] };
		case 'expect_rows_to_satisfy_sql condition': {
			const query = `SELECT COUNT(*) FROM {object} WHERE (${String(others['condition'])}) IS NOT TRUE`;
			return { type: 'sql', query, mustBe: 0 };
		}
		default:
			return null;
	}
}
