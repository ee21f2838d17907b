import { expect } from '@playwright/test';
import { seeded } from '../seeded.ts';
import { killLoads } from './load-kill.ts';
import { test } from './workspace.ts';

test('a browser killed while it loads goes on without a gap, a row twice, or a place that its rows do not have', async ({
	baseURL
}) => {
	test.setTimeout(300_000);
	const seed = Date.now() % 1_000_000;
	console.log(`load kill seed ${seed}`);
	const random = seeded(seed);
	const modes = [random() < 0.5 ? ('append' as const) : ('merge' as const)];
	const report = await killLoads(baseURL ?? '', { modes, kills: 3, random });
	console.log(
		`${modes.join()}: ${report.midLoad} of ${report.kills} kills in mid-load, ${report.answers} answers, ` +
			`${report.rows} rows in ${report.versions} versions, ${report.resumed} last loads went on`
	);
	expect(report.problems).toEqual([]);
	expect(report.midLoad).toBeGreaterThan(0);
});
