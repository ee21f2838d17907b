// A world for the runner of pipelines: virtual time, chance from a seed, pages that die at any await, and stores that survive
// them. `plant` makes it break a promise on purpose, so that the checks are seen to find it.
import { Breakers } from '#lib/flows/breakers.ts';
import type { RunnerEffects } from '#lib/flows/runner-effects.ts';
import { WorldEditions } from './pipeline-editions.ts';
import { Pages, type Page } from './pipeline-pages.ts';
import { WorldPieces } from './pipeline-pieces.ts';
import type { Plant } from './pipeline-plants.ts';
import { hash, type Behaviour } from './pipeline-reads.ts';
import { WorldRuns } from './pipeline-runs.ts';
import { WorldWorkers } from './pipeline-workers.ts';

export type WorldInput = {
	readonly random: () => number;
	readonly parse: RunnerEffects['parse'];
	readonly pipelines: ReadonlyMap<string, string>;
	readonly behaviours: Map<string, Behaviour>;
	/** Chance of a page's death at each await, and how many deaths there are at most. */
	readonly deathChance: number;
	readonly deaths: number;
	/** After so many a breaker must be open. */
	readonly breakerFailures: number;
	readonly plant: Plant | null;
};

export class World {
	/** What happened against a promise, one line each. */
	readonly violations: string[] = [];
	readonly input: WorldInput;
	readonly pages: Pages;
	readonly runs: WorldRuns;
	readonly editions: WorldEditions;
	readonly workers: WorldWorkers;

	constructor(input: WorldInput) {
		this.input = input;
		const { random, deathChance, deaths, plant, breakerFailures, behaviours } = input;
		const { violations } = this;
		const pieces = new WorldPieces(plant === 'pieces-of-other-rows');
		this.pages = new Pages({ random, deathChance, deaths, violations, isLockless: plant === 'no-lock' });
		const { pages } = this;
		this.runs = new WorldRuns({ pages, pieces, plant, breakerFailures, violations });
		this.editions = new WorldEditions({ pages, plant });
		this.workers = new WorldWorkers({
			...{ pages, pieces, plant, behaviours, violations },
			...{ runs: this.runs, editions: this.editions }
		});
	}

	effects(page: Page): RunnerEffects {
		const { pages, input } = this;
		const effects: Omit<RunnerEffects, 'breakers'> = {
			runs: this.runs.store(page),
			worker: this.workers.worker(page),
			lock: (name, mayWait, work) => pages.lock(page, name, mayWait, work),
			parse: input.parse,
			now: () => pages.nowMs,
			random: () => (input.plant === 'wild-chance' ? 1.5 : 1) * input.random(),
			randomId: () => `id-${pages.nextId()}`,
			sleep: (ms, signal) => pages.sleep(page, ms, signal),
			sha256: (bytes) => Promise.resolve(hash(String.fromCharCode(...bytes))),
			pipelineText: (name) => pages.io(page, () => ({ ok: true, value: input.pipelines.get(name) ?? null }) as const)
		};
		return { ...effects, breakers: new Breakers(effects) };
	}
}
