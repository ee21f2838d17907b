// Runs a recipe: its rows become a dataset, or the next version of one, whose lineage names the recipe's own version.
import type { DocumentVersionId, ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { JoinUnexpected } from '../core/transform/join-unexpected.ts';
import type { Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { planRecipe, type PlanRecipeFailure, type RecipePlan } from './plan-recipe.ts';
import { runSql, type RunSqlFailure } from './run-sql.ts';
import { saveQuery, type SaveQueryFailure } from './save-query.ts';

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

export type RunRecipeFailure = PlanRecipeFailure | SaveQueryFailure | JoinUnexpected;

export async function runRecipe(input: RunRecipeInput, effects: Effects): Promise<Result<Committed, RunRecipeFailure>> {
	const { id, output, whenTaken, message, signal } = input;
	const planned = await planRecipe(input, effects);
	if (!planned.ok) return planned;
	const { problems, sql, rejectsSql } = planned.value;
	if (problems.length > 0) return err({ kind: 'recipe-problems', problems });
	const expected = await meetExpectations(planned.value, input, effects);
	if (!expected.ok) return expected;
	const made = { operation: 'recipe' as const, rejectsSql, ...(input.recipe === null ? {} : { recipe: input.recipe }) };
	return saveQuery({ id, name: output, sql, whenTaken, message: message ?? `Run a recipe`, signal, made }, effects);
}

export async function meetExpectations(
	{ expectations }: RecipePlan,
	{ id, signal }: Pick<RunRecipeInput, 'id' | 'signal'>,
	effects: Effects
): Promise<Result<void, RunSqlFailure | JoinUnexpected>> {
	for (const { sql, step, side, expected, columns } of expectations) {
		const ran = await runSql({ id, sql, signal }, effects);
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
