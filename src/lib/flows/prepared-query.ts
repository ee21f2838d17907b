// A query whose rows go elsewhere than to a grid: the workspace's tables and what it asks of models are there before `use` reads it.
import type { VersionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { Rewritten } from '../core/sql/rewrite.ts';
import type { RunInput } from '#workers/engine/api.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { withPredictions } from './predict-sql.ts';
import { atOriginal, bindAmong, bindSql, runInput, type RunSqlInput } from './run-sql.ts';
import type { ServeEffects, ServeFailure } from './serve-model.ts';
import { withWorkspace, type WorkspaceEffects, type WorkspaceSqlFailure } from './workspace-sql.ts';

type Failing = { readonly kind: string };

/** A position that `use` fails at is told as one of the text as it was given. `items`: as of `runSql`. */
export function withQuery<T, F extends Failing>(
	input: Pick<RunSqlInput, 'id' | 'sql' | 'params' | 'signal'>,
	effects: ServeEffects & WorkspaceEffects,
	use: (bound: RunInput, inputs: readonly VersionId[]) => Promise<Result<T, F>>,
	items?: readonly CatalogueItem[]
): Promise<Result<T, F | ServeFailure | WorkspaceSqlFailure>> {
	const bind = (sql: string) => (items ? bindAmong(sql, items, effects) : bindSql(sql, effects));
	const asked = async (workspace: Rewritten): Promise<Result<T, F | ServeFailure | SqlFailure>> => {
		const given = { ...input, sql: workspace.sql };
		const used = await withPredictions<T, F | ServeFailure | SqlFailure>(given, bind, effects, async (predicted) => {
			const bound = await bind(predicted.sql);
			if (!bound.ok) return atOriginal(bound, predicted);
			const inputs = [...new Set([...predicted.inputs, ...bound.value.inputs])];
			const done = await use(runInput({ id: input.id, params: predicted.params }, bound.value), inputs);
			return done.ok ? ok(done.value) : atOriginal(atOriginal(done, bound.value), predicted);
		});
		return used.ok ? used : atOriginal(used, workspace);
	};
	return withWorkspace(input, effects, asked, items);
}
