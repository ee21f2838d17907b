import { describe, expect, test } from 'vitest';
import { modelRunId, objectId } from '#core/ids.ts';
import type { ModelRun } from '#core/model/registry/model-run.ts';
import { beatsChampion } from '#core/model/registry/promotion.ts';
import { parseModelReference, resolveModel, type ModelVersion } from '#core/model/registry/registered-model.ts';
import { invariant, type Result } from '#core/result.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { attachToRun, detachFromRun, setRunTags, settleRuns, trainingLock } from '#lib/flows/keep-runs.ts';
import { rollBackModel } from '#lib/flows/promote-model.ts';
import { deleteRun, removeRun } from '#lib/flows/remove-run.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { testEffects, type TestEffects } from './effects.ts';

const said = { who: 'Ada', why: 'because', atMs: 1 };

async function add(effects: TestEffects, model: string, bytes: number): Promise<ModelVersion> {
	const id = objectId(`hash-${bytes}`);
	const signature = { columns: [], inputs: [], answer: { kind: 'number' as const, output: 'y' } };
	const given = { model, onnx: id, sizeBytes: 1, signature, run: null, repairs: [], description: '', createdAtMs: 1 };
	return value(
		await effects.models.addVersion(given, [{ id, bytes: Uint8Array.of(bytes) }], { ...said, kind: 'imported' })
	);
}

function value<T>(result: Result<T, unknown>): T {
	invariant(result.ok, 'the store answers');
	return result.value;
}

async function stages(effects: TestEffects): Promise<readonly string[]> {
	const { versions } = value(await effects.models.registry());
	return versions.toSorted((a, b) => a.number - b.number).map(({ stage }) => stage);
}

describe('the registry of models', () => {
	test('numbers go up from 1 in each model, whatever the case of its name', async () => {
		const effects = testEffects();
		const numbers = [await add(effects, 'churn', 1), await add(effects, 'Churn', 2), await add(effects, 'fraud', 3)];
		expect(numbers.map(({ model, number }) => `${model} ${number}`)).toEqual(['churn 1', 'churn 2', 'fraud 1']);
	});

	test('one version is in Production: the one before becomes Archived, and both are written down', async () => {
		const effects = testEffects();
		const [one, two] = [await add(effects, 'churn', 1), await add(effects, 'churn', 2)];
		await effects.models.setStage(one, 'Production', { ...said, kind: 'stage' });
		await effects.models.setStage(two, 'Production', { ...said, kind: 'stage' });
		expect(await stages(effects)).toEqual(['Archived', 'Production']);
		const { events } = value(await effects.models.registry());
		expect(events.map(({ number, from, to }) => `${number}: ${from} → ${to}`)).toEqual([
			'1: null → null',
			'2: null → null',
			'1: None → Production',
			'1: Production → Archived',
			'2: None → Production'
		]);
		expect(events.at(-1)).toMatchObject({ who: 'Ada', why: 'because' });
	});

	test('a roll-back goes to what was in Production before, and a second one back again', async () => {
		const effects = testEffects();
		const [one, two] = [await add(effects, 'churn', 1), await add(effects, 'churn', 2)];
		await effects.models.setStage(one, 'Production', { ...said, kind: 'stage' });
		await effects.models.setStage(two, 'Production', { ...said, kind: 'stage' });
		expect(value(await rollBackModel({ model: 'churn', why: 'worse' }, effects)).number).toBe(1);
		expect(await stages(effects)).toEqual(['Production', 'Archived']);
		expect(value(await rollBackModel({ model: 'churn', why: 'no' }, effects)).number).toBe(2);
		const none = await rollBackModel({ model: 'fraud', why: '' }, effects);
		expect(none).toMatchObject({ ok: false, error: { kind: 'unknown-model' } });
	});

	test('bytes stay while a run or a version names them', async () => {
		const effects = testEffects();
		const { onnx } = await add(effects, 'churn', 1);
		const own = objectId('hash-of-run');
		const run = runOf({ artifacts: [onnx, own].map((object) => ({ name: 'onnx', object, sizeBytes: 1 })) });
		value(await effects.models.saveRun(run, { objects: [{ id: own, bytes: Uint8Array.of(9) }] }));
		value(await removeRun(run.id, effects));
		expect(value(await effects.models.object(own))).not.toBeNull();
		value(await deleteRun(run.id, effects));
		expect(value(await effects.models.object(own))).toBeNull();
		expect(value(await effects.models.object(onnx))).toEqual(Uint8Array.of(1));
	});

	test.each([
		['churn', 2],
		['models:/churn', 2],
		['models:/churn/1', 1],
		['churn@v3', 3],
		['churn@production', 2],
		['churn@champion', 1],
		['CHURN@latest', 3],
		['churn@nobody', null]
	])('%s is version %s', async (reference, number) => {
		const effects = testEffects();
		for (const bytes of [1, 2, 3]) await add(effects, 'churn', bytes);
		await effects.models.setStage({ model: 'churn', number: 2 }, 'Production', { ...said, kind: 'stage' });
		await effects.models.setAlias('churn', 'champion', 1, said);
		const { models, versions } = value(await effects.models.registry());
		const found = resolveModel(parseModelReference(reference), models, versions);
		expect(found.ok ? found.value.number : null).toBe(number);
	});

	test('an alias that goes is written down, and one of no version is refused', async () => {
		const effects = testEffects();
		await add(effects, 'churn', 1);
		value(await effects.models.setAlias('churn', 'champion', 1, said));
		value(await effects.models.setAlias('churn', 'champion', null, said));
		const { models, events } = value(await effects.models.registry());
		expect(models).toMatchObject([{ name: 'churn', aliases: {} }]);
		expect(events.at(-1)).toMatchObject({ kind: 'alias', number: 1, from: 'champion → 1', to: null });
		const refused = await effects.models.setAlias('churn', 'champion', 7, said);
		expect(refused).toMatchObject({ ok: false, error: { kind: 'unknown-model-version' } });
	});
});

describe('what was removed', () => {
	const numbersOf = async (effects: TestEffects): Promise<readonly number[]> =>
		value(await effects.models.registry()).versions.map(({ number }) => number);

	test('is out of sight, comes back as it was, and keeps its number and its bytes', async () => {
		const effects = testEffects();
		const [one, two] = [await add(effects, 'churn', 1), await add(effects, 'churn', 2)];
		await effects.models.setStage(one, 'Staging', { ...said, kind: 'stage' });
		value(await effects.models.setRemoved(one, 'removed', said));
		value(await effects.models.setRemoved(two, 'removed', said));
		expect(value(await effects.models.registry())).toMatchObject({ models: [], versions: [], removed: [{}, {}] });
		const three = await add(effects, 'churn', 3);
		expect(three.number).toBe(3);
		value(await effects.models.setRemoved(one, 'brought-back', said));
		expect(await stages(effects)).toEqual(['Staging', 'None']);
		expect(await numbersOf(effects)).toEqual([1, 3]);
		expect(value(await effects.models.object(two.onnx))).toEqual(Uint8Array.of(2));
		const { events } = value(await effects.models.registry());
		expect(events.map(({ kind, number }) => `${kind} ${number}`).slice(-4)).toEqual([
			'removed 1',
			'removed 2',
			'imported 3',
			'brought-back 1'
		]);
	});

	test('goes for good with its bytes, and its number is not given again', async () => {
		const effects = testEffects();
		const { onnx } = await add(effects, 'churn', 1);
		const version = { model: 'churn', number: 1 };
		const early = await effects.models.setRemoved(version, 'deleted', said);
		expect(early).toMatchObject({ ok: false, error: { kind: 'unknown-model-version' } });
		value(await effects.models.setRemoved({ model: 'churn', number: null }, 'removed', said));
		value(await effects.models.setRemoved({ model: 'churn', number: null }, 'deleted', said));
		expect(value(await effects.models.object(onnx))).toBeNull();
		expect((await add(effects, 'churn', 2)).number).toBe(2);
	});

	test('may not be a version in Production alone, but the model with it', async () => {
		const effects = testEffects();
		const one = await add(effects, 'churn', 1);
		await effects.models.setStage(one, 'Production', { ...said, kind: 'stage' });
		const refused = await effects.models.setRemoved(one, 'removed', said);
		expect(refused).toMatchObject({ ok: false, error: { kind: 'model-in-production', version: 1 } });
		value(await effects.models.setRemoved({ model: 'churn', number: null }, 'removed', said));
		expect(await numbersOf(effects)).toEqual([]);
		value(await effects.models.setRemoved({ model: 'CHURN', number: null }, 'brought-back', said));
		expect(await stages(effects)).toEqual(['Production']);
	});

	test('keeps its name from being taken by what a backup brings', async () => {
		const effects = testEffects();
		const id = objectId(await effects.sha256(Uint8Array.of(1)));
		const signature = { columns: [], inputs: [], answer: { kind: 'number' as const, output: 'y' } };
		const given = { onnx: id, sizeBytes: 1, signature, run: null, repairs: [], description: '', createdAtMs: 1 };
		const objects = [{ id, bytes: Uint8Array.of(1) }];
		value(await effects.models.addVersion({ ...given, model: 'churn' }, objects, { ...said, kind: 'imported' }));
		const { file } = value(await backUp({}, effects));
		value(await effects.models.setRemoved({ model: 'churn', number: null }, 'removed', said));
		value(await restoreBackup({ file }, effects));
		expect(value(await effects.models.registry()).models.map(({ name }) => name)).toEqual(['churn_2']);
	});
});

describe('what is kept with a run', () => {
	test('tags and files change; what it made itself stays', async () => {
		const effects = testEffects();
		const own = objectId('hash');
		const run = runOf({ artifacts: [{ name: 'onnx', object: own, sizeBytes: 1 }] });
		value(await effects.models.saveRun(run, { objects: [{ id: own, bytes: Uint8Array.of(1) }] }));
		value(await setRunTags({ run: run.id, tags: { team: 'growth' } }, effects));
		const bytes = Uint8Array.of(1, 2);
		const kept = value(await attachToRun({ run: run.id, name: 'notes.md', bytes }, effects));
		expect([kept.tags, kept.artifacts.map(({ name }) => name)]).toEqual([{ team: 'growth' }, ['onnx', 'notes.md']]);
		const object = kept.artifacts[1]?.object ?? own;
		expect(value(await effects.models.object(object))).toEqual(bytes);
		const refused = await attachToRun({ run: run.id, name: 'onnx', bytes }, effects);
		expect(refused).toMatchObject({ ok: false, error: { kind: 'artifact-name-taken' } });
		value(await detachFromRun({ run: run.id, name: 'notes.md' }, effects));
		expect(value(await effects.models.object(object))).toBeNull();
		expect(value(await effects.models.object(own))).toEqual(Uint8Array.of(1));
	});

	test('a run that nobody trains any more has failed; one that is trained goes on', async () => {
		const effects = testEffects();
		const [gone, going] = [modelRunId('gone'), modelRunId('going')];
		for (const id of [gone, going]) value(await effects.models.saveRun({ ...runOf({ state: 'running' }), id }));
		const lock: typeof effects.lock = async (name, _mayWait, work) => (name === trainingLock(going) ? 'busy' : work());
		const runs = value(await settleRuns({ ...effects, lock }));
		expect(runs.map(({ id, state, failure }) => [id, state, failure?.kind ?? null]).sort()).toEqual([
			['going', 'running', null],
			['gone', 'failed', 'training-interrupted']
		]);
	});
});

describe('a backup', () => {
	test('brings runs, versions, files and what was done to them into an empty workspace, and beside others', async () => {
		const effects = testEffects();
		const bytes = Uint8Array.of(1, 2, 3);
		const onnx = objectId(await effects.sha256(bytes));
		const signature = { columns: [], inputs: [], answer: { kind: 'number' as const, output: 'y' } };
		const given = {
			model: 'churn',
			onnx,
			sizeBytes: 3,
			signature,
			run: null,
			repairs: [],
			description: '',
			createdAtMs: 1
		};
		value(await effects.models.addVersion(given, [{ id: onnx, bytes }], { ...said, kind: 'imported' }));
		value(await effects.models.saveRun(runOf({ metrics: { bias: -0, auc: 0.5 } })));
		const { file } = value(await backUp({}, effects));
		const other = testEffects();
		value(await restoreBackup({ file }, other));
		expect(value(await other.models.stored())).toEqual({
			...value(await effects.models.stored()),
			runs: [runOf({ metrics: { bias: 0, auc: 0.5 } })]
		});
		value(await restoreBackup({ file }, other));
		const { models, versions } = value(await other.models.registry());
		expect(models.map(({ name }) => name)).toEqual(['churn', 'churn_2']);
		expect(versions.map(({ model, number, onnx: named }) => [model, number, named === onnx])).toEqual([
			['churn', 1, true],
			['churn_2', 1, true]
		]);
	});
});

describe('the gate that a challenger passes', () => {
	test('is open without a champion, and by the margin with one', () => {
		const champion = runOf({ metrics: { auc: 0.8, accuracy: 0.9 } });
		expect(beatsChampion(runOf({}), null, 0).outcome).toBe('passed');
		expect(beatsChampion(runOf({ metrics: { auc: 0.82 } }), champion, 0.01).outcome).toBe('passed');
		expect(beatsChampion(runOf({ metrics: { auc: 0.805 } }), champion, 0.01).outcome).toBe('failed');
	});

	test('takes a lower error for a better one', () => {
		const champion = runOf({ metrics: { rmse: 4 } });
		expect(beatsChampion(runOf({ metrics: { rmse: 3 } }), champion, 0).outcome).toBe('passed');
		expect(beatsChampion(runOf({ metrics: { rmse: 5 } }), champion, 0).outcome).toBe('failed');
	});

	test('does not compare what was judged on other rows', () => {
		const other = { sql: 'SELECT 2', inputs: [], split: '' };
		const champion = runOf({ metrics: { auc: 0.8 } });
		expect(beatsChampion(runOf({ metrics: { auc: 0.9 }, data: other }), champion, 0).outcome).toBe('not-known');
	});
});

function runOf(facts: Partial<ModelRun>): ModelRun {
	return {
		id: modelRunId('run'),
		experiment: 'e',
		name: 'r',
		state: 'finished',
		task: null,
		params: {},
		metrics: {},
		tags: {},
		data: { sql: 'SELECT 1', inputs: [], split: '' },
		artifacts: [],
		failure: null,
		startedAtMs: 0,
		endedAtMs: 1,
		...facts
	};
}
