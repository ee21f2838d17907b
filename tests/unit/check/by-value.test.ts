// Columns of few different values are judged value by value, and the verdicts are those of judging every row.
import { beforeAll, expect, test } from 'vitest';
import { costlyColumns, planSuite } from '#core/check/compile-suite.ts';
import { parseSuite } from '#core/check/parse-suite.ts';
import type { CheckVerdict } from '#core/check/verdict.ts';
import { CheckWorld } from '../../check-world.ts';

const columns = { id: 'INTEGER', code: 'VARCHAR', amount: 'INTEGER', name: 'VARCHAR' };
const schema = Object.entries(columns).map(([name, type]) => ({ name, type }));
const codes = ['AAA', 'BBB', 'cc', null];
const rows = Array.from({ length: 400 }, (_value, at) => [at, codes[at % 4] ?? null, (at * 7) % 11, `name ${at}`]);

let world: CheckWorld;
beforeAll(async () => {
	world = await CheckWorld.start();
	world.make({ orders: { columns, rows } });
}, 60_000);

const text = `checks:
  - expect_column_values_to_match_regex: { column: code, regex: '^[A-Z]{3}$' }
  - expect_column_value_lengths_to_equal: { column: code, value: 3, mostly: 0.5 }
  - expect_column_unique_value_count_to_be_between: { column: code, min_value: 3, max_value: 3 }
  - expect_column_values_to_match_regex: { column: name, regex: '^name [0-9]+$' }
  - expect_column_median_to_be_between: { column: amount, min_value: 5, max_value: 5 }
  - expect_column_stdev_to_be_between: { column: amount, min_value: 3, max_value: 3.3 }
  - expect_column_mean_to_be_between: { column: amount, min_value: 4.9, max_value: 5.1 }
  - expect_column_sum_to_be_between: { column: amount, min_value: 1990, max_value: 2010, row_condition: 'id < 1000' }
  - expect_column_values_to_be_between: { column: id, min_value: 0 }
`;

function plannedOf(suite: string) {
	const parsed = parseSuite(suite);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return planSuite(parsed.value.checks, { schema, nowMs: 0, versionAtMs: null, datasets: [] });
}

/** A deviation is summed in another order. */
const rounded = (checks: readonly CheckVerdict[]): unknown =>
	JSON.parse(JSON.stringify(checks), (_key, value: unknown) =>
		typeof value === 'number' ? Number(value.toPrecision(14)) : value
	);

test('of many rows it is asked once how many values the costly columns have, and those of few are counted by value', async () => {
	const planned = plannedOf(text);
	const usual = await world.evaluate({ planned, schema, table: 'orders', key: ['id'] });
	const before = world.asked.length;
	const grouped = await world.evaluate({ planned, schema, table: 'orders', key: ['id'], rowCount: 1_000_000 });
	const [sample = '', scan = ''] = world.asked.slice(before);
	expect(sample).toContain('approx_count_distinct("code")');
	expect(sample).not.toContain('"id"');
	expect(scan).toContain('GROUP BY "code"');
	expect(scan).toContain('GROUP BY "amount"');
	// Of the names there are as many as rows.
	expect(scan).not.toContain('GROUP BY "name"');
	expect(rounded(grouped.checks)).toEqual(rounded(usual.checks));
	expect(grouped.checks.map(({ outcome }) => outcome)).toEqual(['fail', ...Array<string>(8).fill('pass')]);
	expect(grouped.checks[0]?.unexpectedCount).toBe(100);
});

test('what is cheap is asked of the rows, and so is what reads several columns', () => {
	const cheap = plannedOf(`checks:
  - expect_column_values_to_not_be_null: { column: code }
  - expect_column_values_to_be_between: { column: amount, min_value: 0 }
  - expect_rows_to_satisfy_sql: { condition: 'regexp_matches(code, name)', columns: [code] }
`);
	const plans = cheap.flatMap(({ planned }) => (planned.ok ? [planned.value] : []));
	expect(plans).toHaveLength(3);
	expect(costlyColumns(plans)).toEqual([]);
});

test('a check that cannot be evaluated takes none of those with it that are judged by value', async () => {
	const planned = plannedOf(`checks:
  - expect_column_values_to_match_regex: { column: code, regex: '(' }
  - expect_column_value_lengths_to_equal: { column: code, value: 3, mostly: 0.5 }
`);
	const { checks } = await world.evaluate({ planned, schema, table: 'orders', key: ['id'], byValue: 'always' });
	expect(checks.map(({ outcome }) => outcome)).toEqual(['error', 'pass']);
});
