// What a version of a model is held against while it serves: a sketch of the rows it learnt from, with what it says of them.
import { isSegmentSketch } from '../core/check/sketch/segment-sketch.ts';
import type { CheckCrashed } from '../core/check/statistics/failure.ts';
import { objectId, resultId } from '../core/ids.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import type { ModelVersion } from '../core/model/registry/registered-model.ts';
import { profileSql } from '../core/model/watch/profile-sql.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { runQuery, type RunQueryFailure } from './run-query.ts';
import { catalogueOfTraining } from './training-rows.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type TrainingProfileFailure = RunQueryFailure | CheckCrashed;

/** Made when it is first asked for, and kept with the run: then no row is read again, and the versions it learnt from may go. */
export async function trainingProfile(
	version: ModelVersion,
	run: ModelRun,
	signal: AbortSignal | undefined,
	effects: Effects
): Promise<Result<Bytes, TrainingProfileFailure>> {
	const kept = run.artifacts.find(({ name }) => name === 'profile');
	const bytes = kept ? await effects.models.object(kept.object) : ok(null);
	if (!bytes.ok) return bytes;
	if (bytes.value && isSegmentSketch(bytes.value)) return ok(bytes.value);
	const label = `Read what ${version.model} v${version.number} learnt from`;
	return asJob(effects.jobs, label, signal, async (job): Promise<Result<Bytes, TrainingProfileFailure>> => {
		const made = await makeProfile(version, run, job.signal, effects);
		if (!made.ok) return made;
		const object = objectId(await effects.sha256(made.value));
		const newest = await effects.models.run(run.id);
		if (!newest.ok) return newest;
		if (!newest.value) return made;
		const others = newest.value.artifacts.filter(({ name }) => name !== 'profile');
		const artifacts = [...others, { name: 'profile', object, sizeBytes: made.value.length }];
		const saved = await effects.models.saveRun(
			{ ...newest.value, artifacts },
			{ objects: [{ id: object, bytes: made.value }] }
		);
		return saved.ok ? made : saved;
	});
}

async function makeProfile(
	version: ModelVersion,
	run: ModelRun,
	signal: AbortSignal,
	effects: Effects
): Promise<Result<Bytes, TrainingProfileFailure>> {
	const items = await catalogueOfTraining(run, effects);
	if (!items.ok) return items;
	const id = resultId(`profile-${effects.randomId()}`);
	const ran = await runQuery({ id, sql: profileSql(run.data.sql, version), signal }, effects, items.value);
	if (!ran.ok) return ran;
	const rows = await effects.engine.arrow(id);
	await effects.engine.release(id);
	if (!rows.ok) return rows;
	const sketch = await effects.check.sketch(rows.value);
	return sketch.ok ? sketch : err({ kind: 'check-crashed', reason: sketch.error.reason });
}
