// Models are trained in a worker with threads that help it: to the bits of Node, heard between rounds, and ended when asked.
import { afterEach, expect, test } from 'vitest';
import { jobId } from '#core/ids.ts';
import { decodeModel } from '#core/model/model-bytes.ts';
import { createModelHost } from '#lib/threads/model-host.ts';
import type { TrainProgress, Trained, TrainFailure } from '#workers/model/api.ts';
import type { Result } from '#core/result.ts';
import { madePlan, madeTable } from '../made-training.ts';
import vector from '../vectors/models/made.json' with { type: 'json' };

const host = createModelHost(2);
afterEach(() => host.end());

let last = 0;
function train(
	count: number,
	rounds: number,
	onProgress: (progress: TrainProgress, id: string) => void = () => undefined,
	kept: Uint8Array<ArrayBuffer> | null = null
): Promise<Result<Trained, TrainFailure>> {
	const id = jobId(`training ${++last}`);
	const request = { id, plan: madePlan(rounds), arrowBytes: madeTable(count, vector.seed), kept };
	return host.api.train(request, (progress) => onProgress(progress, id));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex();
}

test('a model trained by two threads in Chromium is that of Node, and says the same of rows', async () => {
	const seen: TrainProgress[] = [];
	const trained = await train(vector.count, vector.rounds, (progress) => seen.push(progress));
	if (!trained.ok) throw new Error(JSON.stringify(trained.error));
	expect(trained.value.threads).toBe(2);
	expect(await sha256(trained.value.model)).toBe(vector.model);
	expect(seen.filter(({ phase }) => phase === 'learn')).toHaveLength(vector.rounds);
	const progress = seen.map((told) => told.progress);
	expect(progress).toEqual(progress.toSorted((a, b) => a - b));
	expect(trained.value.report.evaluation?.metrics['r2']?.value).toBeCloseTo(vector.r2, 6);
	const outputs = await host.api.predict(trained.value.model, madeTable(1000, vector.seed + 1));
	expect(outputs.ok && (await sha256(new Uint8Array(outputs.value[0]?.buffer ?? new ArrayBuffer(0))))).toBe(
		vector.outputs
	);
	const dependence = await host.api.dependence(trained.value.model, madeTable(500, 9), {
		column: 'shop',
		grid: null,
		output: 0,
		rowsMax: 200
	});
	expect(dependence.ok && dependence.value.grid).toEqual(['east', 'north', 'south', 'west', 'über']);
});

test('a cancelled training gives nothing, a stopped one what it has, which goes on later', async () => {
	const cancelled = await train(20_000, 1000, ({ step }, id) => {
		if (step?.step === 2) void host.api.cancel(jobId(id));
	});
	expect(cancelled).toEqual({ ok: false, error: { kind: 'cancelled' } });
	const stopped = await train(20_000, 1000, ({ step }, id) => {
		if (step?.step === 5) void host.api.stop(jobId(id));
	});
	if (!stopped.ok) throw new Error(stopped.error.kind);
	expect(stopped.value.stopped).toBe('asked');
	const rounds = stopped.value.curve.length + 5;
	const gone = await train(20_000, rounds, undefined, stopped.value.model);
	const whole = await train(20_000, rounds);
	if (!gone.ok || !whole.ok) throw new Error('a training failed');
	expect(await sha256(gone.value.model)).toBe(await sha256(whole.value.model));
});

test('what cannot be trained is told, and a worker that ended is started again', async () => {
	const broken = await host.api.train(
		{ id: jobId('broken'), plan: madePlan(2), arrowBytes: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), kept: null },
		() => undefined
	);
	expect(broken.ok || broken.error.kind).toBe('broken-arrow');
	const other = await train(500, 2, undefined, new Uint8Array([0]));
	expect(other.ok || other.error.kind).toBe('broken-model');
	const trained = await train(500, 2);
	expect(trained.ok && decodeModel(trained.value.model).ok).toBe(true);
});
