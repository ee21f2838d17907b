// Whatever is lost, doubled or late, and whenever a page dies: devices come to the same, and no commit is lost on the way.
import { expect, test } from 'vitest';
import { simulateSync } from '../sync-simulation.ts';
import { syncPlants, type SyncPlant } from '../sync-server.ts';

const SEEDS = 1000;
const FIRST = Date.now() % 1_000_000;

test(`${SEEDS} random workspaces converge, lose no commit and no object, and notice a server that lies`, async () => {
	console.log(`first sync seed ${FIRST}`);
	const sums = {
		steps: 0,
		faults: 0,
		deaths: 0,
		merges: 0,
		alarms: 0,
		collected: 0,
		shortened: 0,
		reseeded: 0,
		removals: 0,
		refusals: 0,
		away: 0
	};
	for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
		const simulated = await simulateSync(seed, null);
		expect(simulated.problems).toEqual([]);
		for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += simulated[name];
	}
	console.log(`${SEEDS} seeds: ${JSON.stringify(sums)}`);
	for (const [name, sum] of Object.entries(sums))
		expect(sum, name).toBeGreaterThan(name === 'refusals' ? 10 : SEEDS / 10);
}, 300_000);

/** Where those were found last that few seeds meet: they are looked for from there on. */
const foundAt: Partial<Record<SyncPlant, number>> = {
	'no-needs-check': 209,
	'no-renumber': 19,
	'earlier-edition': 136,
	'forgets-removal': 16,
	'blind-removal': 127
};

test.each(syncPlants)(
	'the planted bug “%s” is found',
	async (plant) => {
		const first = foundAt[plant] ?? 1;
		for (let seed = first; seed < first + 1000; seed++) {
			const { problems } = await simulateSync(seed, plant);
			if (problems.length === 0) continue;
			console.log(`${plant}: found at seed ${seed}: ${problems[0] ?? ''}`);
			return;
		}
		expect.unreachable(`${plant} was not found in 1000 seeds`);
	},
	120_000
);
