// What a rule's condition says of everything it is about, over all that is known: the same for a look now and for a rehearsal.
import { BAND_OPTIONS, bandAt, judgeAgainst } from '../check/anomaly/band.ts';
import { median } from '../check/anomaly/robust.ts';
import { deviationFrom } from '../check/statistics/deviation.ts';
import { gravest, type CheckVerdict, type Outcome, type SuiteVerdict } from '../check/verdict.ts';
import type { VersionId } from '../ids.ts';
import type { WatchFacts } from '../model/watch/watch-facts.ts';
import type { ColumnStatistics } from '../version/version.ts';
import type { Condition, Direction, Measure, Measured, RunTrouble } from './rule.ts';
import { numberAt, type MeasuredAt } from './measure.ts';

/** A version as far as a rule looks at it. */
export type VersionFacts = {
	readonly id: VersionId;
	/** `v3` is 3. */
	readonly number: number;
	readonly atMs: number;
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly rejectCount: number;
	readonly statistics: readonly ColumnStatistics[];
	/** Of one that a model scored, once it was looked at. */
	readonly watch?: WatchFacts;
};

export type DatasetPast = {
	readonly name: string;
	/** Those of the open branch that are stored, oldest first. */
	readonly versions: readonly VersionFacts[];
	/** Oldest first. */
	readonly verdicts: readonly SuiteVerdict[];
	/** Oldest version first: those that were compared with the baseline. */
	readonly drifts: readonly DriftPast[];
};

/** What a comparison with the baseline found. */
export type DriftPast = {
	readonly version: VersionId;
	readonly number: number;
	readonly baseline: VersionId;
	/** `v1` is 1; null when it is not on the open branch. */
	readonly baselineNumber: number | null;
	readonly atMs: number;
	/** That have drifted, the most first. */
	readonly columns: readonly string[];
	/** That came, went or changed their type. */
	readonly changedColumns: readonly string[];
};

export type RunPast = {
	readonly id: string;
	readonly pipeline: string;
	readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled';
	/** When it was due; null of a run that no schedule began. */
	readonly nominalMs: number | null;
	readonly startedAtMs: number;
	readonly endedAtMs: number | null;
	readonly failedSteps: readonly string[];
};

export type AlertPast = {
	readonly datasets: readonly DatasetPast[];
	/** In any order; steps of other runs are not among them. */
	readonly runs: readonly RunPast[];
	readonly missed: readonly { readonly pipeline: string; readonly nominalMs: number }[];
};

export type SignalFacts =
	| {
			readonly kind: 'verdict';
			readonly suite: string;
			readonly version: number | null;
			readonly outcome: Outcome;
			/** Checks that do not hold, the first few. */
			readonly checks: readonly string[];
			readonly checkCount: number;
	  }
	| {
			readonly kind: 'metric';
			readonly of: Measure;
			readonly about: string | null;
			readonly model?: string;
			readonly version: number | null;
			readonly value: number;
			readonly above: number | null;
			readonly below: number | null;
	  }
	| {
			readonly kind: 'change' | 'band';
			readonly of: Measure;
			readonly about: string | null;
			readonly model?: string;
			readonly version: number | null;
			readonly value: number;
			readonly expected: number;
			readonly low: number;
			readonly high: number;
	  }
	| { readonly kind: 'age'; readonly version: number; readonly madeAtMs: number; readonly overMs: number }
	| {
			readonly kind: 'drift';
			readonly version: number;
			readonly baseline: number | null;
			/** The first few. */
			readonly columns: readonly string[];
			readonly columnCount: number;
	  }
	| {
			readonly kind: 'run';
			readonly run: string | null;
			readonly how: RunTrouble | 'succeeded';
			readonly nominalMs: number | null;
			readonly steps: readonly string[];
	  }
	/** Of no rule: an edition of a report is there. */
	| {
			readonly kind: 'edition';
			readonly report: string;
			readonly edition: string;
			/** Null where there is none. */
			readonly link: string | null;
			readonly expiresAtMs: number | null;
	  };

export type Signal = {
	/** What it is about, such as a dataset with a suite: each has incidents of its own. */
	readonly subject: string;
	/** Null of what is about a pipeline. */
	readonly dataset: string | null;
	readonly isBroken: boolean;
	/** Names what it rests on: the same evidence counts once. */
	readonly evidence: string;
	readonly atMs: number;
	readonly facts: SignalFacts;
};

/** In the order of their times. A version that is too early to be judged gives none. */
export function signalsOf(condition: Condition, past: AlertPast, nowMs: number): readonly Signal[] {
	const signals =
		condition.kind === 'run'
			? runSignals(condition, past, nowMs)
			: past.datasets
					.filter(({ name }) => isNamed(condition.dataset, name))
					.flatMap((dataset) => datasetSignals(condition, dataset, nowMs));
	return signals.filter(({ atMs }) => atMs <= nowMs).toSorted((one, other) => one.atMs - other.atMs);
}

function isNamed(wanted: string | null, name: string): boolean {
	return wanted === null || wanted.toLowerCase() === name.toLowerCase();
}

function datasetSignals(
	condition: Exclude<Condition, { kind: 'run' }>,
	dataset: DatasetPast,
	nowMs: number
): readonly Signal[] {
	switch (condition.kind) {
		case 'verdict':
			return dataset.verdicts
				.filter(({ suite }) => isNamed(condition.suite, suite))
				.flatMap((verdict) => verdictSignals(condition, verdict, dataset));
		case 'age':
			return ageSignals(condition.overMs, dataset, nowMs);
		case 'drift':
			return dataset.drifts.map((drift) => driftSignal(condition, drift, dataset));
		default:
			return metricSignals(condition, dataset);
	}
}

const CHECKS_TOLD = 5;
const COLUMNS_TOLD = 5;

function verdictSignals(
	{ checks: wanted, outcome, each }: Extract<Condition, { kind: 'verdict' }>,
	verdict: SuiteVerdict,
	{ name, versions }: DatasetPast
): readonly Signal[] {
	const chosen = verdict.checks.filter(({ check }) => wanted === null || wanted.some((one) => isNamed(one, check)));
	// A suite without any of them says nothing about them.
	if (wanted !== null && chosen.length === 0) return [];
	const isBroken = (found: Outcome): boolean =>
		found === 'fail' || found === 'error' || (outcome === 'warn' && found === 'warn');
	const version = versions.find(({ id }) => id === verdict.version)?.number ?? null;
	const signal = (about: string, some: readonly CheckVerdict[]): Signal => {
		const broken = some.filter((one) => isBroken(one.outcome)).map(({ check }) => check);
		const facts = {
			kind: 'verdict',
			suite: verdict.suite,
			version,
			outcome: gravest(some.map((one) => one.outcome)),
			checks: broken.slice(0, CHECKS_TOLD),
			checkCount: broken.length
		} as const;
		return {
			subject: about,
			dataset: name,
			isBroken: broken.length > 0,
			evidence: verdict.id,
			atMs: verdict.atMs,
			facts
		};
	};
	return each === 'suite'
		? [signal(`${name}: ${verdict.suite}`, chosen)]
		: chosen.map((check) => signal(`${name}: ${verdict.suite}: ${check.check}`, [check]));
}

/** Fine when a version is made, broken when it has become too old without another. */
function ageSignals(overMs: number, { name, versions }: DatasetPast, nowMs: number): readonly Signal[] {
	return versions.flatMap(({ id, number, atMs }, at): readonly Signal[] => {
		const facts = { kind: 'age', version: number, madeAtMs: atMs, overMs } as const;
		const common = { subject: name, dataset: name, facts };
		const fresh = { ...common, isBroken: false, evidence: id, atMs };
		const untilMs = versions[at + 1]?.atMs ?? nowMs + 1;
		const staleAtMs = atMs + overMs;
		return staleAtMs < untilMs
			? [fresh, { ...common, isBroken: true, evidence: `${id} stale`, atMs: staleAtMs }]
			: [fresh];
	});
}

function driftSignal(
	{ columns: wanted, schema }: Extract<Condition, { kind: 'drift' }>,
	{ version, number, baseline, baselineNumber, atMs, columns, changedColumns }: DriftPast,
	{ name }: DatasetPast
): Signal {
	const drifted = [...new Set([...columns, ...(schema ? changedColumns : [])])].filter(
		(column) => wanted === null || wanted.some((one) => isNamed(one, column))
	);
	const facts = {
		kind: 'drift',
		version: number,
		baseline: baselineNumber,
		columns: drifted.slice(0, COLUMNS_TOLD),
		columnCount: drifted.length
	} as const;
	const evidence = `${baseline} ${version}`;
	return { subject: name, dataset: name, isBroken: drifted.length > 0, evidence, atMs, facts };
}

function metricSignals(
	condition: Extract<Condition, { kind: 'metric' | 'change' | 'band' }>,
	dataset: DatasetPast
): readonly Signal[] {
	const { measured } = condition;
	const series = seriesOf(measured, dataset);
	const values = series.map(({ value }) => value);
	const about = measured.column ?? measured.check ?? measured.class ?? null;
	return series.flatMap((point, at): readonly Signal[] => {
		const { value, atMs, version, evidence, model } = point;
		const said = { of: measured.of, about, ...(model === undefined ? {} : { model }), version, value };
		const common = {
			subject: about === null ? dataset.name : `${dataset.name}: ${about}`,
			dataset: dataset.name,
			evidence,
			atMs
		};
		if (condition.kind === 'metric') {
			const { above, below } = condition;
			const isBroken = (above !== null && value > above) || (below !== null && value < below);
			return [{ ...common, isBroken, facts: { kind: 'metric', ...said, above, below } }];
		}
		const expected = condition.kind === 'change' ? changeOf(condition, values, at) : bandOf(condition, series, at);
		if (expected === null) return [];
		const { isOutside, ...range } = expected;
		const isBroken = isOutside && isThatWay(condition.direction, value - range.expected);
		return [{ ...common, isBroken, facts: { kind: condition.kind, ...said, ...range } }];
	});
}

type Expected = {
	readonly expected: number;
	readonly low: number;
	readonly high: number;
	readonly isOutside: boolean;
};

function changeOf(
	{ deviation, versions }: Extract<Condition, { kind: 'change' }>,
	values: readonly number[],
	at: number
): Expected | null {
	const expected = median(values.slice(Math.max(0, at - versions), at));
	if (expected === null) return null;
	const { allowed, deviates } = deviationFrom(expected, values[at] ?? NaN, deviation);
	return { expected, low: expected - allowed, high: expected + allowed, isOutside: deviates };
}

function bandOf(
	{ seasonality, sensitivity }: Extract<Condition, { kind: 'band' }>,
	series: readonly MeasuredAt[],
	at: number
): Expected | null {
	const band = bandAt(series, at, { ...BAND_OPTIONS, seasonality, sensitivity });
	const point = series[at];
	if (!band || !point) return null;
	const { expected, low, high } = band;
	return { expected, low, high, isOutside: judgeAgainst(point, band).isAnomaly };
}

function isThatWay(direction: Direction, difference: number): boolean {
	return direction === 'both' || (direction === 'up' ? difference > 0 : difference < 0);
}

function seriesOf(measured: Measured, { versions, verdicts }: DatasetPast): readonly MeasuredAt[] {
	if (measured.of !== 'observed_value') return versions.flatMap((version) => numberAt(measured, version) ?? []);
	return verdicts.flatMap((verdict): readonly MeasuredAt[] => {
		if (!isNamed(measured.suite, verdict.suite)) return [];
		const found = verdict.checks.find(({ check }) => isNamed(measured.check, check));
		const value = found?.result?.['observed_value'];
		if (typeof value !== 'number') return [];
		const version = versions.find(({ id }) => id === verdict.version)?.number ?? null;
		return [{ value, atMs: verdict.atMs, version, evidence: verdict.id }];
	});
}

function runSignals(
	{ pipeline: wanted, troubles, lateAfterMs }: Extract<Condition, { kind: 'run' }>,
	{ runs, missed }: AlertPast,
	nowMs: number
): readonly Signal[] {
	const signals: Signal[] = [];
	const tell = (
		pipeline: string,
		how: RunTrouble | 'succeeded',
		at: Pick<Signal, 'evidence' | 'atMs'>,
		facts: { readonly run: string | null; readonly nominalMs: number | null; readonly steps: readonly string[] }
	): void => {
		if (how !== 'succeeded' && !troubles.includes(how)) return;
		const isBroken = how !== 'succeeded';
		signals.push({ subject: pipeline, dataset: null, isBroken, ...at, facts: { kind: 'run', how, ...facts } });
	};
	for (const { id, pipeline, state, nominalMs, endedAtMs, failedSteps } of runs) {
		if (!isNamed(wanted, pipeline)) continue;
		const facts = { run: id, nominalMs, steps: failedSteps };
		const lateAtMs = nominalMs === null ? Infinity : nominalMs + lateAfterMs;
		if ((endedAtMs ?? nowMs) > lateAtMs) tell(pipeline, 'late', { evidence: `${id} late`, atMs: lateAtMs }, facts);
		if (endedAtMs === null || (state !== 'succeeded' && state !== 'failed')) continue;
		tell(pipeline, state, { evidence: id, atMs: endedAtMs }, facts);
	}
	for (const { pipeline, nominalMs } of missed) {
		if (!isNamed(wanted, pipeline)) continue;
		const at = { evidence: `${pipeline} missed ${nominalMs}`, atMs: nominalMs };
		tell(pipeline, 'missed', at, { run: null, nominalMs, steps: [] });
	}
	return signals;
}
