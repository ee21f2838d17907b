// Which versions may be let go: what no rule, branch, tag, undo step, open tab or running job needs.
import type { DatasetId, VersionId } from '../ids.ts';
import { historyOf, reachedBy, type CollectedVersion } from './history.ts';
import { mergeBase } from './merge-base.ts';
import { datasetsOf, type Dataset, type Operation, type Version } from './version.ts';

/** Kept are the newest versions of every branch, and whatever is younger; at least one version. */
export type RetentionRule = { readonly keepVersions: number; readonly keepDays: number };

export type RetentionRules = {
	/** Of datasets without one of their own; null keeps everything. */
	readonly rule: RetentionRule | null;
	/** By dataset id. */
	readonly overrides: Readonly<Record<string, RetentionRule | null>>;
	/** Undo reaches back at least so many operations. */
	readonly undoSteps: number;
};

export const KEEP_EVERYTHING: RetentionRules = { rule: null, overrides: {}, undoSteps: 50 };

export type RetentionInput = {
	readonly datasets: readonly Dataset[];
	/** Oldest first. */
	readonly operations: readonly Operation[];
	readonly versions: readonly Version[];
	readonly collected: readonly CollectedVersion[];
	readonly rules: RetentionRules;
	readonly atMs: number;
	/** What open tabs, working copies and running jobs need. */
	readonly pinned: ReadonlySet<VersionId>;
};

export type RetentionPlan = {
	readonly gone: readonly Version[];
	/** Operations that can no longer be undone: those that need what goes, and all before them, since undo goes backwards. */
	readonly forgotten: readonly Operation[];
};

const DAY_MS = 86_400_000;

/**
 * Kept besides what the rules keep: versions that a tag or pin names, those in which two branches parted, since a merge needs
 * them, and those that the last undo steps lead to. Of a dataset that was removed, the undo steps alone keep versions, unless
 * everything is kept.
 */
export function planRetention(input: RetentionInput): RetentionPlan {
	const { datasets, operations, versions, rules, pinned } = input;
	const kept = new Set<VersionId>(pinned);
	const keep = (ids: readonly VersionId[]): void => ids.forEach((id) => kept.add(id));
	for (const step of reachableSteps(operations, rules.undoSteps))
		for (const state of datasetsOf(step)) keep(reachedBy(state));
	const byDataset = Map.groupBy(versions, ({ dataset }) => dataset);
	const present = new Map(datasets.map((dataset) => [dataset.id, dataset]));
	for (const [id, own] of byDataset) {
		const dataset = present.get(id);
		const rule = dataset ? ruleOf(id, rules) : rules.rule;
		if (rule === null) keep(own.map((version) => version.id));
		else if (dataset) keep(keptBy(rule, dataset, own, input));
	}
	const gone = versions.filter(({ id }) => !kept.has(id));
	const goneIds = new Set(gone.map(({ id }) => id));
	const needsGone = (state: Dataset): boolean => reachedBy(state).some((id) => goneIds.has(id));
	const last = operations.findLast((operation) => datasetsOf(operation).some(needsGone));
	return { gone, forgotten: operations.filter(({ seq }) => last !== undefined && seq <= last.seq) };
}

export function ruleOf(id: DatasetId, { rule, overrides }: RetentionRules): RetentionRule | null {
	const own = overrides[id];
	return own === undefined ? rule : own;
}

function reachableSteps(operations: readonly Operation[], undoSteps: number): readonly Operation[] {
	const done = operations.filter(({ undone }) => !undone);
	return [...done.slice(Math.max(0, done.length - undoSteps)), ...operations.filter(({ undone }) => undone)];
}

function keptBy(
	{ keepVersions, keepDays }: RetentionRule,
	dataset: Dataset,
	versions: readonly Version[],
	{ collected, atMs }: RetentionInput
): readonly VersionId[] {
	const heads = [...new Set([dataset.head, ...Object.values(dataset.branches)])];
	const youngest = atMs - keepDays * DAY_MS;
	const commits = [...versions, ...collected];
	const bases = heads.flatMap((one, at) => heads.slice(at + 1).map((other) => mergeBase(one, other, commits)));
	return [
		...heads
			.flatMap((head) => historyOf(head, versions, collected).slice(-Math.max(1, keepVersions)))
			.map(({ id }) => id),
		...Object.values(dataset.tags),
		...versions.filter(({ createdAtMs }) => createdAtMs > youngest).map(({ id }) => id),
		...bases.filter((id) => id !== null)
	];
}

/** What is stored as rules, whoever wrote it; anything else keeps everything. */
export function parseRetention(value: unknown): RetentionRules {
	if (typeof value !== 'object' || value === null) return KEEP_EVERYTHING;
	const { rule, overrides, undoSteps } = value as { readonly [key: string]: unknown };
	const own = typeof overrides === 'object' && overrides !== null ? Object.entries(overrides) : [];
	return {
		rule: parseRule(rule) ?? null,
		overrides: Object.fromEntries(
			own.flatMap(([id, one]) => {
				const parsed = parseRule(one);
				return parsed === undefined ? [] : [[id, parsed]];
			})
		),
		undoSteps: isAmount(undoSteps, 0) ? undoSteps : KEEP_EVERYTHING.undoSteps
	};
}

/** Undefined when it is none; null keeps everything. */
export function parseRule(value: unknown): RetentionRule | null | undefined {
	if (value === null) return null;
	if (typeof value !== 'object') return undefined;
	const { keepVersions, keepDays } = value as { readonly [key: string]: unknown };
	return isAmount(keepVersions, 1) && isAmount(keepDays, 0) ? { keepVersions, keepDays } : undefined;
}

function isAmount(value: unknown, least: number): value is number {
	return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= 1_000_000;
}
