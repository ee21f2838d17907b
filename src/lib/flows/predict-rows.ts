// Asks a model about rows that are given by hand, such as one row of a form.
import { resultId } from '../core/ids.ts';
import type { Prediction } from '../core/model/registry/model-examples.ts';
import type { ModelSignature } from '../core/onnx/signature.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteName, quoteText, quoteValue } from '../core/sql/quote.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import type { Effects } from './effects.ts';
import { findModel } from './resolve-model.ts';
import { runQuery, type RunQueryFailure } from './run-query.ts';

export type GivenRow = Readonly<Record<string, SqlParam>>;

/** A value that a column cannot be read as is told as an error of the engine. */
export async function predictRows(
	{
		reference,
		rows,
		...options
	}: {
		readonly reference: string;
		readonly rows: readonly GivenRow[];
		readonly signal?: AbortSignal | undefined;
		readonly byOnnx?: boolean | undefined;
	},
	effects: Effects
): Promise<Result<readonly Prediction[], RunQueryFailure>> {
	const found = await findModel(reference, effects);
	if (!found.ok) return found;
	if (rows.length === 0) return ok([]);
	const { signature, model, number } = found.value;
	const missing = signature.columns.filter(({ name }) => rows.some((row) => row[name] === undefined));
	if (missing.length > 0) {
		const columns = missing.map(({ name, kind }) => ({ name, wanted: kind, found: null }));
		return err({ kind: 'model-input-mismatch', model: reference, columns });
	}
	const asked = quoteText(`${model}@v${number}`);
	const id = resultId(`rows-${effects.randomId()}`);
	const sql = `SELECT predict(${asked}) AS prediction, predict_probability(${asked}) AS probability FROM (${valuesSql(signature, rows)}) AS given`;
	const ran = await runQuery({ id, sql, ...options }, effects);
	if (!ran.ok) return ran;
	const bytes = await effects.engine.arrow(id);
	await effects.engine.release(id);
	if (!bytes.ok) return bytes;
	return ok(
		decodeRows(bytes.value).map(({ prediction, probability }) => ({
			prediction: typeof prediction === 'number' || typeof prediction === 'string' ? prediction : null,
			probability: typeof probability === 'number' && !Number.isNaN(probability) ? probability : null
		}))
	);
}

const types = { number: 'DOUBLE', whole: 'BIGINT', boolean: 'BOOLEAN', date: 'TIMESTAMP', text: 'VARCHAR' } as const;

function valuesSql({ columns }: ModelSignature, rows: readonly GivenRow[]): string {
	const names = columns.map(({ name }) => quoteName(name)).join(', ');
	const values = rows.map((row) => {
		const cells = columns.map(({ name, kind }) => `CAST(${quoteValue(row[name] ?? null)} AS ${types[kind]})`);
		return `(${cells.join(', ')})`;
	});
	return `SELECT * FROM (VALUES ${values.join(', ')}) AS rows(${names})`;
}
