// `npm run bench:recipes`: what a recipe compiles to against the SQL a hand would write, over three million flights.
// Argument: --save (writes RECIPES.md).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startWeir } from '../weir-server.ts';
import { conditions, goalsMissed, loadBefore } from './conditions.ts';
import { inPage } from './pages.ts';

/** Short queries differ by a tenth from one time to the next, and long ones take their time. */
const ROUNDS = { least: 7, most: 31, ms: 20_000 };
const GOAL = 1.05;

/** Rows are aggregated at the end, so that a run measures the work and not the transfer. */
const cases = [
	{
		id: 'filter, derive, aggregate',
		recipe: `input: flights
steps:
  - filter: delay > 0
  - derive: { hour: hour(date) }
  - aggregate: { by: [hour], columns: { flights: count(*), mean: avg(delay) } }
  - sort: [hour]`,
		sql: `SELECT hour(date) AS hour, count(*) AS flights, avg(delay) AS mean FROM flights WHERE delay > 0
GROUP BY 1 ORDER BY 1`
	},
	{
		id: 'moving average over 3 rows a route',
		recipe: `input: flights
steps:
  - window:
      columns: { moving_average: avg(delay) }
      by: [origin, destination]
      order: [date]
      frame: { last: 3 }
  - aggregate: { columns: { rows: count(*), highest: max(moving_average) } }`,
		sql: `SELECT count(*) AS rows, max(moving_average) AS highest FROM (
  SELECT *, avg(delay) OVER (PARTITION BY origin, destination ORDER BY date ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving_average
  FROM flights)`
	},
	{
		id: 'join, aggregate, sort, limit',
		recipe: `input: flights
steps:
  - join: { with: airports, on: { origin: iata }, kind: inner, columns: [state] }
  - aggregate: { by: [state], columns: { flights: count(*), mean: avg(delay) } }
  - sort: [flights desc]
  - limit: 10`,
		sql: `SELECT state, count(*) AS flights, avg(delay) AS mean FROM flights JOIN airports ON origin = iata
GROUP BY state ORDER BY flights DESC LIMIT 10`
	},
	{
		id: 'sort, limit',
		recipe: `input: flights
steps:
  - select: [date, delay, origin, destination]
  - sort: [delay desc, date]
  - limit: 100`,
		sql: 'SELECT date, delay, origin, destination FROM flights ORDER BY delay DESC, date LIMIT 100'
	},
	{
		id: 'deduplicate, pivot',
		recipe: `input: flights
steps:
  - deduplicate: { by: [origin, destination], keep: last, order: [date, delay, distance] }
  - derive: { far: "if(distance > 1000, 'far', 'near')" }
  - pivot: { on: far, in: [far, near], value: count(*), by: [origin] }
  - aggregate: { columns: { airports: count(*), far: sum(far), near: sum(near) } }`,
		sql: `SELECT count(*) AS airports, sum(far) AS far, sum(near) AS near FROM (
  SELECT origin, count(*) FILTER (distance > 1000) AS far, count(*) FILTER (NOT distance > 1000) AS near
  FROM (SELECT * FROM flights
    QUALIFY row_number() OVER (PARTITION BY origin, destination ORDER BY date DESC, delay DESC, distance DESC) = 1)
  GROUP BY origin)`
	},
	{
		id: 'rename, cast, fill, filter, sql',
		recipe: `input: flights
steps:
  - rename: { delay: minutes_late }
  - cast: { columns: { minutes_late: DOUBLE } }
  - fill: { columns: [minutes_late], with: constant, value: 0 }
  - filter: origin IN ('ORD', 'ATL', 'DFW')
  - sql: SELECT origin, quantile_cont(minutes_late, 0.9) AS late FROM input GROUP BY origin ORDER BY origin`,
		sql: `SELECT origin, quantile_cont(coalesce(delay::DOUBLE, 0), 0.9) AS late FROM flights
WHERE origin IN ('ORD', 'ATL', 'DFW') GROUP BY origin ORDER BY origin`
	}
] as const;

type Timed = {
	readonly id: string;
	readonly rounds: number;
	readonly recipeMs: number;
	readonly handMs: number;
	/** Of the two times of a round, the middle of all rounds. */
	readonly ratio: number;
	/** The same of the SQL by hand against itself: what the machine alone makes of a ratio. */
	readonly noise: number;
	readonly isSame: boolean;
};

const load = loadBefore();
const weir = await startWeir();
try {
	const timed = await inPage(weir.url, (page) =>
		page.evaluate(
			async ({ cases: asked, rounds }) => {
				type Answer = {
					ok: boolean;
					value: { rows(): Promise<object[]>; release(): Promise<void> } & string;
					error?: unknown;
				};
				const g = globalThis as never as {
					weir: Record<string, (...args: unknown[]) => Promise<Answer>> & { ready: Promise<unknown> };
				};
				// The page may still be starting.
				while (!('weir' in globalThis)) await new Promise((resolve) => setTimeout(resolve, 50));
				await g.weir.ready;
				for (const id of ['flights', 'airports']) {
					const opened = await g.weir['openSample']?.(id);
					if (!opened?.ok) throw new Error(JSON.stringify(opened?.error));
				}
				const time = async (sql: string): Promise<[number, string]> => {
					const startedMs = performance.now();
					const answer = await g.weir['sql']?.(sql);
					const tookMs = performance.now() - startedMs;
					if (!answer?.ok) throw new Error(JSON.stringify(answer?.error));
					const rows = JSON.stringify(await answer.value.rows(), (_key, value: unknown) =>
						typeof value === 'bigint' ? Number(value) : value
					);
					await answer.value.release();
					return [tookMs, rows];
				};
				const found: Timed[] = [];
				for (const { id, recipe, sql } of asked) {
					const compiled = await g.weir['recipeSql']?.(recipe);
					if (!compiled?.ok) throw new Error(`${id}: ${JSON.stringify(compiled?.error)}`);
					const texts = { recipe: compiled.value, hand: sql, again: sql };
					type Turn = keyof typeof texts;
					const times: Record<Turn, number[]> = { recipe: [], hand: [], again: [] };
					// The first reads what the others find in memory.
					const wanted = (await time(sql))[1];
					let isSame = (await time(compiled.value))[1] === wanted;
					// In turns, and each first in turns, so that what else the machine does meets all.
					const startedMs = performance.now();
					const turns: Turn[] = ['recipe', 'hand', 'again'];
					const goesOn = (round: number): boolean =>
						round < rounds.least || (round < rounds.most && performance.now() - startedMs < rounds.ms);
					for (let round = 0; goesOn(round); round++) {
						for (const turn of turns) {
							const [tookMs, rows] = await time(texts[turn]);
							times[turn].push(tookMs);
							isSame &&= rows === wanted;
						}
						turns.push(turns.shift() ?? 'recipe');
					}
					const middle = (of: Turn, by: Turn): number =>
						times[of].map((ms, round) => ms / (times[by][round] ?? ms)).sort((one, other) => one - other)[
							Math.floor(times[of].length / 2)
						] ?? Infinity;
					found.push({
						id,
						rounds: times.recipe.length,
						recipeMs: Math.min(...times.recipe),
						handMs: Math.min(...times.hand, ...times.again),
						ratio: middle('recipe', 'hand'),
						noise: middle('again', 'hand'),
						isSame
					});
				}
				return found;
			},
			{ cases, rounds: ROUNDS }
		)
	);
	const text = report(timed);
	console.log(text);
	if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'RECIPES.md'), text);
	if (timed.some(({ isSame }) => !isSame)) process.exitCode = 1;
} finally {
	await weir.stop();
}

function report(timed: readonly Timed[]): string {
	const rows = timed.map(
		({ id, rounds, recipeMs, handMs, ratio, noise, isSame }) =>
			`| ${id} | ${rounds} | ${recipeMs.toFixed(1)} | ${handMs.toFixed(1)} | ${(recipeMs / handMs).toFixed(2)} | ${ratio.toFixed(2)} | ${noise.toFixed(2)} | ${isSame ? 'yes' : 'NO'} |`
	);
	return `# Recipes against hand-written SQL

Three million flights, in Chromium, in turns. The goal is a ratio of at most ${GOAL}: of the two times of a round, of which the
middle one is told. The same of the SQL by hand against itself tells what of that is the machine's.

| recipe | rounds | its SQL, ms | by hand, ms | ratio of the best | ratio of a round | by hand against itself | same rows |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
${rows.join('\n')}

${goalsMissed(timed.map(({ id, ratio }) => ({ what: id, got: ratio, goal: GOAL, misses: 'above', unit: '' })))}

${conditions(load)}
`;
}
