// How far a version is from another one, such as the baseline: told from sketches, so that nothing is read a second time.
import { USUAL_DRIFT_RULES } from '../core/check/drift-rules.ts';
import type { DriftThresholds } from '../core/check/statistics/dataset-drift.ts';
import type { Comparison } from '../core/check/statistics/compare-sketches.ts';
import type { DeviationRule } from '../core/check/statistics/deviation.ts';
import type { NoBaseline } from '../core/check/statistics/failure.ts';
import { hasSchemaDrift, schemaDrift, type SchemaDrift } from '../core/check/statistics/schema-drift.ts';
import type { VersionId } from '../core/ids.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { Version } from '../core/version/version.ts';
import { baselineVersion } from './baseline.ts';
import { numberOf, type CatalogueItem } from './list-datasets.ts';
import { sketchVersion, type SketchEffects, type SketchVersionFailure } from './sketch-version.ts';

export type DriftInput = {
	readonly item: CatalogueItem;
	/** Null for the baseline; where none is pinned, for the version that `after` follows. */
	readonly before: Version | null;
	/** Null for the head. */
	readonly after: Version | null;
	/** Those that are left out are the dataset's own, else the usual ones. */
	readonly thresholds?: Partial<DriftThresholds>;
	/** Left out, the dataset's own, else the usual one. */
	readonly rule?: DeviationRule;
	readonly signal?: AbortSignal | undefined;
};

export type DriftSide = {
	readonly version: VersionId;
	/** `v3` is 3; null for a version that is not on the open branch. */
	readonly number: number | null;
	readonly isBaseline: boolean;
};

export type DriftReport = Comparison & {
	readonly before: DriftSide;
	readonly after: DriftSide;
	readonly schema: SchemaDrift;
	readonly thresholds: DriftThresholds;
	readonly rule: DeviationRule;
	/** Of the schema, or of any column. */
	readonly hasDrifted: boolean;
};

export type DriftFailure = SketchVersionFailure | NoBaseline;

/** Fails: no-baseline, when there is nothing to compare with · what a sketch of one of the two fails with */
export async function drift(input: DriftInput, effects: SketchEffects): Promise<Result<DriftReport, DriftFailure>> {
	const { item, signal } = input;
	const { dataset } = item;
	const own = dataset.driftRules ?? USUAL_DRIFT_RULES;
	const rule = input.rule ?? own.rule;
	const after = input.after ?? item.version;
	const before = input.before ?? baselineVersion(item) ?? versionBefore(after, item);
	if (!before) return err({ kind: 'no-baseline', dataset: dataset.name });
	const measures = { ...own.thresholds.measures, ...input.thresholds?.measures };
	const thresholds = { ...own.thresholds, ...input.thresholds, measures };
	const old = await sketchVersion({ dataset, version: before, signal }, effects);
	if (!old.ok) return old;
	const now = await sketchVersion({ dataset, version: after, signal }, effects);
	if (!now.ok) return now;
	const compared = await effects.check.compare(old.value, now.value, { thresholds, rule });
	if (!compared.ok) {
		invariant(compared.error.kind === 'check-crashed', 'a sketch that was made or looked at is whole');
		return err(compared.error);
	}
	const schema = schemaDrift(before.schema, after.schema);
	return ok({
		...compared.value,
		before: sideOf(before, item),
		after: sideOf(after, item),
		schema,
		thresholds,
		rule,
		hasDrifted: hasSchemaDrift(schema) || compared.value.columns.some(({ hasDrifted }) => hasDrifted)
	});
}

function sideOf(version: Version, item: CatalogueItem): DriftSide {
	return {
		version: version.id,
		number: numberOf(version, item),
		isBaseline: baselineVersion(item)?.id === version.id
	};
}

/** Its nearest stored ancestor, as far as it is known here. */
function versionBefore(version: Version, { reached }: CatalogueItem): Version | null {
	const [parent] = version.parents;
	return reached.find(({ id }) => id === parent) ?? null;
}
