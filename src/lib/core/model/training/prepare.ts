// From raw columns and a plan to numbers: roles of the rows, the fitted transform, features and target.
import { err, ok, type Result } from '../../result.ts';
import { applyTransform } from '../apply-transform.ts';
import { featuresOf, type FeatureTransform } from '../feature-transform.ts';
import { fitTransform, type FitFailure } from '../fit-transform.ts';
import type { Task } from '../model.ts';
import { asTexts, rowCountOf, type RawColumn } from '../raw-column.ts';
import { foldRows, rowsWhere, splitRows, type RowRoles, type SplitFailure, type SplitPlan } from '../split-rows.ts';
import { learnsClasses, needsTarget, takesMissing, type TrainingPlan } from './plan.ts';
import { classTarget, numberTarget, type Target, type TargetFailure } from './target.ts';

export type Prepared = {
	readonly task: Task;
	readonly transform: FeatureTransform;
	readonly features: readonly Float32Array[];
	/** Class numbers for classes; of learners without a target, zeros. */
	readonly target: Float32Array;
	readonly weights: Float32Array | null;
	readonly roles: RowRoles;
	/** Rows without target or weight. */
	readonly leftOut: number;
};

export type PrepareFailure =
	| FitFailure
	| SplitFailure
	| TargetFailure
	| { readonly kind: 'no-features' }
	| { readonly kind: 'no-target' }
	/** The target would tell itself. */
	| { readonly kind: 'target-is-feature'; readonly column: string }
	/** This learner needs every value. */
	| { readonly kind: 'missing-values'; readonly column: string };

/** `booleans` are the columns whose 0 and 1 were true and false. */
export function prepare(
	plan: TrainingPlan,
	columns: readonly RawColumn[],
	booleans: ReadonlySet<string>
): Result<Prepared, PrepareFailure> {
	const [first] = columns;
	if (plan.features.length === 0 || !first) return err({ kind: 'no-features' });
	const rowCount = rowCountOf(first);
	const target = targetOf(plan, columns, booleans, rowCount);
	if (!target.ok) return target;
	const weights = weightsOf(plan, columns);
	if (!weights.ok) return weights;
	const rows = usableRows(target.value.values, weights.value);
	const roles = rolesOf(plan, columns, target.value, rows);
	if (!roles.ok) return roles;
	const transform = fitTransform(plan.features, columns, roles.value.train);
	if (!transform.ok) return transform;
	const features = applyTransform(transform.value, columns);
	if (!features.ok) return features;
	if (!takesMissing(plan.learner)) {
		const incomplete = features.value.findIndex((values) => rows.some((row) => !Number.isFinite(values[row])));
		const column = featuresOf(transform.value)[incomplete]?.column;
		if (column !== undefined) return err({ kind: 'missing-values', column });
	}
	return ok({
		task: target.value.task,
		transform: transform.value,
		features: features.value,
		target: target.value.values,
		weights: weights.value,
		roles: roles.value,
		leftOut: rowCount - rows.length
	});
}

function targetOf(
	{ learner, target, features }: TrainingPlan,
	columns: readonly RawColumn[],
	booleans: ReadonlySet<string>,
	rowCount: number
): Result<Target, PrepareFailure> {
	if (!needsTarget(learner)) {
		const task: Task = { kind: learner.kind === 'k-means' ? 'clustering' : 'anomaly' };
		return ok({ task, values: new Float32Array(rowCount) });
	}
	if (target === null) return err({ kind: 'no-target' });
	if (features.some(({ name }) => name === target)) return err({ kind: 'target-is-feature', column: target });
	const column = columns.find(({ name }) => name === target);
	if (!column) return err({ kind: 'unknown-column', column: target });
	return learnsClasses(learner) ? classTarget(column, booleans.has(target)) : numberTarget(column);
}

function weightsOf(
	{ weights }: TrainingPlan,
	columns: readonly RawColumn[]
): Result<Float32Array | null, PrepareFailure> {
	if (weights === null) return ok(null);
	const column = columns.find(({ name }) => name === weights);
	if (!column) return err({ kind: 'unknown-column', column: weights });
	if (column.kind === 'texts') return err({ kind: 'not-numeric', column: weights });
	return ok(Float32Array.from(column.values));
}

function usableRows(target: Float32Array, weights: Float32Array | null): Uint32Array {
	const isUsable = (row: number): boolean => {
		const weight = weights?.[row] ?? 1;
		return !Number.isNaN(target[row]) && weight > 0 && weight < Infinity;
	};
	return rowsWhere(target.length, isUsable);
}

function rolesOf(
	{ split, splitColumn, fold }: TrainingPlan,
	columns: readonly RawColumn[],
	target: Target,
	rows: Uint32Array
): Result<RowRoles, PrepareFailure> {
	let keys: Float64Array | null = null;
	if (split.kind === 'stratified') keys = Float64Array.from(rows, (row) => target.values[row] ?? NaN);
	else if (split.kind !== 'random') {
		const column = columns.find(({ name }) => name === splitColumn);
		if (!column) return err({ kind: 'unknown-column', column: splitColumn ?? '' });
		if (split.kind === 'time' && column.kind === 'texts') return err({ kind: 'not-numeric', column: column.name });
		keys = Float64Array.from(rows, keyOf(column));
	}
	const roles = fold ? rolesOfFold(split, fold, rows.length, keys) : splitRows(split, rows.length, keys);
	if (!roles.ok) return roles;
	// Where every row is usable, its place is its number.
	if (rows.length === target.values.length) return roles;
	const of = (role: Uint32Array): Uint32Array => role.map((at) => rows[at] ?? 0);
	return ok({ train: of(roles.value.train), valid: of(roles.value.valid), test: of(roles.value.test) });
}

/** The fold's part is `test`; rows that tell when to stop are drawn from the others. */
function rolesOfFold(
	{ kind, validShare, seed }: SplitPlan,
	{ number, count }: NonNullable<TrainingPlan['fold']>,
	rowCount: number,
	keys: Float64Array | null
): Result<RowRoles, SplitFailure> {
	const all = Uint32Array.from({ length: rowCount }, (_, row) => row);
	const folds = foldRows(kind, all, count, keys, seed);
	if (!folds.ok) return folds;
	const { train, valid: test } = folds.value[number] ?? { train: all, valid: new Uint32Array(0) };
	const ownKeys = keys && Float64Array.from(train, (row) => keys[row] ?? NaN);
	const others = splitRows({ kind, testShare: 0, validShare, seed }, train.length, ownKeys);
	if (!others.ok) return others;
	const of = (role: Uint32Array): Uint32Array => role.map((at) => train[at] ?? 0);
	return ok({ train: of(others.value.train), valid: of(others.value.valid), test });
}

function keyOf(column: RawColumn): (row: number) => number {
	if (column.kind === 'numbers') return (row) => column.values[row] ?? NaN;
	const { codes } = asTexts(column);
	return (row) => ((codes[row] ?? -1) < 0 ? NaN : (codes[row] ?? NaN));
}
