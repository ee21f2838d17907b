// Training runs go out of sight and come back, in the log of everything else, and go for good when that is said.
import { beforeEach, describe, expect, test } from 'vitest';
import { modelRunId, objectId, type ObjectId } from '#core/ids.ts';
import type { ModelRun } from '#core/model/registry/model-run.ts';
import { invariant, type Result } from '#core/result.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { createConsole } from '#lib/flows/console.ts';
import { bringRunBack, deleteRun, removeRun } from '#lib/flows/remove-run.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { operationWords } from '#lib/state/operation-words.ts';
import { testEffects, type TestEffects } from './effects.ts';

function value<T>(result: Result<T, unknown>): T {
	invariant(result.ok, 'the store answers');
	return result.value;
}

let effects: TestEffects;
const bytesOf = (startedAtMs: number): Uint8Array<ArrayBuffer> => Uint8Array.of(startedAtMs);
const objectOf = async (startedAtMs: number): Promise<ObjectId> => objectId(await effects.sha256(bytesOf(startedAtMs)));

async function runOf(name: string, startedAtMs: number, parent?: string): Promise<ModelRun> {
	return {
		id: modelRunId(name),
		...(parent === undefined ? {} : { parent: modelRunId(parent) }),
		experiment: 'e',
		name,
		state: 'finished',
		task: null,
		params: {},
		metrics: { auc: 0.5 },
		tags: {},
		data: { sql: 'SELECT 1', inputs: [], split: '' },
		artifacts: [{ name: 'onnx', object: await objectOf(startedAtMs), sizeBytes: 1 }],
		failure: null,
		startedAtMs,
		endedAtMs: startedAtMs + 1
	};
}

const inSight = async (): Promise<string> =>
	value(await effects.models.runs())
		.map(({ name }) => name)
		.join(' ');
const away = async (): Promise<string> =>
	value(await effects.models.removedRuns())
		.map(({ name }) => name)
		.join(' ');
const said = async (): Promise<readonly string[]> => value(await effects.store.operations()).map(operationWords);

beforeEach(async () => {
	effects = testEffects();
	for (const [name, startedAtMs, parent] of [
		['a', 1],
		['search', 2],
		['trial 1', 3, 'search'],
		['trial 2', 4, 'search']
	] as const) {
		const objects = [{ id: await objectOf(startedAtMs), bytes: bytesOf(startedAtMs) }];
		value(await effects.models.saveRun(await runOf(name, startedAtMs, parent), { objects }));
	}
});

describe('a run that is removed', () => {
	test('is undone and redone with everything else, and the log says so', async () => {
		const weir = createConsole(effects);
		let told = 0;
		effects.models.watch(() => told++);
		value(await weir.removeModelRun('a'));
		expect(await inSight()).toBe('trial 2 trial 1 search');
		expect(value(await weir.modelRuns({ removed: true })).map(({ name }) => name)).toEqual(['a']);
		expect(value(await weir.undo())).toMatchObject({ kind: 'remove-model-run', run: 'a', dataset: '' });
		expect(await inSight()).toBe('trial 2 trial 1 search a');
		expect(value(await weir.redo())).toMatchObject({ run: 'a' });
		expect(await away()).toBe('a');
		value(await weir.bringBackModelRun('a'));
		expect(await said()).toEqual(['remove the run a', 'bring back the run a']);
		value(await weir.undo());
		expect(await away()).toBe('a');
		await expect.poll(() => told).toBeGreaterThan(0);
	});

	test('takes its parts along, and brings back those that went with it', async () => {
		value(await removeRun('trial 1', effects));
		value(await removeRun('search', effects));
		expect([await inSight(), await away()]).toEqual(['a', 'trial 2 trial 1 search']);
		value(await bringRunBack('search', effects));
		expect(await inSight()).toBe('trial 2 search a');
	});

	test('keeps what it has, through a training that ends and through a backup', async () => {
		value(await removeRun('a', effects));
		value(await effects.models.saveRun({ ...(await runOf('a', 1)), metrics: { auc: 0.9 } }));
		expect(await away()).toBe('a');
		const { file } = value(await backUp({}, effects));
		const other = testEffects();
		value(await restoreBackup({ file }, other));
		value(await other.store.undo());
		const back = value(await other.models.runs()).find(({ name }) => name === 'a');
		expect(back?.metrics).toEqual({ auc: 0.9 });
		expect(value(await other.models.object(await objectOf(1)))).toEqual(bytesOf(1));
	});

	test('is refused twice, and what is in sight is neither brought back nor deleted', async () => {
		value(await removeRun('a', effects));
		for (const refused of [
			await removeRun('a', effects),
			await bringRunBack('search', effects),
			await deleteRun('search', effects),
			await removeRun('nobody', effects)
		])
			expect(refused).toMatchObject({ ok: false, error: { kind: 'unknown-model-run' } });
	});

	test('goes for good with its parts, their bytes and the operations that name it, and no others', async () => {
		value(await removeRun('a', effects));
		value(await removeRun('search', effects));
		value(await deleteRun('search', effects));
		expect([await inSight(), await away()]).toEqual(['', 'a']);
		expect(value(await effects.models.object(await objectOf(3)))).toBeNull();
		expect(await said()).toEqual(['remove the run a']);
		value(await effects.store.undo());
		expect(await inSight()).toBe('a');
	});
});
