// Runs a recipe: its rows become a dataset, or the next version of one, whose lineage names the recipe's own version.
import type { DocumentVersionId, ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { FunctionTestsFailed, ScriptFailure } from '../core/script/user-function.ts';
import type { JoinUnexpected } from '../core/transform/join-unexpected.ts';
import type { FunctionStage } from '../core/transform/staged-sql.ts';
import type { ApplyFunctionFailure } from './apply-function.ts';
import type { Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { planRecipe, type ExpectedRows, type PlanRecipeFailure, type RecipePlan } from './plan-recipe.ts';
import { runSql, type RunSqlFailure } from './run-sql.ts';
import { saveQuery, type SaveQueryFailure, type SaveQueryInput } from './save-query.ts';
import { withStages, type StagedRows } from './staged-rows.ts';
import type { Pieces } from './step-pieces.ts';
import { testFunction } from './test-function.ts';

export type RunRecipeInput = {
	readonly id: ResultId;
	readonly text: string;
	/** The saved version whose text it is; null when it was not saved. */
	readonly recipe: DocumentVersionId | null;
	readonly output: string;
	readonly whenTaken: 'refuse' | 'new-version';
	readonly message?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type RunRecipeFailure =
	PlanRecipeFailure | SaveQueryFailure | ApplyFunctionFailure | FunctionTestsFailed | JoinUnexpected;

export async function runRecipe(input: RunRecipeInput, effects: Effects): Promise<Result<Committed, RunRecipeFailure>> {
	const { id, output, whenTaken, message, signal } = input;
	const planned = await planRecipe(input, effects);
	if (!planned.ok) return planned;
	const { problems } = planned.value;
	if (problems.length > 0) return err({ kind: 'recipe-problems', problems });
	const saved = { name: output, whenTaken, message: message ?? `Run a recipe` };
	return saveRecipe({ id, plan: planned.value, recipe: input.recipe, signal, saved }, effects);
}

/** Commits the rows of a recipe, once its functions pass their tests and its joins meet what is expected of them. */
export async function saveRecipe(
	input: {
		readonly id: ResultId;
		readonly plan: RecipePlan;
		readonly recipe: DocumentVersionId | null;
		readonly signal: AbortSignal | undefined;
		readonly pieces?: Pieces;
		readonly saved: Omit<SaveQueryInput, 'id' | 'sql' | 'signal' | 'made'>;
	},
	effects: Effects
): Promise<Result<Committed, RunRecipeFailure>> {
	const { id, plan, recipe, signal, pieces, saved } = input;
	const { stages } = plan.rows;
	const tested = await passTests(stages, effects);
	if (!tested.ok) return tested;
	const isEarly = ({ rows }: ExpectedRows): boolean => rows.stages.length === 0;
	// What no function decides is asked before any is called.
	const early = await meetExpectations(plan.expectations.filter(isEarly), { id, signal, over: asItIs }, effects);
	if (!early.ok) return early;
	return withStages<Committed, RunRecipeFailure>({ id, stages, signal, pieces }, effects, async ({ over, inputs }) => {
		const late = plan.expectations.filter((one) => !isEarly(one));
		const expected = await meetExpectations(late, { id, signal, over }, effects);
		if (!expected.ok) return expected;
		const parameters = { functions: stages.map(({ step, fn }) => ({ step, language: fn.language, code: fn.code })) };
		const made = {
			operation: 'recipe' as const,
			rejectsSql: plan.rejects && over(plan.rejects),
			...(recipe === null ? {} : { recipe }),
			...(stages.length === 0 ? {} : { told: { sql: plan.sql, inputs, parameters } })
		};
		return saveQuery({ ...saved, id, sql: over(plan.rows), signal, made }, effects);
	});
}

const asItIs = ({ sql }: { readonly sql: string }): string => sql;

async function passTests(
	stages: readonly FunctionStage[],
	effects: Pick<Effects, 'startScript'>
): Promise<Result<void, ScriptFailure | FunctionTestsFailed>> {
	for (const { step, fn } of stages) {
		if (fn.tests.length === 0) continue;
		const tested = await testFunction(fn, effects);
		if (!tested.ok) return tested;
		const failed = tested.value.filter(({ passed }) => !passed).map(({ name }) => name);
		if (failed.length > 0) return err({ kind: 'function-tests-failed', step, tests: failed });
	}
	return ok(undefined);
}

async function meetExpectations(
	expectations: readonly ExpectedRows[],
	{ id, signal, over }: Pick<RunRecipeInput, 'id' | 'signal'> & Pick<StagedRows, 'over'>,
	effects: Effects
): Promise<Result<void, RunSqlFailure | JoinUnexpected>> {
	for (const { rows, step, side, expected, columns } of expectations) {
		const ran = await runSql({ id, sql: over(rows), signal }, effects);
		if (!ran.ok) return ran;
		const bytes = await effects.engine.arrow(id);
		await effects.engine.release(id);
		if (!bytes.ok) return bytes;
		const [found] = decodeRows(bytes.value);
		const repeated = Number(found?.['repeated'] ?? 0);
		if (repeated === 0) continue;
		const example = typeof found?.['example'] === 'string' ? found['example'] : '';
		return err({ kind: 'join-unexpected', step, side, expected, columns, repeated, example });
	}
	return ok(undefined);
}
