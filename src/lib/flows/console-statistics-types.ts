// What `window.weir` offers for statistics: of a version, of how far two are apart, and of what points to what.
import type { DriftRules } from '../core/check/drift-rules.ts';
import type { RelationCandidate } from '../core/check/meaning/relations.ts';
import type { DriftThresholds } from '../core/check/statistics/dataset-drift.ts';
import type { DeviationRule } from '../core/check/statistics/deviation.ts';
import type { VersionStatistics } from '../core/check/statistics/version-statistics.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Answer } from './console-answer.ts';
import type { DriftFailure, DriftReport } from './drift.ts';
import type { SketchVersionFailure } from './sketch-version.ts';

export type BaselineFacts = {
	readonly dataset: string;
	readonly version: string;
	/** `v3` is 3; null for a version that is not on the open branch. */
	readonly number: number | null;
	readonly message: string;
	readonly createdAtMs: number;
};

export type StatisticsConsole = {
	/** Of the newest version of a dataset, or of `name@v2`. Rows are read that no version was asked about before. */
	statistics(
		reference: string,
		options?: { readonly signal?: AbortSignal }
	): Answer<VersionStatistics, SketchVersionFailure>;
	/**
	 * How far `after`, else the newest version, is from `before`, else the baseline, else the version before; each is named as
	 * after `@` in SQL. What changed most comes first.
	 */
	drift(
		name: string,
		before?: string | null,
		after?: string | null,
		options?: {
			/** Those that are left out are as usual. */
			readonly thresholds?: Partial<DriftThresholds>;
			/** How far a number may be from the one before. */
			readonly rule?: DeviationRule;
			readonly signal?: AbortSignal;
		}
	): Answer<DriftReport, DriftFailure>;
	/** Trusts the newest version, or the one that `at` names: the tag `baseline`. */
	pinBaseline(name: string, at?: string): Answer<BaselineFacts, StoreFailure>;
	unpinBaseline(name: string): Answer<null, StoreFailure>;
	/** Null when none is pinned. */
	baseline(name: string): Answer<BaselineFacts | null, StoreFailure>;
	/** From when versions of a dataset count as drifted: as they were set, else the usual ones. */
	driftRules(name: string): Answer<DriftRules, StoreFailure>;
	/** Kept with the dataset; null goes back to the usual ones. */
	setDriftRules(name: string, rules: DriftRules | null): Answer<DriftRules, StoreFailure>;
	/** Columns whose values are nearly all in a column of another dataset that tells its rows apart; of one dataset, or of all. */
	relations(
		name?: string,
		options?: { readonly signal?: AbortSignal }
	): Answer<readonly RelationCandidate[], SketchVersionFailure>;
};
