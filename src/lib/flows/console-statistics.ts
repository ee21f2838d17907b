// The console's verbs for statistics of versions, their baseline, and what points to what.
import { isDriftRules, USUAL_DRIFT_RULES } from '../core/check/drift-rules.ts';
import { corrections } from '../core/check/statistics/correction.ts';
import type { DriftThresholds } from '../core/check/statistics/dataset-drift.ts';
import type { DeviationRule } from '../core/check/statistics/deviation.ts';
import { ok } from '../core/result.ts';
import type { Version } from '../core/version/version.ts';
import { baselineVersion, pinBaseline, unpinBaseline } from './baseline.ts';
import { versionInSql } from './change-refs.ts';
import type { BaselineFacts, StatisticsConsole } from './console-statistics-types.ts';
import { invalid } from './console-values.ts';
import { setDriftRules } from './drift-rules.ts';
import { drift } from './drift.ts';
import type { Effects } from './effects.ts';
import { findVersion } from './find-version.ts';
import { findDataset, numberOf, type CatalogueItem } from './list-datasets.ts';
import { relations } from './relations.ts';
import { statistics } from './statistics.ts';

const version = "a version, such as 'v2'";
const rulesShape =
	'{ thresholds: { measures, significance, correction }, rule: { relative, floor } }, as driftRules gives it, or null';

export function statisticsVerbs(effects: Effects): StatisticsConsole {
	return {
		statistics: async (reference, options = {}) => {
			if (typeof reference !== 'string') return invalid('reference', 'the name of a dataset, or name@version');
			const found = await findVersion(reference, effects);
			if (!found.ok) return found;
			const { item, version: asked } = found.value;
			return statistics({ dataset: item.dataset, version: asked, signal: options.signal }, effects);
		},
		drift: async (name, before = null, after = null, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (!isTextOrNull(before)) return invalid('before', version);
			if (!isTextOrNull(after)) return invalid('after', version);
			const { thresholds = {}, rule, signal } = options;
			if (!areThresholds(thresholds)) return invalid('thresholds', '{ measures, significance, correction }');
			if (rule !== undefined && !isRule(rule)) return invalid('rule', '{ relative, floor } as numbers of 0 or more');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const item = found.value;
			const old = before === null ? ok(null) : versionInSql(item, before);
			if (!old.ok) return old;
			const now = after === null ? ok(null) : versionInSql(item, after);
			if (!now.ok) return now;
			const input = { item, before: old.value, after: now.value, thresholds, signal };
			return drift({ ...input, ...(rule ? { rule } : {}) }, effects);
		},
		pinBaseline: async (name, at) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (at !== undefined && typeof at !== 'string') return invalid('at', version);
			const pinned = await pinBaseline({ dataset: name, at: at ?? null }, effects);
			if (!pinned.ok) return pinned;
			const found = await findDataset(name, effects);
			return found.ok ? ok(baselineFacts(pinned.value.version, found.value)) : found;
		},
		unpinBaseline: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const unpinned = await unpinBaseline({ dataset: name }, effects);
			return unpinned.ok ? ok(null) : unpinned;
		},
		baseline: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const pinned = baselineVersion(found.value);
			return ok(pinned && baselineFacts(pinned, found.value));
		},
		driftRules: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			return found.ok ? ok(found.value.dataset.driftRules ?? USUAL_DRIFT_RULES) : found;
		},
		setDriftRules: async (name, rules) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (rules !== null && !isDriftRules(rules)) return invalid('rules', rulesShape);
			const set = await setDriftRules({ dataset: name, rules }, effects);
			return set.ok ? ok(set.value.driftRules ?? USUAL_DRIFT_RULES) : set;
		},
		relations: async (name, options = {}) => {
			if (name !== undefined && typeof name !== 'string') return invalid('name', 'a dataset name');
			if (name === undefined) return relations({ item: null, signal: options.signal }, effects);
			const found = await findDataset(name, effects);
			return found.ok ? relations({ item: found.value, signal: options.signal }, effects) : found;
		}
	};
}

function baselineFacts(pinned: Version, item: CatalogueItem): BaselineFacts {
	const { id, message, createdAtMs } = pinned;
	return { dataset: item.dataset.name, version: id, number: numberOf(pinned, item), message, createdAtMs };
}

function isTextOrNull(value: unknown): value is string | null {
	return value === null || typeof value === 'string';
}

function isAmount(value: unknown): value is number {
	return typeof value === 'number' && value >= 0;
}

function isRule(value: unknown): value is DeviationRule {
	return (
		typeof value === 'object' &&
		value !== null &&
		'relative' in value &&
		'floor' in value &&
		isAmount(value.relative) &&
		isAmount(value.floor)
	);
}

function areThresholds(value: unknown): value is Partial<DriftThresholds> {
	if (typeof value !== 'object' || value === null) return false;
	const { measures = {}, significance = 0, correction = 'none' } = value as Readonly<Record<string, unknown>>;
	return (
		typeof measures === 'object' &&
		measures !== null &&
		Object.values(measures).every(isAmount) &&
		isAmount(significance) &&
		corrections.some((one) => one === correction)
	);
}
