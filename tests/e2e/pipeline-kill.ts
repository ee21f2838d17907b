// A pipeline of twelve steps over flights, run undisturbed and with a browser that is killed: shared by the test, whose flights are
// made up and fewer, and the campaign, whose flights are the sample of three million.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { kill, openBrowser } from './kill.ts';
import type { WithWeir } from './workspace.ts';

export type PipelineKillReport = {
	readonly kills: number;
	/** Kills that came while the run was running. */
	readonly midRun: number;
	readonly elapsedMs: number;
	/** Of the page that ran it to its end. */
	readonly ranMs: number;
	readonly rootHash: string;
	/** Attempts of all steps, by how they ended. */
	readonly attempts: Readonly<Record<string, number>>;
	readonly state: string;
};

const MADE_UP = 100_000;

const sources = {
	sample: `
  - { id: flights, kind: ingest, sample: flights, into: flights }
  - { id: whole, kind: check, needs: [flights], sql: "SELECT count(*) = 3000000 FROM flights" }`,
	'made-up': `
  - { id: strikes, kind: ingest, sample: birdstrikes, into: strikes }
  - id: flights
    kind: transform
    needs: [strikes]
    sql: |
      SELECT TIMESTAMP '2001-01-01' + to_minutes(range) AS date, (hash(range) % 240)::INTEGER - 60 AS delay,
        (hash(range, 1) % 2500)::INTEGER AS distance, 'O' || hash(range, 2) % 90 AS origin, 'D' || hash(range, 3) % 90 AS destination
      FROM range(${MADE_UP}) WHERE range >= (SELECT count(*) FROM strikes) - 10000
    into: flights
  - { id: whole, kind: check, needs: [flights], sql: "SELECT count(*) = ${MADE_UP} FROM flights" }`
};
export type FlightsOf = keyof typeof sources;

const twelve = (from: FlightsOf): string => `name: twelve
retry: { attempts: 3, delay: 100ms }
steps:${sources[from]}
  - id: by-day
    kind: transform
    needs: [whole]
    sql: SELECT date::date AS day, count(*) AS n, avg(delay) AS delay FROM flights GROUP BY day ORDER BY day
    into: by_day
    key: [day]
  - id: by-origin
    kind: transform
    needs: [whole]
    sql: SELECT origin, count(*) AS n, avg(delay) AS delay FROM flights GROUP BY origin ORDER BY origin
    into: by_origin
  - { id: late, kind: transform, needs: [whole], sql: "SELECT * FROM flights WHERE delay > 30", into: late }
  - { id: short, kind: transform, needs: [whole], sql: "SELECT * FROM flights WHERE distance < 300", into: short }
  - id: late-share
    kind: transform
    needs: [late, by-origin]
    sql: |
      SELECT o.origin, count(l.origin) / any_value(o.n) AS share
      FROM by_origin o LEFT JOIN late l ON l.origin = o.origin
      GROUP BY o.origin ORDER BY o.origin
    into: late_share
  - id: many
    kind: branch
    needs: [late]
    cases: [{ if: "SELECT count(*) > 1000 FROM late", then: [routes] }]
    else: [few]
  - id: routes
    kind: transform
    needs: [many]
    sql: SELECT origin, destination, count(*) AS n FROM late GROUP BY ALL ORDER BY ALL
    into: routes
  - { id: few, kind: transform, needs: [many], sql: SELECT 1 AS nothing, into: few }
  - id: each
    kind: for-each
    needs: [late-share, short]
    sql: SELECT origin FROM by_origin ORDER BY n DESC, origin LIMIT 3
    do: { kind: transform, sql: "SELECT * FROM short WHERE origin = \${{ item }}", into: "short_\${{ item }}" }
  - id: end
    kind: transform
    needs: [each, routes, few, by-day, short]
    trigger: none_failed_min_one_success
    sql: SELECT (SELECT count(*) FROM routes) AS routes, (SELECT count(*) FROM by_day) AS days, (SELECT count(*) FROM short) AS short
    into: summary
`;

type KilledRun = {
	readonly flights: FlightsOf;
	readonly kills: number;
	/** Gives 0 ≤ x < 1. */
	readonly random: () => number;
	/** How long a page works at most before it is killed. */
	readonly longestMs: number;
};

/** `kills` times a run is cut off at a random moment. */
export async function runKilled(
	url: string,
	{ flights, kills, random, longestMs }: KilledRun
): Promise<PipelineKillReport> {
	const text = twelve(flights);
	const profile = mkdtempSync(join(tmpdir(), 'weir-pipeline-'));
	const startedMs = performance.now();
	let midRun = 0;
	try {
		for (let round = 0; round < kills; round++) {
			const { child, browser, page } = await openBrowser(profile, url, [], stopClock);
			// Not awaited: the browser dies in the middle of it.
			const working = page.evaluate(start, text).catch(() => 'killed');
			await new Promise((resolve) => setTimeout(resolve, random() * longestMs));
			const state = await Promise.race([working, Promise.resolve('running')]);
			if (state !== 'succeeded') midRun++;
			await kill(child);
			await working;
			await browser.close().catch(() => undefined);
		}
		const { child, browser, page } = await openBrowser(profile, url, [], stopClock);
		const openedMs = performance.now();
		const state = await page.evaluate(start, text);
		const ranMs = Math.round(performance.now() - openedMs);
		const ended = { attempts: await page.evaluate(look), rootHash: await rootHash(page) };
		await kill(child);
		await browser.close().catch(() => undefined);
		return { kills, midRun, elapsedMs: Math.round(performance.now() - startedMs), ranMs, state, ...ended };
	} finally {
		rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
}

/** Versions carry the time they were made, and the root hash is over that too: here it is always the same. */
export async function stopClock(page: Page): Promise<void> {
	await page.addInitScript(() => {
		Date.now = () => 1_750_000_000_000;
	});
}

/** In the page: begins the run, or waits for the one that the page goes on with by itself, and tells how it ended. */
async function start(text: string): Promise<string> {
	const { weir } = globalThis as never as WithWeir;
	const saved = await weir.savePipeline(text);
	if (!saved.ok) throw new Error(JSON.stringify(saved.error));
	const there = await weir.runs({ pipeline: 'twelve' });
	if (there.ok && there.value.length === 0) {
		const ran = await weir.runPipeline('twelve');
		return ran.ok ? ran.value.state : JSON.stringify(ran.error);
	}
	for (;;) {
		const runs = await weir.runs({ pipeline: 'twelve' });
		const state = runs.ok ? runs.value[0]?.state : 'refused';
		if (state !== undefined && state !== 'running') return state;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/** In the page: the attempts of the one run there is, counted by how they ended. */
async function look(): Promise<PipelineKillReport['attempts']> {
	const { weir } = globalThis as never as WithWeir;
	const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
		if (!answer.ok) throw new Error(JSON.stringify(answer.error));
		return answer.value;
	};
	const [run, ...others] = must(await weir.runs());
	if (!run || others.length > 0) throw new Error('there is more than one run');
	const { attempts } = must(await weir.run(run.id));
	const counts: Record<string, number> = {};
	for (const { state } of attempts) counts[state] = (counts[state] ?? 0) + 1;
	return counts;
}

/** Of everything, out of the header of a backup as docs/backup-format.md has it: the key, the letter of a text, its length, and the text. */
export async function rootHash(page: Page): Promise<string> {
	const head = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const backup = await weir.backup();
		if (!backup.ok) throw new Error(JSON.stringify(backup.error));
		return backup.value.slice(0, 4_000_000).text();
	});
	return /rootHashs\0\0\0@([0-9a-f]{64})/.exec(head)?.[1] ?? 'none';
}
