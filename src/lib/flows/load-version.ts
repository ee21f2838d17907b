// Brings a version here that the server alone has, when somebody opens it.
import type { DatasetId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure, VersionElsewhere } from '../core/sync/failure.ts';
import { refsOf } from '../core/version/history.ts';
import { resolveRef } from '../core/version/resolve-ref.ts';
import type { Effects } from './effects.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';
import { SpaceReader } from './sync-fetch.ts';
import { runSync, type SyncRun } from './sync-run.ts';

/** How many versions one question may need. */
const ROUNDS = 20;

/**
 * Does `work` again once the versions that it lacked are here. What the server does not have, or cannot give now, is told as
 * `version-elsewhere` where it has it, else as `work` told it.
 */
export async function withVersions<T, F extends { readonly kind: string }>(
	work: () => Promise<Result<T, F>>,
	signal: AbortSignal | undefined,
	effects: Effects
): Promise<Result<T, F | VersionElsewhere>> {
	for (let round = 0; ; round++) {
		const done = await work();
		if (done.ok || round === ROUNDS || !isMissing(done.error)) return done;
		const loaded = await loadVersion({ ...done.error, signal }, effects);
		if (loaded.ok) continue;
		const { error } = loaded;
		if (error.kind === 'version-collected') return done;
		if (error.kind === 'version-elsewhere') return err(error);
		const { dataset, version } = done.error;
		return err({ kind: 'version-elsewhere', dataset, version, because: error.kind });
	}
}

type Missing = { readonly kind: 'version-collected'; readonly dataset: string; readonly version: string };

function isMissing(failure: { readonly kind: string }): failure is Missing {
	return failure.kind === 'version-collected';
}

export type LoadInput = {
	/** A dataset's name, and what names a version of it after `@`. */
	readonly dataset: string;
	readonly version: string;
	readonly signal?: AbortSignal | undefined;
};

/** Fails: version-collected, where no server has it either · version-elsewhere, where it cannot be had now */
export async function loadVersion(
	{ dataset, version, signal }: LoadInput,
	effects: Effects
): Promise<Result<void, SyncFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const item = items.value.find((one) => one.dataset.name.toLowerCase() === dataset.toLowerCase());
	if (!item) return err({ kind: 'unknown-dataset', name: dataset });
	const id = idOf(item, version);
	const gone = item.collected.find((one) => one.id === id);
	if (!gone || id === null) return ok(undefined);
	const { collectedAtMs } = gone;
	const collected = err({ kind: 'version-collected', dataset, version, collectedAtMs, position: null } as const);
	if (!(await isOnEdge(item.dataset.id, id, effects))) return collected;
	const label = `Load ${dataset}@${version}`;
	const loaded = await runSync({ label, signal, isBeside: true }, effects, (run) => load(item.dataset.id, id, run));
	if (loaded.ok) return loaded.value ? ok(undefined) : collected;
	return loaded.error.kind === 'cancelled'
		? loaded
		: err({ kind: 'version-elsewhere', dataset, version, because: loaded.error.kind });
}

function idOf({ dataset, line, reached, collected }: CatalogueItem, version: string): VersionId | null {
	return resolveRef({ history: line, refs: refsOf(dataset), reached: [...reached, ...collected] }, version);
}

/** Whether the server had it whole when it was asked last. */
async function isOnEdge(dataset: DatasetId, id: VersionId, { sync }: Effects): Promise<boolean> {
	const spaces = await sync.rows.spaces();
	const key = spaces.ok ? spaces.value.find(({ space }) => space === dataset)?.key : null;
	if (!key) return false;
	const sealed = await sync.rows.sealedAs(key.lineage ?? key.wrap.id, [`full/${id}`]);
	return sealed.ok && (sealed.value.get(`full/${id}`)?.length ?? 0) > 0;
}

async function load(dataset: DatasetId, id: VersionId, { effects }: SyncRun): Promise<Result<boolean, SyncFailure>> {
	const spaces = await effects.store.spaces();
	if (!spaces.ok) return spaces;
	const key = spaces.value.find(({ space }) => space === dataset)?.key;
	if (!key) return ok(false);
	const seal = await effects.keys.openSpace(dataset, key.epoch, key.wrap);
	if (!seal.ok) return seal;
	const loaded = await new SpaceReader(dataset, seal.value, effects).load([id]);
	return loaded.ok ? ok(loaded.value.includes(id)) : loaded;
}
