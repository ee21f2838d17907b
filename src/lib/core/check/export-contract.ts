// A suite as a contract of the Open Data Contract Standard 3: properties where they say it all, quality rules for the rest.
import { stringify } from 'yaml';
import type { Column } from '../version/version.ts';
import { ownNames } from './catalogue.ts';
import { logicalTypes } from './contract-properties.ts';
import type { Exported, LeftOut } from './exchange.ts';
import type { Check, Suite } from './suite.ts';

type Rule = Readonly<Record<string, unknown>>;
type Property = { name: string; logicalType?: string; required?: boolean; unique?: boolean; quality?: Rule[] };

/** `schema` are the columns of what it was written for, as far as they are known. */
export function exportDataContract(name: string, suite: Suite, schema: readonly Column[]): Exported {
	const left: LeftOut[] = [];
	const properties = new Map<string, Property>();
	const propertyOf = (column: string): Property => {
		const known = properties.get(column);
		if (known) return known;
		const logicalType = logicalTypeOf(schema.find((one) => one.name === column)?.type);
		const made: Property = { name: column, ...(logicalType === null ? {} : { logicalType }) };
		properties.set(column, made);
		return made;
	};
	for (const column of schema) propertyOf(column.name);
	const rules: Rule[] = [];
	for (const check of suite.checks) {
		if (check.isDisabled) {
			left.push({ at: check.name, reason: 'disabled', what: check.expectation });
			continue;
		}
		const { column } = check.kwargs;
		if (typeof column !== 'string') rules.push(ruleOf(check));
		else if (!isProperty(check, propertyOf(column))) (propertyOf(column).quality ??= []).push(ruleOf(check));
	}
	if (suite.key !== null) left.push({ at: 'key', reason: 'not-expressible', what: suite.key.join(', ') });
	const contract = {
		apiVersion: 'v3.1.0',
		kind: 'DataContract',
		id: name,
		name,
		version: '1.0.0',
		status: 'draft',
		...(suite.description === null ? {} : { description: { purpose: suite.description } }),
		schema: [
			{
				name: suite.dataset ?? name,
				physicalType: 'table',
				properties: [...properties.values()],
				...(rules.length > 0 ? { quality: rules } : {})
			}
		]
	};
	return { text: stringify(contract, { lineWidth: 120 }), left };
}

/** Whether the property itself says it: then it does from now on. */
function isProperty({ expectation, kwargs, severity, description }: Check, property: Property): boolean {
	const isBare = Object.keys(kwargs).length === 1 && severity === 'fail' && description === null;
	if (!isBare) return false;
	if (expectation === 'expect_column_values_to_not_be_null') property.required = true;
	else if (expectation === 'expect_column_values_to_be_unique') property.unique = true;
	else return false;
	return true;
}

function ruleOf({ name, expectation, kwargs, severity, description }: Check): Rule {
	const common = {
		name,
		...(description === null ? {} : { description }),
		severity: severity === 'warn' ? 'warning' : 'error'
	};
	const { value } = kwargs;
	if (expectation === 'expect_table_row_count_to_equal' && kwargs['row_condition'] === undefined)
		return { ...common, type: 'library', metric: 'rowCount', mustBe: value };
	const engine = ownNames.has(expectation) ? 'weir' : 'greatExpectations';
	return { ...common, type: 'custom', engine, implementation: stringify({ type: expectation, kwargs }) };
}

function logicalTypeOf(type: string | undefined): string | null {
	const plain = type?.replace(/\(.*\)$/, '') ?? '';
	const order = ['string', 'date', 'timestamp', 'time', 'integer', 'number', 'boolean'] as const;
	return order.find((logical) => logicalTypes[logical]?.includes(plain)) ?? null;
}
