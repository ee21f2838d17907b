import { expect, test } from '@playwright/test';
import { killRounds, seeded } from './kill.ts';

test('a browser killed while it commits loses nothing acknowledged and leaves nothing half done', async ({
	baseURL
}) => {
	test.setTimeout(300_000);
	const seed = Date.now() % 1_000_000;
	console.log(`kill seed ${seed}`);
	const report = await killRounds(baseURL ?? '', 5, seeded(seed));
	console.log(
		`${report.imports} imports and ${report.changes} changes acknowledged, ` +
			`${report.midImport} of ${report.rounds} kills in mid-import and ${report.midChange} in mid-change`
	);
	expect(report.problems).toEqual([]);
	expect(report.imports).toBeGreaterThan(0);
	expect(report.midImport + report.midChange).toBeGreaterThan(0);
});
