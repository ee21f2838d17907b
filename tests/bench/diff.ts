// `node tests/bench/diff.ts`, on a built site: how long a comparison of 1,000,000 rows × 12 columns takes, by what changed.
import { chromium as playwright } from '@playwright/test';
import type { WeirConsole } from '../../src/lib/flows/console-types.ts';
import { chromium } from '../chromium.ts';
import { startWeir } from '../weir-server.ts';

type WithWeir = { readonly weir: WeirConsole };
const rowCount = Number(process.argv[2] ?? 1_000_000);

const base = `select range as id, 'name ' || range % 5000 as name, ['Ulm', 'Bern', 'Graz'][1 + range % 3] as city, md5((range % 90000)::varchar) as code,
	range % 7 = 0 as paid, hash(range) % 100000 / 8 as price, hash(range * 3) % 1000 as amount, range / 7 as ratio,
	date '2024-01-01' + (range % 900)::integer as day, timestamp '2024-01-01' + interval (range) second as moment,
	if(range % 5 = 0, null, range % 11) as grade, 'note ' || hash(range) % 400 as note from range(${rowCount})`;
const edits = {
	'one cell': `* replace (if(id = ${rowCount / 2}, 0, price) as price)`,
	'1 % of a column, in one place': `* replace (if(id between ${rowCount / 2} and ${rowCount / 2 + rowCount / 100 - 1}, price + 1, price) as price)`,
	'1 % of a column, scattered': '* replace (if(id % 100 = 7, price + 1, price) as price)',
	'10 % of two columns, scattered':
		"* replace (if(id % 10 = 7, price + 1, price) as price, if(id % 10 = 3, 'x', city) as city)",
	'a whole column': '* replace (price + 1 as price)'
};

const server = await startWeir();
const browser = await playwright.launch(chromium);
try {
	const page = await browser.newPage();
	page.setDefaultTimeout(0);
	await page.goto(server.url);
	await page.waitForFunction(() => 'weir' in globalThis);
	const save = (name: string, sql: string, replace: boolean): Promise<void> =>
		page.evaluate(
			async (given) => {
				const { weir } = globalThis as never as WithWeir;
				await weir.ready;
				const saved = await weir.save(given.name, given.sql, { replace: given.replace });
				if (!saved.ok) throw new Error(JSON.stringify(saved.error));
			},
			{ name, sql, replace }
		);
	await save('base', base, false);
	console.log(
		`${rowCount.toLocaleString('en')} rows × 12 columns, compared by id; seconds until rows and counts, and for the columns`
	);
	for (const [what, columns] of Object.entries(edits)) {
		await save('changed', `select ${columns} from base`, what !== Object.keys(edits)[0]);
		const told = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const diff = await weir.diff('base', 'changed', { key: ['id'], limit: 100 });
			if (!diff.ok) throw new Error(JSON.stringify(diff.error));
			const jobs = await weir.jobs();
			const seconds = (start: string): number => {
				const job = jobs.ok ? jobs.value.find(({ label }) => label.startsWith(start)) : undefined;
				return ((job?.endedAtMs ?? 0) - (job?.startedAtMs ?? 0)) / 1000;
			};
			return {
				counts: diff.value.counts,
				shared: diff.value.sharedRows,
				rows: seconds('Compare'),
				columns: seconds('Summarise')
			};
		});
		const { changed, cellsChanged } = told.counts;
		console.log(
			`  ${what}: ${told.rows.toFixed(1)} s, ${told.columns.toFixed(1)} s; ${changed} rows, ${cellsChanged} cells changed, ${told.shared} rows unread`
		);
	}
} finally {
	await browser.close();
	await server.stop();
}
