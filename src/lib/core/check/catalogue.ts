// Every expectation there is, by its name.
import { aggregateExpectations } from './aggregate-expectations.ts';
import { columnExpectations } from './column-expectations.ts';
import { distributionExpectations } from './distribution-expectations.ts';
import { driftExpectations } from './drift-expectations.ts';
import type { Expectation } from './expectation.ts';
import { orderExpectations } from './order-expectations.ts';
import { referenceExpectations } from './reference-expectations.ts';
import { setExpectations } from './set-expectations.ts';
import { tableExpectations } from './table-expectations.ts';
import { textExpectations } from './text-expectations.ts';
import { valueExpectations } from './value-expectations.ts';

export const expectations: readonly Expectation[] = [
	...tableExpectations,
	...valueExpectations,
	...textExpectations,
	...orderExpectations,
	...aggregateExpectations,
	...setExpectations,
	...distributionExpectations,
	...driftExpectations,
	...columnExpectations,
	...referenceExpectations
];

export const expectationNames: readonly string[] = expectations.map(({ name }) => name);

const byName: ReadonlyMap<string, Expectation> = new Map(expectations.map((one) => [one.name, one]));

export function expectationOf(name: string): Expectation | undefined {
	return byName.get(name);
}

/** Those that Great Expectations does not have: they cannot be exported to it. */
export const ownNames: ReadonlySet<string> = new Set([
	'expect_column_values_to_be_in_dataset',
	'expect_column_max_to_be_recent',
	'expect_version_to_be_recent',
	'expect_rows_to_satisfy_sql',
	'expect_rows_to_satisfy_function',
	...driftExpectations.map(({ name }) => name)
]);
