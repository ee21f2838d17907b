// How well a dataset does by its verdicts: a score from 0 to 100 with what it is made of, and how it was before.
import type { VersionId } from '../ids.ts';
import { gravest, type Outcome, type SuiteVerdict } from './verdict.ts';

export type Counts = Readonly<Record<Outcome, number>>;

export type Health = {
	/** Null where nothing was checked yet. */
	readonly score: number | null;
	readonly outcome: Outcome | null;
	/** Of the newest verdict of each suite. */
	readonly counts: Counts;
	readonly suites: readonly string[];
	/** Suites whose newest verdict is about another version than the newest. */
	readonly staleSuites: readonly string[];
	readonly checkedAtMs: number | null;
};

export type HealthAt = {
	readonly version: VersionId;
	readonly score: number | null;
	readonly outcome: Outcome;
	readonly atMs: number;
};

/** What a check adds: one that warns counts half, one that could not be evaluated nothing. */
const weights: Counts = { pass: 1, warn: 0.5, fail: 0, error: 0 };

/** `verdicts` are newest first. */
export function healthOf(verdicts: readonly SuiteVerdict[], head: VersionId): Health {
	const newest = newestBySuite(verdicts);
	const counts = sumOf(newest);
	return {
		score: scoreOf(counts),
		outcome: newest.length === 0 ? null : gravest(newest.map(({ outcome }) => outcome)),
		counts,
		suites: newest.map(({ suite }) => suite),
		staleSuites: newest.filter(({ version }) => version !== head).map(({ suite }) => suite),
		checkedAtMs: newest[0]?.atMs ?? null
	};
}

/** By version, the one that was checked first at the start; at most `limit`, the latest. */
export function healthTrend(verdicts: readonly SuiteVerdict[], limit: number): readonly HealthAt[] {
	const byVersion = new Map<VersionId, SuiteVerdict[]>();
	for (const verdict of [...verdicts].reverse()) {
		const known = byVersion.get(verdict.version) ?? [];
		byVersion.set(verdict.version, [...known, verdict]);
	}
	return [...byVersion]
		.map(([version, found]) => ({
			version,
			score: scoreOf(sumOf(found)),
			outcome: gravest(found.map(({ outcome }) => outcome)),
			atMs: found[0]?.atMs ?? 0
		}))
		.slice(-limit);
}

/** Null of no checks at all. */
export function scoreOf(counts: Counts): number | null {
	const all = counts.pass + counts.warn + counts.fail + counts.error;
	if (all === 0) return null;
	const worth = (Object.keys(weights) as Outcome[]).reduce(
		(sum, outcome) => sum + weights[outcome] * counts[outcome],
		0
	);
	// Rounded down: 100 is said only where everything holds.
	return Math.floor((100 * worth) / all);
}

function newestBySuite(verdicts: readonly SuiteVerdict[]): readonly SuiteVerdict[] {
	const found = new Map<string, SuiteVerdict>();
	for (const verdict of verdicts) {
		const name = verdict.suite.toLowerCase();
		if (!found.has(name)) found.set(name, verdict);
	}
	return [...found.values()];
}

function sumOf(verdicts: readonly SuiteVerdict[]): Counts {
	const sum = { pass: 0, warn: 0, fail: 0, error: 0 };
	for (const { counts } of verdicts)
		for (const outcome of ['pass', 'warn', 'fail', 'error'] as const) sum[outcome] += counts[outcome];
	return sum;
}
