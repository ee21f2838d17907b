// How fresh a contract says its rows are, as checks, and the other way round.
import { unusedKeys, type LeftOut } from './exchange.ts';
import type { Check } from './suite.ts';
import type { WrittenCheck } from './write-suite.ts';

type Fields = Readonly<Record<string, unknown>>;
type NamedObject = {
	readonly name?: string | null | undefined;
	readonly physicalName?: string | null | undefined;
	readonly properties?:
		readonly { readonly name: string; readonly physicalName?: string | null | undefined }[] | null | undefined;
};

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
const usedKeys: ReadonlySet<string> = new Set(['property', 'value', 'unit', 'element']);

/** Of `object` alone; `usual` is the element of those that name none. */
export function freshnessChecks(
	given: readonly Fields[],
	object: NamedObject,
	usual: string | null
): { readonly checks: readonly WrittenCheck[]; readonly left: readonly LeftOut[] } {
	const checks: WrittenCheck[] = [];
	const left: LeftOut[] = [];
	for (const [index, one] of given.entries()) {
		const { property, value, unit, element = usual } = one;
		const at = `slaProperties[${index}]`;
		const letter = unitLetters[typeof unit === 'string' ? unit : 'd'];
		const isFresh = ['freshness', 'fr', 'latency', 'ly'].includes(String(property));
		if (!isFresh || letter === undefined || Number.isNaN(Number(value))) {
			left.push({ at, reason: 'not-a-check', what: String(property) });
			continue;
		}
		const max_age = `${Number(value)}${letter}`;
		const [first = ''] = typeof element === 'string' ? element.split(',') : [];
		const [named, column] = first.trim().split('.').slice(-2);
		if (column !== undefined && named !== object.name && named !== object.physicalName) {
			left.push({ at, reason: 'other-object', what: first });
			continue;
		}
		const known = object.properties?.find(({ name }) => name === column);
		checks.push(
			column === undefined
				? { expectation: 'expect_version_to_be_recent', kwargs: { max_age } }
				: {
						expectation: 'expect_column_max_to_be_recent',
						kwargs: { column: known?.physicalName ?? column, max_age }
					}
		);
		left.push(...unusedKeys(one, usedKeys, at));
	}
	return { checks, left };
}

/** Null where a contract says it in no other way than as a rule of ours. */
export function freshnessOf({ expectation, kwargs }: Check, object: string): Fields | null {
	const { max_age, column, ...others } = kwargs;
	const isOfColumn = expectation === 'expect_column_max_to_be_recent';
	if (!isOfColumn && expectation !== 'expect_version_to_be_recent') return null;
	const [, amount, unit] = /^(\d+(?:\.\d+)?)([mhdw])$/.exec(typeof max_age === 'string' ? max_age : '') ?? [];
	if (amount === undefined || Object.keys(others).length > 0) return null;
	if (!isOfColumn) return { property: 'freshness', value: Number(amount), unit };
	if (typeof column !== 'string' || /[.,]/.test(`${object}${column}`)) return null;
	return { property: 'freshness', value: Number(amount), unit, element: `${object}.${column}` };
}
