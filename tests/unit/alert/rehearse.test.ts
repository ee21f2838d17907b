// What rules find in a history, and that a rehearsal does what would have been done.
import { describe, expect, test } from 'vitest';
import type { DatasetPast, RunPast } from '#core/alert/signals.ts';
import { signalsOf } from '#core/alert/signals.ts';
import { factsText } from '#core/alert/notice-text.ts';
import { rehearse } from '#core/alert/rehearse.ts';
import type { Condition } from '#core/alert/rule.ts';
import type { Outcome, SuiteVerdict } from '#core/check/verdict.ts';
import { datasetId, versionId } from '#core/ids.ts';
import { MINUTE, ruleNamed } from './world.ts';

const HOUR = 60 * MINUTE;

function dataset(rowCounts: readonly number[], outcomes: readonly Outcome[] = []): DatasetPast {
	const versions = rowCounts.map((rowCount, at) => ({
		id: versionId(`v${at + 1}`),
		number: at + 1,
		atMs: (at + 1) * HOUR,
		rowCount,
		sizeBytes: 8 * rowCount,
		rejectCount: 0,
		statistics: [{ column: 'Id', nullCount: Math.min(rowCount, at), min: '1', max: String(rowCount) }]
	}));
	const verdicts = outcomes.map((outcome, at): SuiteVerdict => ({
		id: `verdict ${at + 1}`,
		suite: 'Sound',
		suiteVersion: null,
		dataset: datasetId('d'),
		version: versionId(`v${at + 1}`),
		outcome,
		counts: { pass: 0, warn: 0, fail: 0, error: 0 },
		checks: (['keys', 'mean'] as const).map((check) => ({
			check,
			expectation: 'e',
			kwargs: {},
			severity: 'fail',
			description: null,
			outcome: check === 'keys' ? outcome : 'pass',
			result: check === 'mean' ? { observed_value: 10 * (at + 1) } : null,
			unexpectedCount: null,
			sample: [],
			rowsSql: null,
			problem: null
		})),
		rowCount: 1,
		scanCount: 1,
		atMs: (at + 1) * HOUR,
		elapsedMs: 1
	}));
	return { name: 'sales', versions, verdicts, drifts: [] };
}

const rows = { of: 'row_count', column: null, suite: null, check: null } as const;

function broken(condition: Condition, past: DatasetPast, runs: readonly RunPast[] = [], nowMs = 100 * HOUR) {
	return signalsOf(condition, { datasets: [past], runs, missed: [] }, nowMs).map(({ isBroken }) => isBroken);
}

describe('a condition', () => {
	test('of verdicts is broken by what fails or could not be evaluated, by what warns when that is asked, for each check when that is', () => {
		const past = dataset([1, 1, 1, 1], ['pass', 'warn', 'fail', 'error']);
		const verdict = {
			kind: 'verdict',
			dataset: 'SALES',
			suite: 'sound',
			checks: null,
			outcome: 'fail',
			each: 'suite'
		} as const;
		expect(broken(verdict, past)).toEqual([false, false, true, true]);
		expect(broken({ ...verdict, outcome: 'warn' }, past)).toEqual([false, true, true, true]);
		expect(broken({ ...verdict, checks: ['Mean'] }, past)).toEqual([false, false, false, false]);
		expect(broken({ ...verdict, checks: ['none'] }, past)).toEqual([]);
		const each = signalsOf({ ...verdict, each: 'check' }, { datasets: [past], runs: [], missed: [] }, 100 * HOUR);
		expect(new Set(each.map(({ subject }) => subject))).toEqual(new Set(['sales: Sound: keys', 'sales: Sound: mean']));
		expect(broken({ ...verdict, dataset: 'other' }, past)).toEqual([]);
	});

	test('of a number knows bounds, columns and what checks observed', () => {
		const past = dataset([10, 20, 5], ['pass', 'pass', 'pass']);
		const metric = { kind: 'metric', dataset: null, measured: rows, above: 15, below: 8 } as const;
		expect(broken(metric, past)).toEqual([false, true, true]);
		expect(
			broken({ ...metric, measured: { ...rows, of: 'null_ratio', column: 'ID' }, above: 0.3, below: null }, past)
		).toEqual([false, false, true]);
		expect(broken({ ...metric, measured: { ...rows, of: 'max', column: 'Id' }, above: 19, below: null }, past)).toEqual(
			[false, true, false]
		);
		const observed = { of: 'observed_value', column: null, suite: 'sound', check: 'mean' } as const;
		expect(broken({ ...metric, measured: observed, above: 25, below: null }, past)).toEqual([false, false, true]);
	});

	test('of a change is asked against the median of those before, and of the first version nothing', () => {
		const change = {
			kind: 'change',
			dataset: null,
			measured: rows,
			deviation: { relative: 0.5, floor: 0 },
			versions: 3,
			direction: 'both'
		} as const;
		expect(broken(change, dataset([100, 110, 100, 300, 110, 20]))).toEqual([false, false, true, false, true]);
		expect(broken({ ...change, direction: 'down' }, dataset([100, 110, 100, 300, 110, 20]))).toEqual([
			false,
			false,
			false,
			false,
			true
		]);
	});

	test('of a band learns from what was before alone, and says nothing while that is too little', () => {
		const band = {
			kind: 'band',
			dataset: null,
			measured: rows,
			seasonality: 'none',
			sensitivity: 4,
			direction: 'both'
		} as const;
		const calm = Array.from({ length: 12 }, (_value, at) => 100 + (at % 3));
		expect(broken(band, dataset([...calm, 400, 101]))).toEqual([...Array<boolean>(5).fill(false), true, false]);
		const shifted = broken(band, dataset([...calm, 9000, 101]));
		expect(shifted).toEqual(broken(band, dataset([...calm, 400, 101])));
	});

	test('of age is broken from the moment a version is too old until the next one is made', () => {
		const age = { kind: 'age', dataset: null, overMs: 30 * MINUTE } as const;
		const past = dataset([1, 1]);
		const signals = signalsOf(age, { datasets: [past], runs: [], missed: [] }, 3 * HOUR);
		expect(signals.map(({ atMs, isBroken }) => [atMs / MINUTE, isBroken])).toEqual([
			[60, false],
			[90, true],
			[120, false],
			[150, true]
		]);
		expect(broken(age, past, [], 2 * HOUR + 1)).toEqual([false, true, false]);
	});

	test('of drift is broken by columns that drifted or changed, as far as the rule looks at them', () => {
		const drift = { kind: 'drift', dataset: null, columns: null, schema: true } as const;
		const at = (number: number, columns: readonly string[], changedColumns: readonly string[]) => ({
			version: versionId(`v${number}`),
			number,
			baseline: versionId('v1'),
			baselineNumber: 1,
			atMs: number * HOUR,
			columns,
			changedColumns
		});
		const past = { ...dataset([1, 1, 1]), drifts: [at(2, [], []), at(3, ['Price'], []), at(4, [], ['City'])] };
		expect(broken(drift, past)).toEqual([false, true, true]);
		expect(broken({ ...drift, schema: false }, past)).toEqual([false, true, false]);
		expect(broken({ ...drift, columns: ['city'] }, past)).toEqual([false, false, true]);
		const [, second] = signalsOf(drift, { datasets: [past], runs: [], missed: [] }, 9 * HOUR);
		expect(second && factsText(second.facts)).toBe('v3 has drifted from the baseline, v1: Price.');
	});

	test('of runs is broken by those that fail, are late, or were missed, and fine again with one that succeeds', () => {
		const run = (id: string, change: Partial<RunPast>): RunPast => ({
			id,
			pipeline: 'nightly',
			state: 'succeeded',
			nominalMs: null,
			startedAtMs: 0,
			endedAtMs: null,
			failedSteps: [],
			...change
		});
		const runs = [
			run('one', { endedAtMs: HOUR }),
			run('two', { state: 'failed', endedAtMs: 2 * HOUR, failedSteps: ['load'] }),
			run('three', { state: 'cancelled', endedAtMs: 3 * HOUR }),
			run('four', { nominalMs: 4 * HOUR, endedAtMs: 6 * HOUR }),
			run('five', { state: 'running', nominalMs: 7 * HOUR })
		];
		const condition = {
			kind: 'run',
			pipeline: 'Nightly',
			troubles: ['failed', 'late', 'missed'],
			lateAfterMs: HOUR
		} as const;
		const missed = [{ pipeline: 'nightly', nominalMs: 3.5 * HOUR }];
		const signals = signalsOf(condition, { datasets: [], runs, missed }, 9 * HOUR);
		expect(signals.map(({ facts, atMs }) => [atMs / HOUR, facts.kind === 'run' && facts.how])).toEqual([
			[1, 'succeeded'],
			[2, 'failed'],
			[3.5, 'missed'],
			[5, 'late'],
			[6, 'succeeded'],
			[8, 'late']
		]);
		expect(broken({ ...condition, troubles: ['failed'] }, dataset([]), runs)).toEqual([false, true, false]);
	});
});

describe('a rehearsal', () => {
	test('shows when a rule would have fired and been over, and what would have been told', () => {
		const condition = { kind: 'metric', dataset: null, measured: rows, above: null, below: 10 } as const;
		const past = { datasets: [dataset([20, 5, 4, 30, 6])], runs: [], missed: [] };
		const found = rehearse(ruleNamed('r', { condition, repeatMs: HOUR / 2, isDisabled: true }), past, 6 * HOUR);
		expect(found.incidents).toMatchObject([
			{ firedAtMs: 2 * HOUR, resolvedAtMs: 4 * HOUR, noticeCount: 5 },
			{ firedAtMs: 5 * HOUR, resolvedAtMs: null, noticeCount: 3 }
		]);
		expect(found.noticeCounts).toEqual({ firing: 2, repeat: 5, escalation: 0, recovery: 1 });
		expect(found).toMatchObject({ signalCount: 5, brokenCount: 3, subjects: ['sales'], fromMs: HOUR, isCut: false });
	});

	test('of patience, grouping and hold-off is less, and of nothing is nothing', () => {
		const condition = { kind: 'metric', dataset: null, measured: rows, above: null, below: 10 } as const;
		const past = { datasets: [dataset([20, 5, 30, 4, 30, 6, 6, 30])], runs: [], missed: [] };
		const count = (change: Parameters<typeof ruleNamed>[1]): number =>
			rehearse(ruleNamed('r', { condition, ...change }), past, 20 * HOUR).incidents.length;
		expect(count({})).toBe(3);
		expect(count({ pending: { times: 2, forMs: 0 } })).toBe(1);
		expect(count({ recovery: { times: 1, forMs: 2 * HOUR } })).toBe(1);
		const empty = rehearse(ruleNamed('r', { condition }), { datasets: [], runs: [], missed: [] }, HOUR);
		expect(empty).toMatchObject({ incidents: [], signalCount: 0, fromMs: null });
	});

	test('of a rule that would tell for ever ends', () => {
		const condition = { kind: 'metric', dataset: null, measured: rows, above: null, below: 10 } as const;
		const past = { datasets: [dataset([1])], runs: [], missed: [] };
		const found = rehearse(ruleNamed('r', { condition, repeatMs: 1000 }), past, 100_000 * HOUR);
		expect([found.isCut, found.incidents.length]).toEqual([true, 1]);
	});
});
