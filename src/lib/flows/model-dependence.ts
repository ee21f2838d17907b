// How a trained model answers to one column, all others being as they are in rows of its data.
import { decodeModel } from '../core/model/model-bytes.ts';
import type { ModelDependence } from '../core/model/registry/model-dependence.ts';
import { featureRowsSql } from '../core/model/registry/training-sql.ts';
import { modelRunId, resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { PredictFailure } from '#workers/model/api.ts';
import type { Effects } from './effects.ts';
import { readArtifact } from './register-model.ts';
import { runQuery, type RunQueryFailure } from './run-query.ts';
import { catalogueOfTraining } from './training-rows.ts';

export type ModelDependenceFailure = RunQueryFailure | PredictFailure | { readonly kind: 'cancelled' };

/** Rows that values are tried on. */
const ROWS = 300;

/** `output` is the number of a class where there are several. The rows are of those that it learnt from. */
export async function modelDependence(
	input: {
		readonly run: string;
		readonly column: string;
		readonly output?: number | undefined;
		readonly signal?: AbortSignal | undefined;
	},
	effects: Effects
): Promise<Result<ModelDependence, ModelDependenceFailure>> {
	const { column, output = 0, signal } = input;
	const found = await readArtifact(modelRunId(input.run), 'model', effects);
	if (!found.ok) return found;
	const { run, bytes } = found.value;
	const model = decodeModel(bytes);
	if (!model.ok) return model;
	const { columns } = model.value.transform;
	const items = await catalogueOfTraining(run, effects);
	if (!items.ok) return items;
	const id = resultId(`dependence-${effects.randomId()}`);
	const rows = featureRowsSql(run.data.sql, columns);
	const sql = `${rows} USING SAMPLE reservoir(${ROWS} ROWS) REPEATABLE (1)`;
	const ran = await runQuery({ id, sql, signal }, effects, items.value);
	if (!ran.ok) return ran;
	const arrowBytes = await effects.engine.arrow(id);
	await effects.engine.release(id);
	if (!arrowBytes.ok) return arrowBytes;
	if (signal?.aborted) return err({ kind: 'cancelled' });
	const asked = { column, grid: null, output, rowsMax: ROWS };
	const told = await effects.trainer.dependence(bytes, arrowBytes.value, asked);
	if (!told.ok) return told;
	return ok({ ...told.value, isDate: columns.some(({ name, kind }) => name === column && kind === 'date') });
}
