// What stands in SQL in the place of a call of a model: its answer for the row, looked up in the table of answers.
import type { PredictCall } from '../sql/find-predictions.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import type { ModelSignature } from './signature.ts';

/** The tables' rows stand in the same order, which their row ids count. */
export function answeredSql(
	{ function: asked, isUnnamed }: PredictCall,
	{ answer }: ModelSignature,
	{ answers, alias }: { readonly answers: string; readonly alias: string }
): string {
	const value = `(SELECT ${told(asked, answer)} FROM ${answers} AS "/answers" WHERE "/answers".rowid = ${alias}.rowid)`;
	return isUnnamed ? `${value} AS ${asked}` : value;
}

function told(asked: PredictCall['function'], answer: ModelSignature['answer']): string {
	if (asked === 'predict') return 'c0';
	if (asked === 'predict_probability') return answer.kind === 'class' ? 'c1' : 'NULL::DOUBLE';
	if (answer.kind === 'number' || answer.probabilities === null) return 'NULL::MAP(VARCHAR, DOUBLE)';
	const shares = answer.classes.map((_, at) => `s${at}`);
	return `MAP([${answer.classes.map(quoteText).join(', ')}], [${shares.join(', ')}])`;
}

/** All rows of a table with what a version of a model says of them: its answer, and of classes how likely that is. */
export function scoreSql(
	table: string,
	{ model, number, signature }: { readonly model: string; readonly number: number; readonly signature: ModelSignature },
	into: { readonly prediction: string; readonly probability: string }
): string {
	const asked = [quoteText(`${model}@v${number}`), ...signature.columns.map(({ name }) => quoteName(name))].join(', ');
	const named = [
		`predict(${asked}) AS ${quoteName(into.prediction)}`,
		...(signature.answer.kind === 'class' ? [`predict_probability(${asked}) AS ${quoteName(into.probability)}`] : [])
	];
	const taken = [into.prediction, into.probability].map((name) => quoteText(name.toLowerCase())).join(', ');
	return `SELECT COLUMNS(name -> lower(name) NOT IN (${taken})), ${named.join(', ')} FROM ${table} AS scored`;
}
