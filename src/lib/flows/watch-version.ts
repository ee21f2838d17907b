// How a model does on a version that it scored: drift of its inputs and predictions, and how good it was where labels are known.
import type { Comparison, ColumnComparison, ComparisonRules } from '../core/check/statistics/compare-sketches.ts';
import type { CheckCrashed } from '../core/check/statistics/failure.ts';
import { USUAL_DRIFT_RULES } from '../core/check/drift-rules.ts';
import type { ModelVersion } from '../core/model/registry/registered-model.ts';
import { PREDICTION, PROBABILITY } from '../core/model/watch/profile-sql.ts';
import type { Interval } from '../core/model/metrics/bootstrap.ts';
import type { LabelledClasses } from '../core/model/watch/labelled-measures.ts';
import type { ClassMeasure, WatchFacts } from '../core/model/watch/watch-facts.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { measurePerformance, type Labels, type Performance, type SourceVersion } from './model-performance.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { ScoredVersion } from './scored-versions.ts';
import { evaluationOf } from './register-model.ts';
import { sketchVersion, type SketchVersionFailure } from './sketch-version.ts';
import { trainingProfile, type TrainingProfileFailure } from './training-profile.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type WatchReport = ComparisonRules & {
	/** What it is held against: the rows it learnt from, or where these are not known, the first version that it scored. */
	readonly before: 'training' | 'first-scored';
	readonly rowCount: Comparison['rowCount'];
	/** Of the columns that it takes, what changed most first. */
	readonly inputs: readonly ColumnComparison[];
	/** Of its answer, and of how likely it says that is. */
	readonly predictions: readonly ColumnComparison[];
	/** Columns that it takes, and that neither the scored rows nor what they were made of have. */
	readonly unseen: readonly string[];
	readonly facts: WatchFacts;
	/** Where it was right and wrong, by class; null of models that answer numbers, and without labels. */
	readonly classes: LabelledClasses | null;
	/** Rows have labels, but not what the model would have to be asked again for their log loss. */
	readonly lacksLoss: Performance['lacksLoss'];
	/** What held-out rows showed of the version of the model, with intervals. */
	readonly heldOut: Readonly<Record<string, Interval>>;
};

export type WatchFailure = TrainingProfileFailure | SketchVersionFailure;

type WatchInput = {
	readonly scored: ScoredVersion;
	readonly model: ModelVersion;
	/** The first version that this version of the model scored. */
	readonly first: Version;
	readonly labels: Labels | null;
	readonly items: readonly CatalogueItem[];
	readonly signal?: AbortSignal | undefined;
};

/** Rows are read only where nobody asked about them before. */
export async function watchVersion(input: WatchInput, effects: Effects): Promise<Result<WatchReport, WatchFailure>> {
	const { scored, model, signal } = input;
	const { version, item } = scored;
	const sketched = await sketchVersion({ dataset: item.dataset, version, signal }, effects);
	if (!sketched.ok) return sketched;
	const before = await profileOf(input, effects);
	if (!before.ok) return before;
	const rules = item.dataset.driftRules ?? USUAL_DRIFT_RULES;
	const renamed = await withProfileNames(sketched.value, scored, effects);
	if (!renamed.ok) return renamed;
	const own = await compare(before.value.bytes, renamed.value, rules, effects);
	if (!own.ok) return own;
	const wanted = new Set(model.signature.columns.map(({ name }) => name));
	const inputs = new Map(own.value.columns.filter(({ column }) => wanted.has(column)).map((one) => [one.column, one]));
	// What was scored may have been kept without the columns that it was scored by.
	const sources = sourcesOf(version, input.items);
	for (const source of inputs.size < wanted.size ? sources : []) {
		const bytes = await sketchVersion({ dataset: source.dataset, version: source.version, signal }, effects);
		if (!bytes.ok) return bytes;
		const found = await compare(before.value.bytes, bytes.value, rules, effects);
		if (!found.ok) return found;
		for (const one of found.value.columns)
			if (wanted.has(one.column) && !inputs.has(one.column)) inputs.set(one.column, one);
	}
	const performance = input.labels
		? await measurePerformance({ scored, model, labels: input.labels, sources, signal }, effects)
		: ok(null);
	if (!performance.ok) return performance;
	const heldOut = await heldOutOf(model, effects);
	if (!heldOut.ok) return heldOut;
	const columns = byDrift([...inputs.values()]);
	const predictions = own.value.columns.flatMap((one) => {
		const called = { [PREDICTION]: scored.columns.prediction, [PROBABILITY]: scored.columns.probability }[one.column];
		return called === undefined || called === null ? [] : [{ ...one, column: called }];
	});
	return ok({
		...rules,
		before: before.value.kind,
		rowCount: own.value.rowCount,
		inputs: columns,
		predictions,
		heldOut: heldOut.value,
		classes: performance.value?.classes ?? null,
		lacksLoss: performance.value?.lacksLoss ?? false,
		unseen: [...wanted].filter((name) => !inputs.has(name)),
		facts: {
			model: scored.used.model,
			number: scored.used.number,
			measures: {
				...driftMeasure('input_drift', columns),
				...driftMeasure('prediction_drift', predictions),
				...performance.value?.measures
			},
			...labelledFacts(performance.value),
			inputs: Object.fromEntries(columns.map((one) => [one.column, driftOf(one)])),
			labelledRows: performance.value?.labelledRows ?? 0,
			labels: input.labels?.key ?? null
		}
	});
}

/** What is kept of them: rules ask no more. */
const CLASSES = 100;

function labelledFacts(performance: Performance | null): Pick<WatchFacts, 'intervals' | 'classes'> {
	if (!performance) return {};
	const { intervals, classes } = performance;
	if (!classes) return { intervals };
	const largest = classes.classes.toSorted((one, other) => other.support - one.support).slice(0, CLASSES);
	const named = largest.map(({ label, precision, recall, f1 }): readonly [string, Record<ClassMeasure, number>] => [
		label,
		{ labelled_precision: precision.value, labelled_recall: recall.value, labelled_f1: f1.value }
	]);
	return { intervals, classes: Object.fromEntries(named) };
}

async function profileOf(
	{ model, first, scored, signal }: WatchInput,
	effects: Effects
): Promise<Result<{ readonly kind: WatchReport['before']; readonly bytes: Bytes }, WatchFailure>> {
	const run = model.run === null ? ok(null) : await effects.models.run(model.run);
	if (!run.ok) return run;
	if (run.value) {
		const profile = await trainingProfile(model, run.value, signal, effects);
		if (profile.ok) return ok({ kind: 'training', bytes: profile.value });
		if (profile.error.kind !== 'training-version-gone') return profile;
	}
	const sketch = await sketchVersion({ dataset: scored.item.dataset, version: first, signal }, effects);
	if (!sketch.ok) return sketch;
	const named = await withProfileNames(sketch.value, { ...scored, version: first }, effects);
	return named.ok ? ok({ kind: 'first-scored', bytes: named.value }) : named;
}

async function heldOutOf(
	{ run }: ModelVersion,
	effects: Effects
): Promise<Result<WatchReport['heldOut'], WatchFailure>> {
	if (run === null) return ok({});
	const told = await evaluationOf(run, effects);
	if (told.ok) return ok(told.value.report.evaluation?.metrics ?? {});
	return told.error.kind === 'unknown-model-run' || told.error.kind === 'model-run-unfinished' ? ok({}) : told;
}

/** What the model says, under the names that a profile has for it. */
async function withProfileNames(
	sketch: Bytes,
	{ version, columns }: Pick<ScoredVersion, 'version' | 'columns'>,
	{ check }: Pick<Effects, 'check'>
): Promise<Result<Bytes, CheckCrashed>> {
	const names = version.schema.map(({ name }) =>
		name === columns.prediction ? PREDICTION : name === columns.probability ? PROBABILITY : name
	);
	const renamed = await check.merge([sketch.slice()], names);
	if (renamed.ok) return renamed;
	const { error } = renamed;
	return err(
		error.kind === 'check-crashed'
			? error
			: { kind: 'check-crashed', reason: 'a sketch has other columns than its version' }
	);
}

async function compare(
	before: Bytes,
	after: Bytes,
	rules: ComparisonRules,
	{ check }: Pick<Effects, 'check'>
): Promise<Result<Comparison, CheckCrashed>> {
	const compared = await check.compare(before, after, rules);
	if (compared.ok) return compared;
	invariant(compared.error.kind === 'check-crashed', 'a sketch that was made or looked at is whole');
	return err(compared.error);
}

function sourcesOf({ lineage }: Version, items: readonly CatalogueItem[]): readonly SourceVersion[] {
	return lineage.inputs.flatMap((id) =>
		items.flatMap(({ dataset, reached }) =>
			reached.filter((one) => one.id === id).map((version) => ({ dataset, version }))
		)
	);
}

/** The largest measure in units of its threshold; what may be chance stays below 1. */
function driftOf({ severity, hasDrifted }: ColumnComparison): number {
	return hasDrifted ? severity : Math.min(severity, 0.99);
}

function driftMeasure(
	measure: 'input_drift' | 'prediction_drift',
	columns: readonly ColumnComparison[]
): WatchFacts['measures'] {
	return columns.length === 0 ? {} : { [measure]: Math.max(...columns.map(driftOf)) };
}

function byDrift(columns: readonly ColumnComparison[]): readonly ColumnComparison[] {
	return columns.toSorted((one, other) => driftOf(other) - driftOf(one) || (one.column < other.column ? -1 : 1));
}
