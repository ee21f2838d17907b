// Sketches of segments from their rows: the engine reads those of some segments while those before are sketched.
import type { MissingSketch, SketchKey, SketchPlan } from '../core/check/sketch/plan-sketches.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import type { CheckCrashed } from '../core/check/statistics/failure.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type SegmentEffects = Pick<Effects, 'engine' | 'check' | 'sketches' | 'randomId'>;
export type SketchSegmentsFailure = RunSqlFailure | CheckCrashed;

/** Rows that the engine gives at once: of one segment, until it is known how large one is. */
const READ_BYTES = 24 * 1024 * 1024;
const READ_SEGMENTS = 16;

/** Keeps a sketch of each missing segment; those that are kept stay when the work ends early. */
export async function sketchSegments(
	version: Version,
	{ missing, rowCountToRead }: SketchPlan,
	job: JobHandle,
	effects: SegmentEffects
): Promise<Result<void, SketchSegmentsFailure>> {
	let sketching: Promise<Result<void, SketchSegmentsFailure>> = Promise.resolve(ok(undefined));
	let doneRows = 0;
	let size = 1;
	for (let at = 0; at < missing.length;) {
		const some = missing.slice(at, at + size);
		at += some.length;
		const read = await readRows(version, some, job, effects);
		const before = await sketching;
		if (!read.ok) return read;
		if (!before.ok) return before;
		sketching = sketchRows(some, read.value, effects).then((kept) => {
			doneRows += some.reduce((sum, { rowCount }) => sum + rowCount, 0);
			job.progress({ fraction: doneRows / Math.max(1, rowCountToRead), rowCount: doneRows });
			return kept;
		});
		const bytes = read.value.reduce((sum, { length }) => sum + length, 0) / some.length;
		size = Math.max(1, Math.min(READ_SEGMENTS, Math.floor(READ_BYTES / Math.max(1, bytes))));
	}
	return sketching;
}

/** Of a version without rows: its columns alone. */
export async function sketchNoRows(
	version: Version,
	job: JobHandle,
	effects: SegmentEffects
): Promise<Result<Bytes, SketchSegmentsFailure>> {
	const read = await readRows(version, [{ key: '', segment: -1, rowCount: 0 }], job, effects);
	return read.ok ? sketchOf(read.value[0] ?? new Uint8Array(), effects) : read;
}

/** The rows of each segment as an Arrow IPC stream. Nothing else of the version is read. */
async function readRows(
	version: Version,
	some: readonly MissingSketch[],
	job: JobHandle,
	effects: SegmentEffects
): Promise<Result<readonly Bytes[], RunSqlFailure>> {
	const { engine } = effects;
	const id = resultId(`sketch-${effects.randomId()}`);
	const segments = some.flatMap(({ segment }) => (segment < 0 ? [] : [segment]));
	// A view's name that no dataset has; what it stands for changes with each reading.
	const relation: Relation = { name: `@segments ${version.id}`, version: version.id, rows: 'data', segments };
	const input = { id, sql: `SELECT * FROM ${quoteName(relation.name)}`, params: [], relations: [relation] };
	try {
		const ran = await whileCancellable(id, job.signal, effects, () => engine.run(input, () => undefined));
		if (!ran.ok) return ran;
		const streams: Bytes[] = [];
		let startRow = 0;
		for (const { rowCount } of some) {
			const stream = await engine.window(id, startRow, startRow + rowCount);
			if (!stream.ok) return stream;
			streams.push(stream.value);
			startRow += rowCount;
		}
		return ok(streams);
	} finally {
		void engine.release(id);
	}
}

async function sketchRows(
	some: readonly MissingSketch[],
	streams: readonly Bytes[],
	effects: SegmentEffects
): Promise<Result<void, CheckCrashed | StoreFailure>> {
	const made = new Map<SketchKey, Bytes>();
	// Asked for at once, so that the worker has no pause between two.
	const sketches = await Promise.all(streams.map((stream) => sketchOf(stream, effects)));
	for (const [at, sketch] of sketches.entries()) {
		if (!sketch.ok) return sketch;
		const key = some[at]?.key;
		if (key !== undefined) made.set(key, sketch.value);
	}
	return effects.sketches.save(made);
}

async function sketchOf(stream: Bytes, { check }: SegmentEffects): Promise<Result<Bytes, CheckCrashed>> {
	const sketch = await check.sketch(stream);
	// What the engine gives is Arrow: a worker that cannot read it is not well.
	return sketch.ok ? sketch : err({ kind: 'check-crashed', reason: sketch.error.reason });
}
