// How the report of every template looks, wide and narrow: made from rows in the page's own engine, on a day that stands still.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { templateIds } from '#core/report/templates.ts';
import type { Result } from '#core/result.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import type { BlockFailure } from '#lib/flows/report-rows.ts';
import EditionView from '#lib/ui/report/EditionView.svelte';
import { explain } from '#lib/ui/explain.ts';
import { expectLook } from './look.ts';

vi.setSystemTime('2026-03-02T09:00:00Z');
await new WorkspaceDb().delete();
const { console: weir } = compose();

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

/** A trained file's bytes are others each time. */
function withOneHash<T>(edition: T): T {
	const hash = '0123456789abcdef'.repeat(4);
	return JSON.parse(JSON.stringify(edition).replaceAll(/\b[0-9a-f]{64}\b/g, hash)) as T;
}

const visits = (longest: number, oneIn: number): string =>
	`SELECT i::INTEGER AS id, DATE '2026-01-01' + (i // 4)::INTEGER AS day, ['Basel', 'Köln', 'Rotterdam'][1 + i % 3] AS site,
		if(i % ${oneIn} = 0, NULL, round(20 + 6 * sin(i / 30.0) + (i * 7919 % 101) / ${longest} + 4 * (i % 3), 1)) AS wait,
		((i * i % 37) + i // 20)::INTEGER AS people, i % 5 = 0 AS urgent
	FROM range(240) t(i) ORDER BY i`;

const SUITE = [
	'dataset: visits',
	'checks:',
	'  - expect_column_values_to_not_be_null: { column: wait }',
	'  - expect_column_values_to_be_between: { column: people, min_value: 0, max_value: 40 }',
	'  - expect_column_values_to_be_in_set: { column: site, value_set: [Basel, Köln, Rotterdam] }',
	'  - expect_table_row_count_to_be_between: { min_value: 1 }'
].join('\n');

beforeAll(async () => {
	valueOf(await weir.save('visits', visits(80, 31)));
	valueOf(await weir.setKey('visits', ['id']));
	valueOf(await weir.check('visits', SUITE, { keep: true }));
	const changed = `SELECT * REPLACE (if(id % 40 = 3, people + 9, people) AS people), id % 2 AS lane FROM (${visits(20, 9)}) WHERE id <> 5`;
	valueOf(await weir.save('visits', changed, { replace: true }));
	valueOf(await weir.check('visits', SUITE, { keep: true }));
	valueOf(await weir.save('quiet', 'SELECT 1 AS id, 2.5 AS level'));
	const run = valueOf(
		await weir.trainModel('SELECT site, urgent, people, wait FROM visits WHERE wait IS NOT NULL', {
			target: 'wait',
			learner: 'linear',
			experiment: 'waits'
		})
	);
	valueOf(await weir.registerModel(run.id, 'waits'));
});
afterAll(async () => {
	for (const { name } of valueOf(await weir.datasets())) valueOf(await weir.remove(name));
	vi.useRealTimers();
});

const looks = [
	...templateIds.map((template) => ({ name: template, template, of: template === 'model' ? 'waits' : 'visits' })),
	{ name: 'unchecked', template: 'quality', of: 'quiet' }
];

for (const { name, template, of } of looks)
	for (const width of [template === 'dashboard' ? 1360 : 960, 374])
		test(`a report looks as it did: ${name}, ${width} wide`, async () => {
			const made = valueOf(await weir.makeReport(template, of, { name: `${name} ${width}` }));
			const edition = withOneHash(valueOf(await weir.renderReport(made.name)));
			const charts = edition.blocks.filter(
				(one) => one.block.kind === 'chart' && 'shown' in one && one.shown.ok && one.shown.table.rowCount > 0
			).length;
			await expectLook(`report-${name}-${width}`, {
				widths: [width],
				draw: async (frame) => {
					await render(EditionView<BlockFailure>, { target: frame, props: { edition, words: explain } });
					await expect.poll(() => frame.querySelectorAll('.host > svg').length).toBe(charts);
				}
			});
		});
