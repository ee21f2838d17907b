// `npm run campaign`: what is too heavy for every test run. Prints its figures. Arguments: kill, large, loads, pipeline, rebuild, sync
// (default: all); --rounds 20 kills, --seeds 100000 simulated pipelines or syncs, --graphs 500 rebuilt ones, --first 1 the first of them.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPeers } from '../bench/pages.ts';
import { killRounds } from '../e2e/kill.ts';
import { killLoads } from '../e2e/load-kill.ts';
import { runKilled } from '../e2e/pipeline-kill.ts';
import { simulate } from '../pipeline-simulation.ts';
import { simulateSync } from '../sync-simulation.ts';
import { seeded } from '../seeded.ts';
import { startWeir } from '../weir-server.ts';
import { importLarge } from './large.ts';
import { rebuildGraphs } from './rebuild.ts';

const wanted = process.argv.slice(2).filter((argument) => /^[a-z]+$/.test(argument));
const wants = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
const option = (name: string, otherwise: number): number => {
	const at = process.argv.indexOf(`--${name}`);
	return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const rounds = option('rounds', 20);
/** Each profile begins with loads of nothing, and ends with one that is let be. */
const KILLS_A_PROFILE = 4;
/** The rebuilt graphs need no page. */
const weir = ['kill', 'loads', 'pipeline', 'large'].some(wants) ? await startWeir() : null;
const url = weir?.url ?? '';
let failed = 0;
try {
	if (wants('kill'))
		for (const [engine, flags] of [
			['LevelDB', []],
			['SQLite', ['--enable-features=IdbSqliteBackingStore']]
		] as const) {
			const seed = Date.now() % 1_000_000;
			const report = await killRounds(url, { rounds, random: seeded(seed), spanMs: 7000, flags });
			failed += report.problems.length;
			console.log(
				`kill, IndexedDB on ${engine}, seed ${seed}: ${report.rounds} rounds, ${report.midImport} in mid-import, ` +
					`${report.midChange} in mid-change, ${report.midPrune} in mid-prune, ${report.imports} imports, ${report.changes} edits, ` +
					`replacements and merges and ${report.prunes} prunes with repacks acknowledged, ${report.problems.length} problems`
			);
			for (const problem of report.problems) console.log(`  ${problem}`);
		}
	if (wants('loads')) {
		const seed = Date.now() % 1_000_000;
		const random = seeded(seed);
		const sums = { kills: 0, midLoad: 0, resumed: 0, answers: 0, versions: 0, rows: 0 };
		const problems: string[] = [];
		for (let left = rounds; left > 0; left -= KILLS_A_PROFILE) {
			const report = await killLoads(url, {
				modes: ['append', 'merge'],
				kills: Math.min(left, KILLS_A_PROFILE),
				random
			});
			for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += report[name];
			problems.push(...report.problems);
		}
		failed += problems.length;
		console.log(
			`loads, seed ${seed}: ${sums.midLoad} of ${sums.kills} kills in mid-load, ${sums.answers} answers of APIs that misbehave, ` +
				`${sums.rows} rows in ${sums.versions} versions, ${sums.resumed} last loads went on where a killed one was, ${problems.length} problems`
		);
		for (const problem of problems) console.log(`  ${problem}`);
	}
	if (wants('pipeline')) {
		const [seeds, first] = [option('seeds', 100_000), option('first', 1)];
		let [deaths, awaits, found] = [0, 0, 0];
		const startedMs = performance.now();
		for (let seed = first; seed < first + seeds; seed++) {
			const simulated = await simulate(seed, null);
			deaths += simulated.deaths;
			awaits += simulated.awaits;
			found += simulated.problems.length;
			for (const problem of simulated.problems) console.log(`  ${problem}`);
		}
		failed += found;
		const seconds = Math.round((performance.now() - startedMs) / 1000);
		console.log(`pipeline: ${seeds} seeds in ${seconds} s, ${deaths} deaths at ${awaits} awaits, ${found} problems`);
		const seed = Date.now() % 1_000_000;
		const run = { flights: 'sample', random: seeded(seed) } as const;
		const alone = await runKilled(url, { ...run, kills: 0, longestMs: 0 });
		const killed = await runKilled(url, { ...run, kills: 10, longestMs: 6000 });
		const isSame = alone.rootHash === killed.rootHash && killed.state === 'succeeded';
		if (!isSame) failed++;
		console.log(
			`pipeline of twelve steps, seed ${seed}: ${killed.midRun} of ${killed.kills} kills in mid-run, ` +
				`${JSON.stringify(killed.attempts)}, root hash ${isSame ? 'as' : 'NOT as'} undisturbed (${killed.rootHash})`
		);
	}
	if (wants('sync')) {
		const [seeds, first] = [option('seeds', 100_000), option('first', 1)];
		const sums = {
			...{ steps: 0, faults: 0, deaths: 0, merges: 0, alarms: 0, collected: 0 },
			...{ shortened: 0, reseeded: 0, away: 0 }
		};
		let found = 0;
		const startedMs = performance.now();
		for (let seed = first; seed < first + seeds; seed++) {
			const simulated = await simulateSync(seed, null);
			for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += simulated[name];
			found += simulated.problems.length;
			for (const problem of simulated.problems) console.log(`  ${problem}`);
		}
		failed += found;
		const seconds = Math.round((performance.now() - startedMs) / 1000);
		console.log(
			`sync: ${seeds} seeds in ${seconds} s, ${sums.steps} steps, ${sums.faults} faults, ${sums.deaths} deaths, ` +
				`${sums.merges} merges, ${sums.alarms} alarms, ${sums.collected} objects collected, ${sums.shortened} versions let go, ${sums.reseeded} servers filled anew, ` +
				`${sums.away} datasets chosen away, ${found} problems`
		);
	}
	if (wants('rebuild')) failed += await rebuildGraphs(option('first', 1), option('graphs', 500));
	if (wants('large')) {
		const cache = join(import.meta.dirname, '../../.cache/bench');
		const path = join(cache, 'events-10000000.csv');
		mkdirSync(cache, { recursive: true });
		if (!existsSync(path)) {
			installPeers();
			const { generate } = await import('../bench/native.ts');
			await generate(cache, 10_000_000);
		}
		const report = await importLarge(url, path);
		console.log(
			`large: ${report.rowCount} rows in ${report.elapsedMs} ms, ` +
				`tab at ${report.idle.own} MB of its own (${report.idle.resident} resident) before and ${report.peak.own} MB (${report.peak.resident}) at its peak, ` +
				`${report.longTasksMs.length} main-thread tasks over 50 ms (${report.longTasksMs.slice(0, 5).join(', ')})`
		);
	}
} finally {
	await weir?.stop();
}
// What stands in for a browser would keep the process alive.
process.exit(failed === 0 ? 0 : 1);
