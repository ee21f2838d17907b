// Calls the functions that stand between the parts of some SQL, one over what the other gave, before the last part is asked.
import { resultId, type ResultId, type VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ScriptFailure } from '../core/script/user-function.ts';
import { overRows, type FunctionStage, type StagedSql } from '../core/transform/staged-sql.ts';
import { withApplied, type ApplyFunctionFailure } from './apply-function.ts';
import type { Effects } from './effects.ts';
import { piecesOfStage, type Pieces } from './step-pieces.ts';

export type StagedRows = {
	/** SQL of the stages' recipe, with what they gave in the place of their rows. */
	readonly over: (rows: Pick<StagedSql, 'sql'>) => string;
	/** Versions that were read for it. */
	readonly inputs: readonly VersionId[];
};

type Input<F> = {
	readonly id: ResultId;
	readonly stages: readonly FunctionStage[];
	readonly signal?: AbortSignal | undefined;
	readonly pieces?: Pieces | undefined;
	/** What a part is read from instead of what is stored. */
	readonly read?: (sql: string) => Result<string, F>;
};

/** What `use` is given reads what the functions gave, until it has ended. */
export async function withStages<T, F>(
	input: Input<F>,
	effects: Effects,
	use: (rows: StagedRows) => Promise<Result<T, F>>
): Promise<Result<T, F | ApplyFunctionFailure>> {
	return stageAt(0, { queries: new Map(), inputs: [] }, input, effects, use);
}

type Before = { readonly queries: ReadonlyMap<string, string>; readonly inputs: readonly VersionId[] };

async function stageAt<T, F>(
	at: number,
	{ queries, inputs }: Before,
	input: Input<F>,
	effects: Effects,
	use: (rows: StagedRows) => Promise<Result<T, F>>
): Promise<Result<T, F | ApplyFunctionFailure>> {
	const { id, stages, signal, pieces, read = ok } = input;
	const stage = stages[at];
	if (!stage) return use({ over: ({ sql }) => overRows(sql, queries).sql, inputs });
	const sql = read(overRows(stage.sql, queries).sql);
	if (!sql.ok) return sql;
	const applied = {
		id: resultId(`${id}-stage-${at}`),
		sql: sql.value,
		fn: stage.fn,
		signal,
		pieces: pieces && piecesOfStage(pieces, at),
		isComputed: true
	};
	let isCalled = false;
	const done = await withApplied<T, F | ApplyFunctionFailure>(applied, effects, (answers) => {
		isCalled = true;
		const before = {
			queries: new Map([...queries, [stage.name, answers.sql]]),
			inputs: [...new Set([...inputs, ...answers.inputs])]
		};
		return stageAt(at + 1, before, { ...input, signal: answers.job.signal }, effects, use);
	});
	return done.ok || isCalled || !isOfScript(done.error) ? done : err({ ...done.error, recipeStep: stage.step });
}

function isOfScript(failure: unknown): failure is ScriptFailure {
	return /^script-/.test(String((failure as { readonly kind?: unknown }).kind));
}
