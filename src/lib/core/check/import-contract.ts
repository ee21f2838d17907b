// Contracts of the Open Data Contract Standard 3 as suites: what their schema and their quality rules say can be checked.
import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';
import type { Imported, ImportSuiteFailure, LeftOut } from './exchange.ts';
import { propertyChecks, type Property } from './contract-properties.ts';
import { qualityChecks } from './contract-quality.ts';
import type { WrittenCheck } from './write-suite.ts';

const record = v.record(v.string(), v.unknown());
const records = v.optional(v.nullable(v.array(record)));
export const propertyShape = v.looseObject({
	name: v.string(),
	physicalName: v.optional(v.nullable(v.string())),
	logicalType: v.optional(v.nullable(v.string())),
	logicalTypeOptions: v.optional(v.nullable(record)),
	required: v.optional(v.nullable(v.boolean())),
	unique: v.optional(v.nullable(v.boolean())),
	primaryKey: v.optional(v.nullable(v.boolean())),
	primaryKeyPosition: v.optional(v.nullable(v.number())),
	relationships: records,
	quality: records
});
const objectShape = v.looseObject({
	name: v.optional(v.nullable(v.string())),
	physicalName: v.optional(v.nullable(v.string())),
	properties: v.optional(v.nullable(v.array(propertyShape))),
	quality: records
});
const contractShape = v.looseObject({
	apiVersion: v.string(),
	kind: v.literal('DataContract'),
	name: v.optional(v.nullable(v.string())),
	id: v.optional(v.nullable(v.string())),
	schema: v.optional(v.nullable(v.array(objectShape))),
	slaProperties: records
});

export function isDataContract(value: unknown): boolean {
	return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'DataContract';
}

/** Of one object of its schema, by name or physical name; the first one when none is named. */
export function importDataContract(value: unknown, object: string | null): Result<Imported, ImportSuiteFailure> {
	const fail = (reason: string): Result<Imported, ImportSuiteFailure> =>
		err({ kind: 'unreadable-suite', format: 'odcs', reason });
	const parsed = v.safeParse(contractShape, value);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		return fail(`${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`);
	}
	const contract = parsed.output;
	if (!contract.apiVersion.startsWith('v3')) return fail(`apiVersion is ${contract.apiVersion}, and not v3`);
	const objects = contract.schema ?? [];
	const number =
		object === null ? 0 : objects.findIndex(({ name, physicalName }) => [name, physicalName].includes(object));
	const chosen = objects[number];
	if (!chosen) return fail(object === null ? 'its schema has no object' : `its schema has no object ${object}`);
	const left: LeftOut[] = [];
	const checks: WrittenCheck[] = [];
	const take = (found: { readonly checks: readonly WrittenCheck[]; readonly left: readonly LeftOut[] }): void => {
		checks.push(...found.checks);
		left.push(...found.left);
	};
	for (const [index, { name }] of objects.entries())
		if (index !== number)
			left.push({ at: `schema[${index}]`, reason: 'not-a-check', what: `another object: ${name ?? ''}` });
	const at = `schema[${number}]`;
	const properties = chosen.properties ?? [];
	for (const [index, property] of properties.entries()) {
		const here = `${at}.properties[${index}]`;
		take(propertyChecks(property, here));
		take(qualityChecks(property.quality ?? [], columnName(property), `${here}.quality`));
	}
	take(qualityChecks(chosen.quality ?? [], null, `${at}.quality`));
	const key = keyOf(properties);
	if (key.length > 1)
		checks.push({ expectation: 'expect_compound_columns_to_be_unique', kwargs: { column_list: key } });
	take(freshness(contract.slaProperties ?? [], [chosen.name, chosen.physicalName]));
	for (const name of Object.keys(contract))
		if (!checkedKeys.has(name))
			left.push({ at: name, reason: 'not-a-check', what: 'about the contract, and not its rows' });
	const dataset = chosen.physicalName ?? chosen.name ?? null;
	const suite = { description: null, dataset, key: key.length > 0 ? key : null, checks };
	return ok({ name: contract.name ?? contract.id ?? dataset, suite, left });
}

const checkedKeys: ReadonlySet<string> = new Set([
	'apiVersion',
	'kind',
	'id',
	'name',
	'version',
	'status',
	'schema',
	'slaProperties'
]);

export function columnName({ name, physicalName }: Pick<Property, 'name' | 'physicalName'>): string {
	return physicalName ?? name;
}

function keyOf(properties: readonly Property[]): readonly string[] {
	return properties
		.filter(({ primaryKey }) => primaryKey === true)
		.toSorted((one, other) => (one.primaryKeyPosition ?? 0) - (other.primaryKeyPosition ?? 0))
		.map(columnName);
}

const unitLetters: Readonly<Record<string, string>> = {
	d: 'd',
	day: 'd',
	days: 'd',
	h: 'h',
	hour: 'h',
	hours: 'h',
	m: 'm',
	min: 'm',
	minutes: 'm',
	w: 'w',
	weeks: 'w'
};

/** `names` are what the chosen object is called. */
function freshness(given: readonly Readonly<Record<string, unknown>>[], names: readonly (string | null | undefined)[]) {
	const checks: WrittenCheck[] = [];
	const left: LeftOut[] = [];
	for (const [index, { property, value, unit, element }] of given.entries()) {
		const letter = unitLetters[typeof unit === 'string' ? unit : 'd'];
		const isFresh = ['freshness', 'fr', 'latency', 'ly'].includes(String(property));
		if (!isFresh || letter === undefined || Number.isNaN(Number(value))) {
			left.push({ at: `slaProperties[${index}]`, reason: 'not-a-check', what: String(property) });
			continue;
		}
		const max_age = `${Number(value)}${letter}`;
		const [first = ''] = typeof element === 'string' ? element.split(',') : [];
		const [object, column] = first.trim().split('.').slice(-2);
		if (column !== undefined && !names.includes(object)) {
			left.push({ at: `slaProperties[${index}]`, reason: 'not-a-check', what: `of another object: ${first}` });
			continue;
		}
		checks.push(
			column === undefined
				? { expectation: 'expect_version_to_be_recent', kwargs: { max_age } }
				: { expectation: 'expect_column_max_to_be_recent', kwargs: { column, max_age } }
		);
	}
	return { checks, left };
}
