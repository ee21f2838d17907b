// The rows that a profile of a training is made of: the columns a model takes, as they are, and what it says of them.
import { quoteName, quoteText } from '../../sql/quote.ts';
import type { ModelVersion } from '../registry/registered-model.ts';

/** What the model says stands under names that no column of rows is likely to have. */
export const PREDICTION = '@prediction';
export const PROBABILITY = '@probability';

/** A sample of so many rows is off by less than half a percent of its ranks. */
const ROWS = 100_000;

export function profileSql(
	sql: string,
	{ model, number, signature }: Pick<ModelVersion, 'model' | 'number' | 'signature'>
): string {
	const asked = quoteText(`${model}@v${number}`);
	const columns = [
		...signature.columns.map(({ name }) => quoteName(name)),
		`predict(${asked}) AS ${quoteName(PREDICTION)}`,
		...(signature.answer.kind === 'class' ? [`predict_probability(${asked}) AS ${quoteName(PROBABILITY)}`] : [])
	];
	const rows = `SELECT * FROM (${sql.replace(/;\s*$/, '')}\n) AS training USING SAMPLE reservoir(${ROWS} ROWS) REPEATABLE (1)`;
	return `SELECT ${columns.join(', ')} FROM (${rows}) AS training`;
}
