// A pipeline's transform: what its rows come from, be it a query, a recipe or a user function, and their next version.
import { resultId, type DocumentVersionId, type ResultId } from '../core/ids.ts';
import type { TransformRows, TransformWork } from '../core/pipeline/pipeline.ts';
import type { FailureFacts } from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import { writeReference } from '../core/sql/quote.ts';
import type { Problem } from '../core/transform/problem.ts';
import type { StagedSql } from '../core/transform/staged-sql.ts';
import { withApplied } from './apply-function.ts';
import type { CheckpointOf, Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { findDocument } from './list-documents.ts';
import { scoreSql } from '../core/onnx/answered-sql.ts';
import { planRecipe } from './plan-recipe.ts';
import { findModel, modelsAsked } from './resolve-model.ts';
import { saveRecipe } from './run-recipe.ts';
import { saveQuery } from './save-query.ts';
import type { Pieces } from './step-pieces.ts';

export type CompiledRows = {
	/** Reads all that the rows come from; it calls functions of a recipe by name. */
	readonly sql: string;
	/** Of a recipe: what gives the rows. */
	readonly staged?: StagedSql;
	/** What decides the rows besides the pipeline's own words; null where they say all. */
	readonly program: string | null;
	readonly recipe: {
		readonly text: string;
		readonly input: string | null;
		readonly version: DocumentVersionId | null;
	} | null;
};

/** Fails: unknown-document · recipe-problems, with the lines of the pipeline where the steps stand in it */
export async function compileRows(
	rows: TransformRows,
	id: ResultId,
	effects: Effects
): Promise<Result<CompiledRows, FailureFacts>> {
	if (rows.kind === 'sql') {
		const program = await modelsAsked(rows.sql, effects);
		return program.ok ? ok({ sql: rows.sql, program: program.value, recipe: null }) : program;
	}
	if (rows.kind === 'score') {
		const version = await findModel(rows.model, effects);
		if (!version.ok) return version;
		const sql = scoreSql(writeReference(rows.input), version.value, rows);
		return ok({ sql, program: version.value.onnx, recipe: null });
	}
	if (rows.kind === 'function')
		return ok({ sql: `SELECT * FROM ${writeReference(rows.input)}`, program: null, recipe: null });
	const recipe = await recipeOf(rows, effects);
	if (!recipe.ok) return recipe;
	const planned = await planRecipe({ id, text: recipe.value.text, input: recipe.value.input ?? undefined }, effects);
	const lines = rows.kind === 'steps' ? rows.lines : null;
	if (!planned.ok)
		return planned.error.kind === 'recipe-problems' ? problemsIn(planned.error.problems, lines) : planned;
	const { calledSql: sql, rows: staged, problems } = planned.value;
	if (problems.length > 0) return problemsIn(problems, lines);
	const models = await modelsAsked(sql, effects);
	if (!models.ok) return models;
	const program = [recipe.value.text, sql, ...(models.value === null ? [] : [models.value])].join('\n');
	return ok({ sql, program, staged, recipe: recipe.value });
}

/** Commits the rows as the next version of `into`. */
export async function transformRows(
	input: {
		readonly id: ResultId;
		readonly work: TransformWork;
		readonly message: string;
		readonly signal: AbortSignal;
		readonly checkpoint: CheckpointOf;
		readonly pieces: Pieces;
		readonly compiled: CompiledRows;
	},
	effects: Effects
): Promise<Result<Committed, FailureFacts>> {
	const { id, work, message, signal, checkpoint, pieces, compiled } = input;
	const { sql, recipe } = compiled;
	const saved = {
		name: work.into,
		whenTaken: 'new-version' as const,
		primaryKey: work.key ?? undefined,
		message,
		checkpoint
	};
	if (work.rows.kind === 'function') {
		const { fn } = work.rows;
		const keptId = resultId(`${id} kept`);
		return withApplied<Committed, FailureFacts>({ id, sql, fn, signal, pieces }, effects, (applied) => {
			const told = { sql, inputs: applied.inputs, parameters: { function: fn.code, language: fn.language } };
			const made = { operation: 'sql' as const, rejectsSql: null, told };
			return saveQuery({ ...saved, id: keptId, sql: applied.sql, signal, made }, effects);
		});
	}
	if (recipe === null) return saveQuery({ ...saved, id, sql, signal }, effects);
	const planned = await planRecipe({ id, text: recipe.text, input: recipe.input ?? undefined }, effects);
	if (!planned.ok) return planned;
	return saveRecipe({ id, plan: planned.value, recipe: recipe.version, signal, pieces, saved }, effects);
}

async function recipeOf(
	rows: TransformRows & { readonly kind: 'recipe' | 'steps' },
	effects: Effects
): Promise<Result<NonNullable<CompiledRows['recipe']>, FailureFacts>> {
	if (rows.kind === 'recipe') {
		const found = await findDocument('recipe', rows.recipe, effects);
		if (!found.ok) return found;
		const { text, id: version } = found.value.version;
		return ok({ text, input: rows.input, version });
	}
	// A step a line, so that the line of a problem tells which step it is.
	const steps = rows.steps.map((step) => JSON.stringify(step)).join(',\n');
	return ok({ text: `{"input": ${JSON.stringify(rows.input)}, "steps": [\n${steps}\n]}`, input: null, version: null });
}

function problemsIn(problems: readonly Problem[], lines: readonly number[] | null): Result<never, FailureFacts> {
	const placed =
		lines === null
			? problems
			: problems.map((problem) => ({ ...problem, line: lines[problem.line - 2] ?? problem.line, column: 1 }));
	return err({ kind: 'recipe-problems', problems: placed });
}
