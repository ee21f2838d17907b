// What is kept of runs in IndexedDB: an output and its checkpoint land together or not at all, and only for a run's owner.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { NO_OUTCOME, type AttemptRecord, type RunRecord, type StepCheckpoint } from '#core/pipeline/run-record.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

const run: RunRecord = {
	id: 'r',
	pipeline: 'p',
	text: 'name: p',
	params: {},
	environment: null,
	nominalMs: 0,
	partition: null,
	cause: { kind: 'hand' },
	isForced: false,
	kept: [],
	faults: [],
	state: 'running',
	owner: null,
	isCancelRequested: false,
	startedAtMs: 1,
	endedAtMs: null,
	steps: null
};

const attempt: AttemptRecord = {
	run: 'r',
	step: 'a',
	attempt: 1,
	state: 'running',
	startedAtMs: 1,
	endedAtMs: null,
	retryAtMs: null,
	outcome: null,
	failure: null,
	log: []
};

const checkpoint = (owner: string): StepCheckpoint => ({
	owner,
	attempt: { ...attempt, state: 'succeeded', endedAtMs: 2, outcome: NO_OUTCOME },
	decided: [{ attempt: { ...attempt, step: 'before', state: 'succeeded', endedAtMs: 1 }, output: null }],
	output: {
		pipeline: 'p',
		step: 'a',
		fingerprint: 'f',
		parts: { work: 'w', engine: 'e', inputs: {} },
		outcome: NO_OUTCOME,
		run: 'r',
		atMs: 2
	}
});

async function begun(owner: string): Promise<TestEffects> {
	const effects = testEffects();
	await effects.runs.create(run);
	await effects.runs.claim('r', owner);
	await effects.runs.begin(attempt, owner, []);
	return effects;
}

const commit = (effects: TestEffects, owner: string) =>
	commitTable(
		{
			name: 't',
			onto: null,
			message: 'm',
			table: tableOf('rows'),
			rejects: null,
			lineage,
			checkpoint: () => checkpoint(owner)
		},
		effects
	);

test('a version, the checkpoint of its step and what was decided before it are there together', async () => {
	const effects = await begun('me');
	expect(await commit(effects, 'me')).toMatchObject({ ok: true });
	expect(await effects.runs.attempts('r')).toMatchObject({
		value: [
			{ step: 'a', state: 'succeeded' },
			{ step: 'before', state: 'succeeded' }
		]
	});
	const key = { pipeline: 'p', step: 'a', fingerprint: 'f' };
	expect(await effects.runs.output(key)).toMatchObject({ value: { run: 'r' } });
	expect((await effects.db.datasets.toArray()).map(({ name }) => name)).toEqual(['t']);
});

test('a step whose run another page took over commits nothing', async () => {
	const effects = await begun('me');
	expect(await effects.runs.claim('r', 'other')).toMatchObject({ value: { attempts: [{ state: 'interrupted' }] } });
	expect(await commit(effects, 'me')).toMatchObject({ error: { kind: 'superseded' } });
	expect(await effects.db.datasets.count()).toBe(0);
	expect(await effects.db.versions.count()).toBe(0);
	expect(await effects.db.outputs.count()).toBe(0);
});

test('an attempt that was given up, or that has ended, commits nothing more', async () => {
	const effects = await begun('me');
	const late: StepCheckpoint = { owner: 'me', attempt: { ...attempt, state: 'timed_out' }, output: null, decided: [] };
	expect(await effects.runs.finish(late)).toMatchObject({ ok: true });
	expect(await commit(effects, 'me')).toMatchObject({ error: { kind: 'superseded' } });
	expect(await effects.runs.finish(checkpoint('me'))).toMatchObject({ error: { kind: 'superseded' } });
	expect(await effects.db.versions.count()).toBe(0);
});

test('what was decided lands with the next write, and what a step says never over how it ended', async () => {
	const effects = await begun('me');
	const decided = { attempt: { ...attempt, step: 'j', state: 'succeeded', endedAtMs: 1 } as const, output: null };
	const line = { atMs: 1, level: 'info', text: 'half' } as const;
	expect(await effects.runs.begin({ ...attempt, step: 'b' }, 'other', [decided])).toMatchObject({
		error: { kind: 'superseded' }
	});
	expect(await effects.runs.attempts('r')).toMatchObject({ value: [{ step: 'a' }] });
	expect(await effects.runs.begin({ ...attempt, step: 'b' }, 'me', [decided])).toMatchObject({ ok: true });
	expect(await effects.runs.keep([{ attempt: { ...attempt, log: [line] }, output: null }], 'me')).toMatchObject({
		ok: true
	});
	expect(await effects.runs.attempts('r')).toMatchObject({
		value: [
			{ step: 'a', state: 'running', log: [line] },
			{ step: 'b', state: 'running' },
			{ step: 'j', state: 'succeeded' }
		]
	});
	expect(await effects.runs.finish(checkpoint('me'))).toMatchObject({ ok: true });
	expect(await effects.runs.keep([{ attempt: { ...attempt, log: [line] }, output: null }], 'me')).toMatchObject({
		ok: true
	});
	expect(await effects.runs.keep([{ attempt: { ...attempt, log: [line] }, output: null }], 'other')).toMatchObject({
		error: { kind: 'superseded' }
	});
	expect(await effects.runs.attempts('r')).toMatchObject({
		value: [{ step: 'a', state: 'succeeded', log: [] }, { step: 'b' }, { step: 'before' }, { step: 'j' }]
	});
});

test('a step that makes no version ends once, for its owner alone, and of its outputs the newest are kept', async () => {
	const { runs } = await begun('page');
	expect(await runs.finish(checkpoint('other'))).toMatchObject({ error: { kind: 'superseded' } });
	expect(await runs.output({ pipeline: 'p', step: 'a', fingerprint: 'f' })).toMatchObject({ value: null });
	expect(await runs.finish(checkpoint('page'))).toMatchObject({ ok: true });
	expect(await runs.finish(checkpoint('page'))).toMatchObject({ error: { kind: 'superseded' } });
	expect(await runs.attempts('r')).toMatchObject({ value: [{ state: 'succeeded' }, { step: 'before' }] });
	for (let at = 2; at <= 60; at++) {
		const { output, ...plain } = checkpoint('page');
		const again = { ...plain, attempt: { ...plain.attempt, attempt: at } };
		await runs.finish({ ...again, output: output && { ...output, fingerprint: `f${at}`, atMs: at } });
	}
	const kept = await runs.outputs('p', 'a');
	expect(kept.ok && kept.value.map(({ fingerprint }) => fingerprint)).toEqual(
		Array.from({ length: 50 }, (_, at) => `f${60 - at}`)
	);
});

test('a commit that is refused leaves the step as it was', async () => {
	const effects = await begun('me');
	await commitTable({ name: 'T', onto: null, message: 'm', table: tableOf('x'), rejects: null, lineage }, effects);
	expect(await commit(effects, 'me')).toMatchObject({ error: { kind: 'name-taken' } });
	expect(await effects.runs.attempts('r')).toMatchObject({ value: [{ state: 'running' }] });
	expect(await effects.db.outputs.count()).toBe(0);
});

test('a run of one id is one run, is ended by its owner alone, and is cancelled by whoever asks', async () => {
	const effects = await begun('me');
	expect(await effects.runs.create(run)).toEqual({ ok: true, value: false });
	expect(await effects.runs.requestCancel('r')).toMatchObject({ value: { isCancelRequested: true } });
	const ended = { ...run, state: 'cancelled', endedAtMs: 3 } as const;
	expect(await effects.runs.end(ended, 'other', [])).toMatchObject({ error: { kind: 'superseded' } });
	expect(await effects.runs.end(ended, 'me', [])).toMatchObject({ ok: true });
	expect(await effects.runs.claim('r', 'me')).toEqual({ ok: true, value: null });
	expect(await effects.runs.unfinished()).toEqual({ ok: true, value: [] });
	expect(await effects.runs.runs({ pipeline: 'p', limit: 9 })).toMatchObject({ value: [{ state: 'cancelled' }] });
});

test('what steps decided is found by another run, fifty of a step at most, however it was written', async () => {
	const effects = await begun('me');
	const { runs, db } = effects;
	const decided = Array.from({ length: 56 }, (_one, at) => ({
		attempt: { ...attempt, step: 'check', attempt: at, state: 'succeeded', endedAtMs: at } as const,
		output: {
			pipeline: 'p',
			step: 'check',
			fingerprint: `f${at}`,
			parts: { work: 'w', engine: 'e', inputs: {} },
			outcome: NO_OUTCOME,
			run: 'r',
			atMs: at
		}
	}));
	const found = async (at: number): Promise<unknown> => {
		const output = await runs.output({ pipeline: 'p', step: 'check', fingerprint: `f${at}` });
		return output.ok ? output.value : output.error;
	};
	const ended = { ...run, state: 'succeeded', endedAtMs: 99 } as const;
	expect(await runs.keep(decided, 'other')).toMatchObject({ error: { kind: 'superseded' } });
	expect(await runs.end(ended, 'other', decided)).toMatchObject({ error: { kind: 'superseded' } });
	expect(await db.outputs.count()).toBe(0);
	expect(await runs.keep(decided.slice(0, 52), 'me')).toMatchObject({ ok: true });
	expect([await found(1), await found(51)]).toEqual([null, decided[51]?.output]);
	expect(await runs.begin({ ...attempt, step: 'b' }, 'me', decided.slice(52, 53))).toMatchObject({ ok: true });
	expect(await runs.finish({ ...checkpoint('me'), decided: decided.slice(53, 54) })).toMatchObject({ ok: true });
	expect(await runs.end(ended, 'me', decided.slice(54))).toMatchObject({ ok: true });
	expect(await Promise.all([5, 6, 52, 53, 54, 55].map(found))).toEqual([
		null,
		...[6, 52, 53, 54, 55].map((at) => decided[at]?.output)
	]);
	expect(await db.outputs.filter(({ step }) => step === 'check').count()).toBe(50);
});

test('pieces of a step are kept by the owner of its run alone, and go with its commit or with the run', async () => {
	const effects = await begun('me');
	const { runs, db } = effects;
	const piece = (step: string, startRow: number, fingerprint = 'f') => ({
		...{ run: 'r', step, fingerprint, startRow, endRow: startRow + 1 },
		arrow: new Uint8Array([startRow])
	});
	expect(await runs.keepPiece(piece('a', 0), 'other')).toMatchObject({ error: { kind: 'superseded' } });
	for (const kept of [piece('a', 0), piece('a', 1), piece('ab', 0)])
		expect((await runs.keepPiece(kept, 'me')).ok).toBe(true);
	await db.pieces.put({ ...piece('a', 0), run: 'r2' });
	expect(await runs.piece(piece('a', 1))).toEqual({ ok: true, value: piece('a', 1) });
	expect(await runs.piece(piece('a', 1, 'of another'))).toEqual({ ok: true, value: null });
	expect(await runs.piece(piece('a', 2))).toEqual({ ok: true, value: null });
	expect((await commit(effects, 'me')).ok).toBe(true);
	expect((await db.pieces.toArray()).map(({ run: of, step }) => `${of} ${step}`)).toEqual(['r ab', 'r2 a']);
	expect((await runs.end({ ...run, state: 'succeeded', endedAtMs: 3 }, 'me', [])).ok).toBe(true);
	expect((await db.pieces.toArray()).map(({ run: of }) => of)).toEqual(['r2']);
	expect(await runs.keepPiece(piece('a', 0), 'me')).toMatchObject({ error: { kind: 'superseded' } });
});

test('an older revision of a breaker does not undo a newer one', async () => {
	const effects = testEffects();
	const breaker = {
		source: 's',
		state: 'open',
		failures: 3,
		openings: 1,
		openedAtMs: 1,
		retryAtMs: 2,
		lastFailure: null
	} as const;
	await effects.runs.saveBreaker({ ...breaker, revision: 2 });
	await effects.runs.saveBreaker({ ...breaker, state: 'closed', revision: 1 });
	expect(await effects.runs.breaker('s')).toMatchObject({ value: { state: 'open', revision: 2 } });
});
