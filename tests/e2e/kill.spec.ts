import { expect, test } from '@playwright/test';
import { seeded } from '../seeded.ts';
import { killRounds } from './kill.ts';

test('a browser killed while it commits loses nothing acknowledged and leaves nothing half done', async ({
	baseURL
}) => {
	test.setTimeout(300_000);
	const seed = Date.now() % 1_000_000;
	console.log(`kill seed ${seed}`);
	const report = await killRounds(baseURL ?? '', { rounds: 3, random: seeded(seed), spanMs: 3000 });
	console.log(
		`${report.imports} imports, ${report.changes} changes and ${report.prunes} prunes acknowledged, ` +
			`${report.midImport} of ${report.rounds} kills in mid-import, ${report.midChange} in mid-change and ${report.midPrune} in mid-prune`
	);
	expect(report.problems).toEqual([]);
	expect(report.imports).toBeGreaterThan(0);
	expect(report.midImport + report.midChange + report.midPrune).toBeGreaterThan(0);
});
