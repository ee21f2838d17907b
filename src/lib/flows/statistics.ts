// What a version's sketch tells of it: numbers of each column, their correlations, and which columns may be keys.
import type { VersionStatistics } from '../core/check/statistics/version-statistics.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import {
	sketchVersion,
	type SketchEffects,
	type SketchVersionFailure,
	type SketchVersionInput
} from './sketch-version.ts';

/** Reads rows of those segments alone that no version was asked about before. */
export async function statistics(
	input: SketchVersionInput,
	effects: SketchEffects
): Promise<Result<VersionStatistics, SketchVersionFailure>> {
	const sketch = await sketchVersion(input, effects);
	if (!sketch.ok) return sketch;
	const told = await effects.check.statistics(sketch.value, input.version.schema);
	if (told.ok) return ok(told.value);
	invariant(told.error.kind === 'check-crashed', 'a sketch that was made or looked at is whole');
	return err(told.error);
}
