// A number of a version, as rules and metrics watch it.
import { isClassMeasure, isWatchMeasure, metricOfMeasure, type WatchMeasure } from '../model/watch/watch-facts.ts';
import type { Measure, Measured } from './rule.ts';
import type { VersionFacts } from './signals.ts';

export type MeasuredAt = {
	readonly value: number;
	readonly atMs: number;
	/** `v3` is 3; null when its version is not on the open branch. */
	readonly version: number | null;
	/** Names what it was taken from. */
	readonly evidence: string;
	/** Whose answers it is about. */
	readonly model?: string;
};

/** Null where the version does not know it, such as bounds of a column of texts. */
export function numberAt(measured: Measured, version: VersionFacts): MeasuredAt | null {
	const { of } = measured;
	const value = isWatchMeasure(of) ? watchedValue(of, measured, version) : valueOf(of, measured.column, version);
	if (value === null || !Number.isFinite(value)) return null;
	const said = { value, atMs: version.atMs, version: version.number };
	const { watch } = version;
	if (!isWatchMeasure(of) || !watch) return { ...said, evidence: version.id };
	// Labels that arrive later say something new of an old version.
	const evidence = metricOfMeasure[of] === undefined ? version.id : `${version.id} ${watch.labels ?? ''}`;
	return { ...said, evidence, model: watch.model };
}

function watchedValue(
	of: WatchMeasure,
	{ column, class: label }: Pick<Measured, 'column' | 'class'>,
	{ watch }: VersionFacts
): number | null {
	if (!watch) return null;
	if (isClassMeasure(of)) {
		const byClass = Object.entries(watch.classes ?? {});
		if (label !== undefined) return byClass.find(([name]) => name === label)?.[1][of] ?? null;
		return watch.measures[of] ?? (byClass.length === 0 ? null : Math.min(...byClass.map(([, one]) => one[of])));
	}
	if (of !== 'input_drift' || column === null) return watch.measures[of] ?? null;
	const name = Object.keys(watch.inputs).find((one) => one.toLowerCase() === column.toLowerCase());
	return name === undefined ? null : (watch.inputs[name] ?? null);
}

function valueOf(of: Exclude<Measure, WatchMeasure>, column: string | null, version: VersionFacts): number | null {
	switch (of) {
		case 'row_count':
			return version.rowCount;
		case 'size_bytes':
			return version.sizeBytes;
		case 'reject_count':
			return version.rejectCount;
		case 'observed_value':
			return null;
		default: {
			const found = version.statistics.find((one) => one.column.toLowerCase() === column?.toLowerCase());
			if (!found) return null;
			if (of !== 'null_ratio') return found[of] === null ? null : Number(found[of]);
			return found.nullCount === null || version.rowCount === 0 ? null : found.nullCount / version.rowCount;
		}
	}
}
