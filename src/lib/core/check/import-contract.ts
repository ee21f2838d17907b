// Contracts of the Open Data Contract Standard 3 as suites: what their schema and their quality rules say can be checked.
import * as v from 'valibot';
import { shownValue } from '../document/text-problem.ts';
import { err, ok, type Result } from '../result.ts';
import { unusedKeys, type Imported, type ImportSuiteFailure, type LeftOut } from './exchange.ts';
import { freshnessChecks } from './contract-freshness.ts';
import { propertyChecks, referenced, type PhysicalNames, type Property } from './contract-properties.ts';
import { qualityChecks } from './contract-quality.ts';
import type { WrittenCheck } from './write-suite.ts';

const record = v.record(v.string(), v.unknown());
const records = v.optional(v.nullable(v.array(record)));
const propertyShape = v.looseObject({
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
	relationships: records,
	quality: records
});
const contractShape = v.looseObject({
	apiVersion: v.string(),
	kind: v.literal('DataContract'),
	name: v.optional(v.nullable(v.string())),
	id: v.optional(v.nullable(v.string())),
	description: v.optional(v.nullable(v.union([v.string(), record]))),
	schema: v.optional(v.nullable(v.array(objectShape))),
	slaDefaultElement: v.optional(v.nullable(v.string())),
	slaProperties: records
});
type ContractObject = v.InferOutput<typeof objectShape>;

export function isDataContract(value: unknown): boolean {
	return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'DataContract';
}

/** What a new contract says of itself, and so what says nothing of one. */
export const NEW_CONTRACT = { version: '1.0.0', status: 'draft' } as const;

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
	const others = objects.filter((one) => one !== chosen);
	const { checks, left } = objectChecks(chosen, `schema[${number}]`, physicalNames(objects));
	const fresh = freshnessChecks(contract.slaProperties ?? [], chosen, contract.slaDefaultElement ?? null);
	const dataset = chosen.physicalName ?? chosen.name ?? null;
	const key = keyOf(chosen.properties ?? []);
	const { purpose, ...aboutIt } =
		typeof contract.description === 'string' ? { purpose: contract.description } : (contract.description ?? {});
	return ok({
		name: contract.name ?? contract.id ?? dataset,
		suite: {
			description: typeof purpose === 'string' ? purpose : null,
			dataset,
			key: key.length > 0 ? key : null,
			checks: [...checks, ...fresh.checks]
		},
		left: [
			...others.map((one): LeftOut => {
				const at = `schema[${objects.indexOf(one)}]`;
				return { at, reason: 'other-object', what: one.name ?? one.physicalName ?? '' };
			}),
			...left,
			...fresh.left,
			...unusedKeys(aboutIt, new Set(), 'description'),
			...aboutContract(contract)
		],
		otherObjects: others.flatMap(({ name, physicalName }) => name ?? physicalName ?? [])
	});
}

function objectChecks(object: ContractObject, at: string, namesOf: PhysicalNames) {
	const left: LeftOut[] = [];
	const checks: WrittenCheck[] = [];
	const take = (found: { readonly checks: readonly WrittenCheck[]; readonly left: readonly LeftOut[] }): void => {
		checks.push(...found.checks);
		left.push(...found.left);
	};
	const properties = object.properties ?? [];
	const key = keyOf(properties);
	const columnOf = (property: string): string => namesOf(object.name ?? '', property)[1];
	for (const [index, property] of properties.entries()) {
		const here = `${at}.properties[${index}]`;
		take(propertyChecks(property, here, { isOnlyKey: key.length === 1, namesOf }));
		take(qualityChecks(property.quality ?? [], { column: columnName(property), columnOf }, `${here}.quality`));
	}
	take(qualityChecks(object.quality ?? [], { column: null, columnOf }, `${at}.quality`));
	if (key.length > 1)
		checks.push({ expectation: 'expect_compound_columns_to_be_unique', kwargs: { column_list: key } });
	for (const [index, { from, to }] of (object.relationships ?? []).entries()) {
		const [source, target] = [referenced(from), referenced(to)];
		if (source && target) {
			const [dataset, dataset_column] = namesOf(...target);
			const kwargs = { column: columnOf(source[1]), dataset, dataset_column };
			checks.push({ expectation: 'expect_column_values_to_be_in_dataset', kwargs });
		} else {
			const what = `${shownValue(from)} to ${shownValue(to)}`;
			left.push({ at: `${at}.relationships[${index}]`, reason: 'not-expressible', what });
		}
	}
	const rest = object['physicalType'] === 'table' ? { ...object, physicalType: null } : object;
	return { checks, left: [...left, ...unusedKeys(rest, objectKeys, at)] };
}

const objectKeys: ReadonlySet<string> = new Set(['name', 'physicalName', 'properties', 'relationships', 'quality']);

function physicalNames(objects: readonly ContractObject[]): PhysicalNames {
	return (object, property) => {
		const found = objects.find(({ name, physicalName }) => [name, physicalName].includes(object));
		const column = found?.properties?.find(({ name }) => name === property);
		return [found?.physicalName ?? found?.name ?? object, column ? columnName(column) : property];
	};
}

function columnName({ name, physicalName }: Pick<Property, 'name' | 'physicalName'>): string {
	return physicalName ?? name;
}

function keyOf(properties: readonly Property[]): readonly string[] {
	return properties
		.filter(({ primaryKey }) => primaryKey === true)
		.toSorted((one, other) => (one.primaryKeyPosition ?? 0) - (other.primaryKeyPosition ?? 0))
		.map(columnName);
}

const usedKeys: ReadonlySet<string> = new Set([
	'apiVersion',
	'kind',
	'id',
	'name',
	'description',
	'schema',
	'slaDefaultElement',
	'slaProperties'
]);

function aboutContract(contract: Readonly<Record<string, unknown>>): readonly LeftOut[] {
	return Object.entries(contract).flatMap(([at, value]): LeftOut[] => {
		if (usedKeys.has(at) || value === null) return [];
		if ((at === 'version' || at === 'status') && NEW_CONTRACT[at] === value) return [];
		return [{ at, reason: 'not-a-check', what: 'about the contract, and not its rows' }];
	});
}
