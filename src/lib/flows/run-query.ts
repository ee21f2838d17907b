// Runs a query that may ask models: `predict('name', …)` in it is answered first.
import type { ModelAnswer } from '../core/onnx/signature.ts';
import type { VersionElsewhere } from '../core/sync/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { findPredictions, type PredictCall } from '../core/sql/find-predictions.ts';
import { rewrite, type Edit, type Rewritten } from '../core/sql/rewrite.ts';
import type { Column } from '../core/version/version.ts';

import type { Effects } from './effects.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { withPredictions, type UsedModel } from './predict-sql.ts';
import { findModel } from './resolve-model.ts';
import {
	atOriginal,
	bindAmong,
	bindSql,
	describeSql,
	runSql,
	type RunSqlInput,
	type RunSqlOutcome
} from './run-sql.ts';
import type { ServeFailure } from './serve-model.ts';
import { withWorkspace, type WorkspaceSqlFailure } from './workspace-sql.ts';

export type RunQueryFailure = WorkspaceSqlFailure | ServeFailure | VersionElsewhere;
export type RunQueryOutcome = RunSqlOutcome & { readonly models: readonly UsedModel[] };

/** `byOnnx`: see `withPredictions`. */
export type RunQueryInput = RunSqlInput & { readonly byOnnx?: boolean | undefined };

export async function runQuery(
	input: RunQueryInput,
	effects: Effects,
	items?: readonly CatalogueItem[]
): Promise<Result<RunQueryOutcome, RunQueryFailure>> {
	const asked = async (workspace: Rewritten): Promise<Result<RunQueryOutcome, RunQueryFailure>> => {
		const ran = await runPredicted({ ...input, sql: workspace.sql }, effects, items);
		return ran.ok ? ran : atOriginal(ran, workspace);
	};
	return withWorkspace(input, effects, asked, items);
}

function runPredicted(
	input: RunQueryInput,
	effects: Effects,
	items: readonly CatalogueItem[] | undefined
): Promise<Result<RunQueryOutcome, RunQueryFailure>> {
	return withPredictions<RunQueryOutcome, RunQueryFailure>(
		input,
		(sql) => (items ? bindAmong(sql, items, effects) : bindSql(sql, effects)),
		effects,
		async ({ sql, params, toOriginal, inputs, models }) => {
			const ran = await runSql({ ...input, sql, params }, effects, items);
			if (!ran.ok) return atOriginal(ran, { toOriginal });
			return ok({ ...ran.value, inputs: [...new Set([...inputs, ...ran.value.inputs])], models });
		}
	);
}

/** Column names and types of a text, without running it or asking a model. */
export async function describeQuery(
	input: Pick<RunSqlInput, 'id' | 'sql'>,
	effects: Effects
): Promise<Result<readonly Column[], RunQueryFailure>> {
	const found = findPredictions(input.sql);
	if (!found.ok) return found;
	const edits: Edit[] = [];
	for (const { calls } of found.value)
		for (const call of calls) {
			const version = await findModel(call.model, effects);
			if (!version.ok) return version;
			const type = typeOfCall(call, version.value.signature.answer);
			const text = `CAST(NULL AS ${type})${call.isUnnamed ? ` AS ${call.function}` : ''}`;
			edits.push({ start: call.start, end: call.end, text });
		}
	const { sql, toOriginal } = rewrite(
		input.sql,
		edits.toSorted((one, other) => one.start - other.start)
	);
	const columns = await describeSql({ ...input, sql }, effects);
	return columns.ok ? columns : atOriginal(columns, { toOriginal });
}

function typeOfCall({ function: asked }: PredictCall, answer: ModelAnswer): string {
	if (asked === 'predict_probabilities') return 'MAP(VARCHAR, DOUBLE)';
	return asked === 'predict' && answer.kind === 'class' ? 'VARCHAR' : 'DOUBLE';
}
