// Which columns of a query's rows hold what a model says of them.
import { findPredictions, type PredictCall } from '../../sql/find-predictions.ts';
import { identifierOf, tokenAt, type SqlToken } from '../../sql/tokens.ts';
import { parseModelReference } from '../registry/registered-model.ts';

/** Null where the query does not keep it as a column of its own. */
export type PredictedColumns = { readonly prediction: string | null; readonly probability: string | null };

export function predictedColumns(sql: string, model: string): PredictedColumns {
	const found = findPredictions(sql);
	const calls = found.ok ? found.value.flatMap((table) => table.calls) : [];
	const own = calls.filter((call) => parseModelReference(call.model).model.toLowerCase() === model.toLowerCase());
	const nameOf = (asked: PredictCall['function']): string | null => {
		for (const call of own) {
			const name = call.function === asked ? columnOf(call, sql) : null;
			if (name !== null) return name;
		}
		return null;
	};
	return { prediction: nameOf('predict'), probability: nameOf('predict_probability') };
}

function columnOf(call: PredictCall, sql: string): string | null {
	if (call.isUnnamed) return call.function;
	const after = nextToken(sql, call.end);
	if (!after || sql.slice(after.start, after.end).toLowerCase() !== 'as') return null;
	const name = nextToken(sql, after.end);
	return name && (name.kind === 'word' || name.kind === 'quoted') ? identifierOf(sql, name) : null;
}

function nextToken(sql: string, from: number): SqlToken | null {
	for (let at = from; at < sql.length;) {
		const token = tokenAt(sql, at);
		if (token.kind !== 'space' && token.kind !== 'comment') return token;
		at = token.end;
	}
	return null;
}
