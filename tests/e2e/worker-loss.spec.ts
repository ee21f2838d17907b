// The engine's thread is ended while a step's query runs in it: that is seen at once, told, and tried again.
import { expect } from '@playwright/test';
import { rootHash, stopClock } from './pipeline-kill.ts';
import { openWorkspace, test, type Profile, type WithWeir } from './workspace.ts';

/** Long enough that a machine of any pace is in the middle of the query when the thread is ended. */
const KILLED_AFTER_MS = 300;
const ROWS = 50_000_000;

const text = `name: lossy
retry: { attempts: 3, delay: 10ms, jitter: none }
steps:
  - { id: few, kind: transform, into: few, sql: "SELECT range AS a FROM range(1000)" }
  - id: heavy
    kind: transform
    needs: [few]
    into: heavy
    sql: SELECT range % 7 AS k, sum(range % 11)::BIGINT AS n FROM range(${ROWS}) GROUP BY k ORDER BY k
  - { id: join, needs: [heavy], kind: join }
  - { id: last, kind: transform, needs: [join], into: last, sql: "SELECT sum(n) AS n, (SELECT count(*) FROM few) AS rows FROM heavy" }
`;

type Played = {
	readonly state: string;
	/** How each attempt of the heavy step ended. */
	readonly ends: readonly string[];
	readonly log: readonly string[];
	readonly others: number;
	/** From the moment it began to its first end. */
	readonly noticedMs: number;
	/** That still ran when the run had ended. */
	readonly jobs: number;
	readonly answer: unknown;
};

/** In a workspace of its own. */
async function play(profile: Profile, isKilled: boolean): Promise<Played & { readonly rootHash: string }> {
	await profile.empty();
	try {
		const page = await profile.context.newPage();
		await stopClock(page);
		await openWorkspace(page);
		const played = await page.evaluate(
			async ({ text, faults }): Promise<Played> => {
				const { weir } = globalThis as never as WithWeir;
				const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
					if (!answer.ok) throw new Error(JSON.stringify(answer.error));
					return answer.value;
				};
				must(await weir.savePipeline(text));
				const seen: [string, number][] = [];
				const onState = ({ heavy = '' }: Readonly<Record<string, string>>): void => {
					if (seen.at(-1)?.[0] !== heavy) seen.push([heavy, performance.now()]);
				};
				const ran = must(await weir.runPipeline('lossy', { faults, onState }));
				const began = seen.findIndex(([state]) => state === 'running');
				const { attempts } = must(await weir.run(ran.id));
				const own = attempts.filter(({ step }) => step === 'heavy');
				const running = must(await weir.jobs()).filter(({ state }) => state === 'running');
				const answer = must(await weir.sql('SELECT n::INTEGER AS n FROM heavy ORDER BY k LIMIT 1'));
				return {
					state: ran.state,
					ends: own.map(({ state, failure }) => failure?.kind ?? state),
					log: own[0]?.log.map((line) => line.text) ?? [],
					others: attempts.length - own.length,
					noticedMs: (seen[began + 1]?.[1] ?? Infinity) - (seen[began]?.[1] ?? 0),
					jobs: running.length,
					answer: (await answer.rows())[0]
				};
			},
			{ text, faults: isKilled ? [{ step: 'heavy', do: 'kill-worker' as const, ms: KILLED_AFTER_MS }] : [] }
		);
		return { ...played, rootHash: await rootHash(page) };
	} finally {
		await profile.empty();
	}
}

test('a worker killed in mid-step is noticed within two seconds and tried again, and the run leaves what an undisturbed one leaves', async ({
	profile
}) => {
	const alone = await play(profile, false);
	const killed = await play(profile, true);
	console.log(`undisturbed ${JSON.stringify(alone)}\nkilled ${JSON.stringify(killed)}`);
	expect(alone).toMatchObject({ state: 'succeeded', ends: ['succeeded'], others: 3, jobs: 0 });
	// Else the thread would have been ended when the query was over.
	expect(alone.noticedMs).toBeGreaterThan(2 * KILLED_AFTER_MS);
	expect(killed).toMatchObject({ state: 'succeeded', ends: ['engine-crashed', 'succeeded'], others: 3, jobs: 0 });
	expect(killed.log).toContain('The engine is ended');
	expect(killed.noticedMs - KILLED_AFTER_MS).toBeLessThan(2000);
	expect(killed.answer).toEqual(alone.answer);
	expect(killed.rootHash).toMatch(/^[0-9a-f]{64}$/);
	expect(killed.rootHash).toBe(alone.rootHash);
});
