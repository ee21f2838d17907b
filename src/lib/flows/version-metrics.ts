// The metrics of a dataset's versions, oldest first: what their manifests say, and of columns what their sketches tell.
import type { VersionMetrics } from '../core/check/anomaly/metric-series.ts';
import type { ColumnMetrics } from '../core/check/statistics/metrics.ts';
import type { VersionId } from '../core/ids.ts';
import type { WatchFacts } from '../core/model/watch/watch-facts.ts';
import { ok, type Result } from '../core/result.ts';
import type { Version } from '../core/version/version.ts';
import { asJob } from './jobs.ts';
import { numberOf, type CatalogueItem } from './list-datasets.ts';
import type { SketchEffects, SketchVersionFailure } from './sketch-version.ts';
import { statistics } from './statistics.ts';

export type ColumnsByVersion = ReadonlyMap<VersionId, ReadonlyMap<string, ColumnMetrics>>;

/** Of the versions of the open branch that are stored: the newest `limit` of them. Nothing is read. */
export function manifestMetrics(
	item: CatalogueItem,
	limit: number,
	columns: ColumnsByVersion = new Map(),
	watch: ReadonlyMap<VersionId, WatchFacts> = new Map()
): readonly VersionMetrics[] {
	const versions = item.history.map((version, at): VersionMetrics => {
		const before = item.history[at - 1];
		const watched = watch.get(version.id)?.measures;
		return {
			version: version.id,
			number: numberOf(version, item),
			atMs: version.createdAtMs,
			rowCount: version.table.rowCount,
			sizeBytes: version.table.sizeBytes,
			gapMs: before ? version.createdAtMs - before.createdAtMs : null,
			columns: columns.get(version.id) ?? null,
			...(watched ? { watch: watched } : {})
		};
	});
	return versions.slice(-limit);
}

/**
 * Metrics of the columns of the newest `limit` versions; those that `known` has are not asked for again. Rows are read of those
 * segments alone that no version was asked about before.
 */
export async function columnMetricsOf(
	{
		item,
		limit,
		known = new Map(),
		signal
	}: {
		readonly item: CatalogueItem;
		readonly limit: number;
		readonly known?: ColumnsByVersion;
		readonly signal?: AbortSignal | undefined;
	},
	effects: SketchEffects
): Promise<Result<ColumnsByVersion, SketchVersionFailure>> {
	const versions = item.history.slice(-limit);
	const missing = versions.filter(({ id }) => !known.has(id));
	if (missing.length === 0) return ok(known);
	const label = `Follow metrics of ${item.dataset.name}`;
	return asJob(effects.jobs, label, signal, async (job): Promise<Result<ColumnsByVersion, SketchVersionFailure>> => {
		const found = new Map(known);
		for (const [at, version] of missing.entries()) {
			const told = await metricsOf(version, item, job.signal, effects);
			if (!told.ok) return told;
			found.set(version.id, told.value);
			job.progress({ fraction: (at + 1) / missing.length });
		}
		return ok(found);
	});
}

async function metricsOf(
	version: Version,
	{ dataset }: CatalogueItem,
	signal: AbortSignal,
	effects: SketchEffects
): Promise<Result<ReadonlyMap<string, ColumnMetrics>, SketchVersionFailure>> {
	const told = await statistics({ dataset, version, signal }, effects);
	return told.ok ? ok(new Map(told.value.columns.map(({ name, metrics }) => [name, metrics]))) : told;
}
