// Over all datasets: metrics of newest versions that are outside their bands. No row is read: of columns, what is kept of versions says.
import { outsideNow, type OutsideNow } from '../core/check/anomaly/outside-now.ts';
import { BAND_OPTIONS } from '../core/check/anomaly/band.ts';
import type { ColumnMetrics } from '../core/check/statistics/metrics.ts';
import type { VersionId } from '../core/ids.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import type { CheckCrashed } from '../core/check/statistics/failure.ts';
import { listDatasets } from './list-datasets.ts';
import { keptSketch } from './sketch-version.ts';
import { manifestMetrics } from './version-metrics.ts';
import type { Effects } from './effects.ts';

/** Versions that a band is told from. */
const VERSIONS = 60;

export type DatasetOutside = {
	readonly dataset: string;
	readonly version: VersionId;
	readonly metrics: readonly OutsideNow[];
};

/** Metrics of columns are known of versions by now, so that those asked for again are not told anew. */
export type KnownColumns = Map<VersionId, ReadonlyMap<string, ColumnMetrics>>;

export async function datasetsOutside(
	{ known, signal }: { readonly known: KnownColumns; readonly signal?: AbortSignal | undefined },
	effects: Effects
): Promise<Result<readonly DatasetOutside[], StoreFailure | CheckCrashed | { readonly kind: 'cancelled' }>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const found: DatasetOutside[] = [];
	for (const item of items.value) {
		// Of fewer, no metric has a band.
		if (item.history.length <= BAND_OPTIONS.trainingCountMin) continue;
		for (const version of item.history.slice(-VERSIONS)) {
			if (signal?.aborted) return err({ kind: 'cancelled' });
			if (known.has(version.id)) continue;
			const columns = await keptColumns(version, effects);
			if (!columns.ok) return columns;
			if (columns.value) known.set(version.id, columns.value);
		}
		const metrics = outsideNow(manifestMetrics(item, VERSIONS, known));
		if (metrics.length > 0) found.push({ dataset: item.dataset.name, version: item.version.id, metrics });
	}
	return ok(found);
}

/** Null where no statistics of the version were ever asked for. */
async function keptColumns(
	version: Version,
	effects: Pick<Effects, 'sketches' | 'check'>
): Promise<Result<ReadonlyMap<string, ColumnMetrics> | null, StoreFailure | CheckCrashed>> {
	const kept = await keptSketch(version, effects);
	if (!kept.ok || kept.value === null) return kept.ok ? ok(null) : kept;
	const told = await effects.check.statistics(kept.value, version.schema);
	if (told.ok) return ok(new Map(told.value.columns.map(({ name, metrics }) => [name, metrics])));
	invariant(told.error.kind === 'check-crashed', 'a sketch that was looked at is whole');
	return err(told.error);
}
