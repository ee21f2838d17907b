import { expect, test } from '@playwright/test';
import { killRounds, seeded } from './kill.ts';

test('a browser killed during imports loses no acknowledged dataset and leaves no half one', async ({ baseURL }) => {
	test.setTimeout(240_000);
	const seed = Date.now() % 1_000_000;
	console.log(`kill seed ${seed}`);
	const report = await killRounds(baseURL ?? '', 10, seeded(seed));
	console.log(
		`${report.acknowledged} imports acknowledged, ${report.midImport} of ${report.rounds} kills in mid-import`
	);
	expect(report.problems).toEqual([]);
	expect(report.acknowledged).toBeGreaterThan(0);
	expect(report.midImport).toBeGreaterThan(0);
});
