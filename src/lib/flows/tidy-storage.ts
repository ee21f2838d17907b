// Makes the storage smaller, as a job: old versions go by the rules, then what nothing reaches, then packs that are mostly dead.
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { ancestorIds, reachedBy } from '../core/version/history.ts';
import { planRepack } from '../core/version/plan-repack.ts';
import { KEEP_EVERYTHING, planRetention, type RetentionRules } from '../core/version/retention.ts';
import { datasetsOf, type Dataset } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { findDataset } from './list-datasets.ts';
import { pinnedVersions } from './pinned-versions.ts';
import { repack } from './repack.ts';
import { readRetention } from './retention.ts';

export const TIDY_LABEL = 'Tidy up the storage';

export type Tidied = {
	readonly atMs: number;
	/** `rules` ran by themselves. */
	readonly cause: 'rules' | 'request';
	readonly gone: readonly { readonly dataset: string; readonly versionCount: number }[];
	readonly versionCount: number;
	/** Operations that can no longer be undone. */
	readonly forgottenCount: number;
	/** Packs that were written again for what still lives in them. */
	readonly repackedCount: number;
	readonly freedBytes: number;
};

export type TidyFailure = StoreFailure | { readonly kind: 'cancelled' };
type TidyEffects = Pick<Effects, 'store' | 'jobs' | 'cutter' | 'keyedHash' | 'makeIdKey' | 'now'>;

const TIDIED_AT_KEY = 'tidied-at';
const LOG_KEY = 'tidy-log';
const LOG_MAX = 50;
const DAY_MS = 86_400_000;

/** Now, by the rules of the workspace. */
export async function tidyStorage(
	{ cause, signal }: { readonly cause: Tidied['cause']; readonly signal?: AbortSignal | undefined },
	effects: TidyEffects
): Promise<Result<Tidied, TidyFailure>> {
	const rules = await readRetention(effects);
	if (!rules.ok) return rules;
	return tidy({ rules: rules.value, cause, signal }, effects);
}

/** Null when that was done within a day, or another tab is at it. */
export async function tidyDaily(
	effects: TidyEffects & Pick<Effects, 'alone'>
): Promise<Result<Tidied | null, TidyFailure>> {
	const ran = await effects.alone('tidy', async (): Promise<Result<Tidied | null, TidyFailure>> => {
		const last = await effects.store.setting(TIDIED_AT_KEY);
		if (!last.ok) return last;
		const atMs = effects.now();
		if (typeof last.value === 'number' && last.value <= atMs && atMs - last.value < DAY_MS) return ok(null);
		const saved = await effects.store.saveSetting(TIDIED_AT_KEY, atMs);
		if (!saved.ok) return saved;
		const untidy = await isUntidy(effects);
		if (!untidy.ok) return untidy;
		return untidy.value ? tidyStorage({ cause: 'rules' }, effects) : ok(null);
	});
	return ran ?? ok(null);
}

/** Whether there is anything to do: a look, without a job. */
async function isUntidy(effects: TidyEffects): Promise<Result<boolean, StoreFailure>> {
	const rules = await readRetention(effects);
	if (!rules.ok) return rules;
	const stored = await effects.store.workspace();
	if (!stored.ok) return stored;
	const { datasets, operations, versions, collected, places, packs } = stored.value;
	const plan = planRetention({
		datasets,
		operations,
		versions,
		collected,
		rules: rules.value,
		atMs: effects.now(),
		pinned: new Set()
	});
	const named = [...datasets, ...operations.flatMap(datasetsOf)].flatMap(reachedBy);
	const reached = ancestorIds(named, [...collected, ...versions]);
	const sizes = new Map([...packs].map(([id, blob]) => [id, blob.size]));
	return ok(plan.gone.length > 0 || versions.some(({ id }) => !reached.has(id)) || planRepack(places, sizes) !== null);
}

/**
 * Keeps the newest `keep` versions of every branch of one dataset, at least one, and what tags, open tabs and running jobs need.
 * What could be undone only with the others is forgotten. Cannot be undone.
 */
export async function pruneDataset(
	{ name, keep, signal }: { readonly name: string; readonly keep: number; readonly signal?: AbortSignal | undefined },
	effects: TidyEffects & Parameters<typeof findDataset>[1]
): Promise<Result<Tidied, TidyFailure>> {
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const { dataset } = found.value;
	const overrides = { [dataset.id]: { keepVersions: keep, keepDays: 0 } };
	const rules = { ...KEEP_EVERYTHING, overrides, undoSteps: 0 };
	return tidy({ rules, cause: 'request', only: dataset, signal }, effects);
}

/** Frees what no branch, tag, undo or running job reaches. */
export async function collectGarbage(
	effects: Pick<Effects, 'store'>
): Promise<Result<{ readonly freedBytes: number }, StoreFailure>> {
	const swept = await effects.store.collect();
	return swept.ok ? ok({ freedBytes: swept.value.freedBytes }) : swept;
}

/** Newest first. */
export async function tidyLog(effects: Pick<Effects, 'store'>): Promise<Result<readonly Tidied[], StoreFailure>> {
	const stored = await effects.store.setting(LOG_KEY);
	return stored.ok ? ok(Array.isArray(stored.value) ? stored.value.filter(isTidied) : []) : stored;
}

type Tidying = {
	readonly rules: RetentionRules;
	readonly cause: Tidied['cause'];
	readonly only?: Dataset;
	readonly signal?: AbortSignal | undefined;
};

function tidy({ signal, ...tidying }: Tidying, effects: TidyEffects): Promise<Result<Tidied, TidyFailure>> {
	return asJob(effects.jobs, TIDY_LABEL, signal, (job) => tidyAs(tidying, job, effects));
}

async function tidyAs(
	{ rules, cause, only }: Tidying,
	job: JobHandle,
	effects: TidyEffects
): Promise<Result<Tidied, TidyFailure>> {
	const stored = await effects.store.workspace();
	if (!stored.ok) return stored;
	const pinned = await pinnedVersions(stored.value, effects);
	if (!pinned.ok) return pinned;
	if (job.signal.aborted) return err({ kind: 'cancelled' });
	const atMs = effects.now();
	const retained = await effects.store.retain({ rules, atMs, pinned: pinned.value, ...(only ? { only } : {}) });
	if (!retained.ok) return retained;
	const { gone, forgottenCount, swept } = retained.value;
	const repacked = await repack(job, effects);
	if (!repacked.ok) return repacked;
	const tidied: Tidied = {
		atMs,
		cause,
		gone,
		versionCount: gone.reduce((sum, { versionCount }) => sum + versionCount, 0),
		forgottenCount,
		repackedCount: repacked.value.packCount,
		freedBytes: swept.freedBytes + repacked.value.freedBytes
	};
	if (tidied.versionCount + tidied.repackedCount + tidied.freedBytes > 0) {
		const log = await tidyLog(effects);
		if (!log.ok) return log;
		const saved = await effects.store.saveSetting(LOG_KEY, [tidied, ...log.value].slice(0, LOG_MAX));
		if (!saved.ok) return saved;
	}
	return ok(tidied);
}

function isTidied(value: unknown): value is Tidied {
	return typeof value === 'object' && value !== null && 'atMs' in value && 'gone' in value && Array.isArray(value.gone);
}
