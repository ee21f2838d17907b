// What rules look at, as far as they ask for it: versions, kept verdicts, runs of pipelines, and runs that were missed.
import { isOfModels, type Condition } from '../core/alert/rule.ts';
import type { AlertPast, DatasetPast, RunPast, VersionFacts } from '../core/alert/signals.ts';
import type { WatchFacts } from '../core/model/watch/watch-facts.ts';
import type { RunRecord } from '../core/pipeline/run-record.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';
import { driftsOf, keptDrifts } from './measure-drifts.ts';
import { missedRuns } from './missed-runs.ts';
import { listPipelines } from './pipelines.ts';
import { watchedVersions, type WatchedVersion } from './watch-model.ts';

const RUNS_READ = 500;

export async function readPast(
	conditions: readonly Condition[],
	effects: Effects
): Promise<Result<AlertPast, StoreFailure>> {
	const datasets: DatasetPast[] = [];
	if (conditions.some(({ kind }) => kind !== 'run')) {
		const items = await listDatasets(effects);
		if (!items.ok) return items;
		const needsVerdicts = conditions.some(
			(condition) =>
				condition.kind === 'verdict' || ('measured' in condition && condition.measured.of === 'observed_value')
		);
		const kept = await keptDrifts(effects);
		if (!kept.ok) return kept;
		const watched = conditions.some(isOfModels) ? await watchedVersions(null, effects) : ok([]);
		if (!watched.ok) return watched;
		for (const item of items.value) {
			const verdicts = needsVerdicts ? await effects.store.verdicts(item.dataset.id) : ok([]);
			if (!verdicts.ok) return verdicts;
			datasets.push(datasetPast(item, verdicts.value.toReversed(), driftsOf(item, kept.value), watched.value));
		}
	}
	if (!conditions.some(({ kind }) => kind === 'run')) return ok({ datasets, runs: [], missed: [] });
	const runs = await effects.runs.runs({ pipeline: null, limit: RUNS_READ });
	if (!runs.ok) return runs;
	const missed = await readMissed(effects);
	if (!missed.ok) return missed;
	return ok({ datasets, runs: runs.value.flatMap(runPast), missed: missed.value });
}

function datasetPast(
	{ dataset, history, line }: CatalogueItem,
	verdicts: DatasetPast['verdicts'],
	drifts: DatasetPast['drifts'],
	watched: readonly WatchedVersion[]
): DatasetPast {
	const numbers = new Map(line.map(({ id }, at) => [id, at + 1]));
	const watchOf = new Map(watched.flatMap(({ version, facts }) => (facts ? [[version.id, facts] as const] : [])));
	return {
		name: dataset.name,
		verdicts,
		drifts,
		versions: history.map(({ id, createdAtMs, table, rejects, statistics }) => ({
			id,
			number: numbers.get(id) ?? 0,
			atMs: createdAtMs,
			rowCount: table.rowCount,
			sizeBytes: table.sizeBytes,
			rejectCount: rejects?.rowCount ?? 0,
			statistics,
			...watchFact(watchOf.get(id))
		}))
	};
}

function watchFact(watch: WatchFacts | undefined): Pick<VersionFacts, 'watch'> {
	return watch ? { watch } : {};
}

/** A step of another run is told by that one. */
function runPast({
	id,
	pipeline,
	state,
	cause,
	nominalMs,
	startedAtMs,
	endedAtMs,
	steps
}: RunRecord): readonly RunPast[] {
	if (cause.kind === 'pipeline') return [];
	const failed = Object.entries(steps ?? {}).filter(([, one]) => one === 'failed' || one === 'timed_out');
	return [
		{
			id,
			pipeline,
			state,
			nominalMs: cause.kind === 'schedule' ? nominalMs : null,
			startedAtMs,
			endedAtMs,
			failedSteps: failed.map(([step]) => step)
		}
	];
}

async function readMissed(effects: Effects): Promise<Result<AlertPast['missed'], StoreFailure>> {
	const pipelines = await listPipelines(effects);
	if (!pipelines.ok) return pipelines;
	const found: { readonly pipeline: string; readonly nominalMs: number }[] = [];
	for (const { name: pipeline } of pipelines.value) {
		const missed = await missedRuns(pipeline, effects);
		if (!missed.ok) return missed;
		found.push(...missed.value.map((nominalMs) => ({ pipeline, nominalMs })));
	}
	return ok(found);
}
