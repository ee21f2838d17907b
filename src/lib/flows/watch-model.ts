// Watches models while they serve: what is known of every version that they scored, each looked at once and kept.
import { USUAL_DRIFT_RULES } from '../core/check/drift-rules.ts';
import type { ModelVersion, RegisteredModel } from '../core/model/registry/registered-model.ts';
import type { WatchFacts } from '../core/model/watch/watch-facts.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';
import { labelsOf, type Labels } from './model-performance.ts';
import { scoredVersions, type ScoredVersion } from './scored-versions.ts';
import { watchVersion, type WatchFailure, type WatchReport } from './watch-version.ts';

/** A version that a model scored, and what is known of it; null before it was looked at. */
export type WatchedVersion = Pick<ScoredVersion, 'item' | 'version' | 'number' | 'used'> & {
	readonly facts: WatchFacts | null;
};

type Kept = Readonly<Record<string, WatchFacts>>;
const SETTING = 'model-watch';
const KEPT = 1000;
/** Counted up when more is known: what was kept without it is looked at anew. */
const FACTS = 3;
/** Newest versions that rules look at: a band needs some before. */
export const WATCHED = 20;

/** Everything that a model scored, as it is known; null is every model. Nothing is looked at. */
export async function watchedVersions(
	model: string | null,
	effects: Effects
): Promise<Result<readonly WatchedVersion[], StoreFailure>> {
	const frame = await readFrame(effects);
	if (!frame.ok) return frame;
	const known: WatchedVersion[] = [];
	for (const scored of scoredVersions(frame.value.items, model)) {
		const served = await servedBy(scored, frame.value, effects);
		const { item, version, number, used } = scored;
		// Where its labels cannot be read, whoever looks at it is told.
		const facts = served.ok && served.value ? (frame.value.kept[keyOf(scored, served.value)] ?? null) : null;
		known.push({ item, version, number, used, facts });
	}
	return ok(known);
}

/** Looks at one version. Fails besides: unknown-model-version, where the version of the model that scored it was removed */
export async function watchOne(
	{
		dataset,
		version,
		signal
	}: { readonly dataset: string; readonly version: Version['id']; readonly signal?: AbortSignal | undefined },
	effects: Effects
): Promise<Result<WatchReport | null, WatchFailure>> {
	const frame = await readFrame(effects);
	if (!frame.ok) return frame;
	const all = scoredVersions(frame.value.items, null);
	const scored = all.find(
		(one) => one.version.id === version && one.item.dataset.name.toLowerCase() === dataset.toLowerCase()
	);
	if (!scored) return ok(null);
	const served = await servedBy(scored, frame.value, effects);
	if (!served.ok) return served;
	const { model, number } = scored.used;
	if (!served.value) return err({ kind: 'unknown-model-version', model, version: String(number) });
	const report = await watchVersion(inputOf(scored, served.value, { all, frame: frame.value, signal }), effects);
	if (!report.ok) return report;
	const kept = await keep({ [keyOf(scored, served.value)]: report.value.facts }, effects);
	return kept.ok ? report : kept;
}

/**
 * Looks at the newest versions of each dataset that were scored and not looked at before. One that cannot be looked at says nothing: the
 * page of its model says why.
 */
export async function measureWatch(
	{ dataset, versions }: { readonly dataset: string | null; readonly versions: number },
	effects: Effects
): Promise<Result<void, StoreFailure>> {
	const frame = await readFrame(effects);
	if (!frame.ok) return frame;
	const { items, kept } = frame.value;
	const made: Record<string, WatchFacts> = {};
	for (const item of items) {
		if (dataset !== null && dataset.toLowerCase() !== item.dataset.name.toLowerCase()) continue;
		const all = scoredVersions([item], null);
		for (const scored of all.slice(-versions)) {
			const served = await servedBy(scored, frame.value, effects);
			if (!served.ok || !served.value || keyOf(scored, served.value) in kept) continue;
			const report = await watchVersion(inputOf(scored, served.value, { all, frame: frame.value }), effects);
			if (report.ok) made[keyOf(scored, served.value)] = report.value.facts;
		}
	}
	return keep(made, effects);
}

type Frame = {
	readonly items: readonly CatalogueItem[];
	readonly models: readonly RegisteredModel[];
	readonly versions: readonly ModelVersion[];
	readonly kept: Kept;
	/** What is known by now of versions of models: each is asked for once. */
	readonly served: Map<string, Result<Served | null, WatchFailure>>;
};

async function readFrame(effects: Effects): Promise<Result<Frame, StoreFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const registry = await effects.models.registry();
	if (!registry.ok) return registry;
	const kept = await keptFacts(effects);
	if (!kept.ok) return kept;
	const { models, versions } = registry.value;
	return ok({ items: items.value, models, versions, kept: kept.value, served: new Map() });
}

type Served = { readonly model: ModelVersion; readonly labels: Labels | null };

/** Null where the version of the model is not there any more. */
async function servedBy(
	{ used }: ScoredVersion,
	frame: Frame,
	effects: Effects
): Promise<Result<Served | null, WatchFailure>> {
	const key = `${used.number} ${used.onnx} ${used.model}`;
	const known = frame.served.get(key);
	if (known) return known;
	const found = await findServed(used, frame, effects);
	frame.served.set(key, found);
	return found;
}

async function findServed(
	{ model: name, number, onnx }: ScoredVersion['used'],
	{ models, versions }: Frame,
	effects: Effects
): Promise<Result<Served | null, WatchFailure>> {
	const model = versions.find((one) => one.model === name && one.number === number && one.onnx === onnx);
	const registered = models.find((one) => one.name === name);
	if (!model || !registered) return ok(null);
	const labels = await labelsOf(registered, model, effects);
	return labels.ok ? ok({ model, labels: labels.value }) : labels;
}

function inputOf(
	scored: ScoredVersion,
	{ model, labels }: Served,
	given: {
		readonly all: readonly ScoredVersion[];
		readonly frame: Frame;
		readonly signal?: AbortSignal | undefined;
	}
) {
	const { all, frame, signal } = given;
	const first = all.find(({ item, used }) => item === scored.item && used.onnx === scored.used.onnx) ?? scored;
	return { scored, model, labels, first: first.version, items: frame.items, signal };
}

function keyOf({ used, version, item: { dataset } }: ScoredVersion, { labels }: Served): string {
	const rules = dataset.driftRules ?? USUAL_DRIFT_RULES;
	const told = [used.onnx, version.id, rules === USUAL_DRIFT_RULES ? null : rules, labels?.key ?? null];
	return JSON.stringify([FACTS, ...told]);
}

async function keptFacts({ store }: Pick<Effects, 'store'>): Promise<Result<Kept, StoreFailure>> {
	const stored = await store.setting(SETTING);
	return stored.ok ? ok((stored.value as Kept | undefined) ?? {}) : stored;
}

async function keep(made: Kept, effects: Pick<Effects, 'store'>): Promise<Result<void, StoreFailure>> {
	if (Object.keys(made).length === 0) return ok(undefined);
	const newest = await keptFacts(effects);
	if (!newest.ok) return newest;
	const all = Object.entries({ ...newest.value, ...made }).slice(-KEPT);
	return effects.store.saveSetting(SETTING, Object.fromEntries(all));
}
