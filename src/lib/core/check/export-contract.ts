// A suite as a contract of the Open Data Contract Standard 3: properties where they say it all, rules for the rest.
import { stringify } from 'yaml';
import type { Column } from '../version/version.ts';
import { freshnessOf } from './contract-freshness.ts';
import { logicalTypes } from './contract-properties.ts';
import { isBare, isProperty, ruleOf, YAML_OF_CONTRACTS, type ContractProperty, type Rule } from './contract-rules.ts';
import type { Exported, LeftOut } from './exchange.ts';
import { NEW_CONTRACT } from './import-contract.ts';
import type { Check, Suite } from './suite.ts';

/** `schema` are the columns of what it was written for, as far as they are known. */
export function exportDataContract(name: string, suite: Suite, schema: readonly Column[]): Exported {
	const left: LeftOut[] = [];
	const properties = new Map<string, ContractProperty>();
	const propertyOf = (column: string): ContractProperty => {
		const known = properties.get(column);
		if (known) return known;
		const logicalType = logicalTypeOf(schema.find((one) => one.name === column)?.type);
		const made: ContractProperty = { name: column, ...(logicalType === null ? {} : { logicalType }) };
		properties.set(column, made);
		return made;
	};
	for (const column of schema) propertyOf(column.name);
	const object = suite.dataset ?? name;
	const checks = suite.checks.filter((check) => {
		if (check.isDisabled) left.push({ at: check.name, reason: 'disabled', what: check.expectation });
		return !check.isDisabled;
	});
	const keyed = keyChecks(suite.key ?? [], checks);
	if (keyed) for (const [at, column] of (suite.key ?? []).entries()) markKey(propertyOf(column), at + 1);
	else if (suite.key !== null)
		left.push({ at: 'key', reason: 'not-expressible', what: `${suite.key.join(', ')}: no check says that it is one` });
	const rules: Rule[] = [];
	const sla: Rule[] = [];
	for (const check of checks) {
		if (keyed?.has(check)) continue;
		const fresh = isBare(check) ? freshnessOf(check, object) : null;
		const { column } = check.kwargs;
		if (fresh) sla.push(fresh);
		else if (typeof column !== 'string') rules.push(ruleOf(check));
		else if (!isProperty(check, propertyOf(column))) (propertyOf(column).quality ??= []).push(ruleOf(check));
	}
	const contract = {
		apiVersion: 'v3.1.0',
		kind: 'DataContract',
		id: name,
		name,
		...NEW_CONTRACT,
		...(suite.description === null ? {} : { description: { purpose: suite.description } }),
		schema: [
			{
				name: object,
				physicalType: 'table',
				properties: [...properties.values()],
				...(rules.length > 0 ? { quality: rules } : {})
			}
		],
		...(sla.length > 0 ? { slaProperties: sla } : {})
	};
	return { text: stringify(contract, YAML_OF_CONTRACTS), left };
}

function markKey(property: ContractProperty, position: number): void {
	property.primaryKey = true;
	property.primaryKeyPosition = position;
}

/** Those that say that the columns are a key, which a contract says by itself: all of them, or null where one is missing. */
function keyChecks(key: readonly string[], checks: readonly Check[]): ReadonlySet<Check> | null {
	if (key.length === 0) return null;
	const found = (expectation: string, kwargs: Check['kwargs']): Check | undefined =>
		checks.find(
			(check) =>
				check.expectation === expectation && isBare(check) && JSON.stringify(check.kwargs) === JSON.stringify(kwargs)
		);
	const wanted = [
		...key.map((column) => found('expect_column_values_to_not_be_null', { column })),
		key.length === 1
			? found('expect_column_values_to_be_unique', { column: key[0] })
			: found('expect_compound_columns_to_be_unique', { column_list: key })
	];
	const there = wanted.filter((check) => check !== undefined);
	return there.length === wanted.length ? new Set(there) : null;
}

function logicalTypeOf(type: string | undefined): string | null {
	const plain = type?.replace(/\(.*\)$/, '') ?? '';
	const order = ['string', 'date', 'timestamp', 'time', 'integer', 'number', 'boolean'] as const;
	return order.find((logical) => logicalTypes[logical]?.includes(plain)) ?? null;
}
