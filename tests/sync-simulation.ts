// What became of a simulated group of devices. Shared by the test and the campaign.
import type { SyncPlant } from './sync-server.ts';
import { SyncWorld } from './sync-world.ts';

export async function simulateSync(seed: number, plant: SyncPlant | null) {
	const world = new SyncWorld(seed, plant);
	await world.play();
	return {
		problems: [...world.problems, ...world.server.violations].map((problem) => `seed ${seed}: ${problem}`),
		steps: world.steps,
		faults: world.faults,
		deaths: world.deaths,
		merges: world.merges,
		alarms: world.alarms,
		collected: world.server.collected,
		shortened: world.shortened,
		reseeded: world.reseeded,
		removals: world.removals,
		refusals: world.refusals,
		away: world.away
	};
}
