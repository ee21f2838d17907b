// The rules by which old versions go: kept in the workspace, shown beforehand, and run.
import type { DatasetId, PartId, SegmentId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { parseRetention, planRetention, type RetentionRule, type RetentionRules } from '../core/version/retention.ts';
import { partSizesOf } from '../core/version/snapshot.ts';
import type { Segment } from '../core/version/segment.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { pinnedVersions } from './pinned-versions.ts';

const RULES_KEY = 'retention';

export type RetentionPreview = {
	/** Versions that would go, by dataset; one that was removed has no name. */
	readonly gone: readonly {
		readonly dataset: string | null;
		readonly versions: readonly { readonly id: string; readonly message: string; readonly createdAtMs: number }[];
	}[];
	readonly versionCount: number;
	/** Operations that could no longer be undone. */
	readonly forgottenCount: number;
	/** Of parts that nothing else holds. */
	readonly freedBytes: number;
};

export async function readRetention(effects: Pick<Effects, 'store'>): Promise<Result<RetentionRules, StoreFailure>> {
	const stored = await effects.store.setting(RULES_KEY);
	return stored.ok ? ok(parseRetention(stored.value)) : stored;
}

export async function saveRetention(
	rules: RetentionRules,
	effects: Pick<Effects, 'store'>
): Promise<Result<void, StoreFailure>> {
	return effects.store.saveSetting(RULES_KEY, rules);
}

/** The rules with another one for a dataset, or for all without their own; undefined takes a dataset's own away. */
export function withRule(
	rules: RetentionRules,
	dataset: DatasetId | null,
	rule: RetentionRule | null | undefined
): RetentionRules {
	if (dataset === null) return { ...rules, rule: rule ?? null };
	const { [dataset]: _own, ...others } = rules.overrides;
	return { ...rules, overrides: rule === undefined ? others : { ...others, [dataset]: rule } };
}

/** What the rules would let go now. Nothing is changed. */
export async function previewRetention(
	rules: RetentionRules,
	effects: Pick<Effects, 'store' | 'now'>
): Promise<Result<RetentionPreview, StoreFailure>> {
	const stored = await effects.store.workspace();
	if (!stored.ok) return stored;
	const needed = await effects.store.needed();
	if (!needed.ok) return needed;
	const pinned = await pinnedVersions(stored.value, effects);
	if (!pinned.ok) return pinned;
	const { datasets, operations, versions, collected, segments } = stored.value;
	const plan = planRetention({
		datasets,
		operations,
		versions,
		collected,
		rules,
		atMs: effects.now(),
		pinned: new Set([...needed.value, ...pinned.value])
	});
	const names = new Map(datasets.map(({ id, name }) => [id, name]));
	const byId: ReadonlyMap<SegmentId, Segment> = new Map(segments.map((segment) => [segment.id, segment]));
	const goneIds = new Set(plan.gone.map(({ id }) => id));
	const kept = partSizesOf(
		versions.filter(({ id }) => !goneIds.has(id)),
		byId
	);
	const freed = [...partSizesOf(plan.gone, byId)].filter(([part]: readonly [PartId, number]) => !kept.has(part));
	return ok({
		gone: [...Map.groupBy(plan.gone, ({ dataset }) => dataset)].map(([id, own]) => ({
			dataset: names.get(id) ?? null,
			versions: own.map(({ id: version, message, createdAtMs }) => ({ id: version, message, createdAtMs }))
		})),
		versionCount: plan.gone.length,
		forgottenCount: plan.forgotten.length,
		freedBytes: freed.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0)
	});
}
