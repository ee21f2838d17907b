// Whatever dies and whenever: a run ends as if nothing had, and every output is committed exactly once.
import { expect, test } from 'vitest';
import { plants, type Plant } from '../pipeline-plants.ts';
import { simulate } from '../pipeline-simulation.ts';

/** The campaign has a hundred thousand. */
const SEEDS = 1000;
const FIRST = Date.now() % 1_000_000;

test(`${SEEDS} random pipelines with dying pages, slow and failing sources end as if undisturbed`, async () => {
	console.log(`first pipeline seed ${FIRST}`);
	let [deaths, awaits] = [0, 0];
	for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
		const simulated = await simulate(seed, null);
		expect(simulated.problems).toEqual([]);
		deaths += simulated.deaths;
		awaits += simulated.awaits;
	}
	console.log(`${SEEDS} seeds, ${deaths} deaths at ${awaits} awaits`);
	expect(deaths).toBeGreaterThan(SEEDS);
}, 120_000);

/** Where those were found last that few seeds meet: they are looked for from there on. */
const foundAt: Partial<Record<Plant, number>> = {
	'breaker-forgotten': 160,
	'pieces-of-other-rows': 83,
	'blind-reuse': 74
};

test.each(plants)('the planted bug “%s” is found', async (plant) => {
	const first = foundAt[plant] ?? 1;
	for (let seed = first; seed < first + 300; seed++) {
		const { problems } = await simulate(seed, plant);
		if (problems.length === 0) continue;
		console.log(`${plant}: found at seed ${seed}: ${problems[0] ?? ''}`);
		return;
	}
	expect.unreachable(`${plant} was not found in 300 seeds`);
});
