// How good predictions were, by labels that arrived later: SQL over the scored rows.
import type { ModelAnswer } from '../../onnx/signature.ts';
import { quoteName, quoteText } from '../../sql/quote.ts';
import { typeFamily } from '../../sql/types.ts';
import type { WatchMeasure } from './watch-facts.ts';

/** Where labels come from, as a person said. */
export type LabelSource = {
	/** A query, such as `SELECT * FROM outcomes`. */
	readonly sql: string;
	/** Columns that it shares with the scored rows, and that tell them apart. */
	readonly key: readonly string[];
	/** The column that holds what turned out. */
	readonly label: string;
};

export type JudgedRows = {
	/** The scored rows, as SQL. */
	readonly scored: string;
	readonly prediction: string;
	readonly probability: string | null;
	/** Null: the scored rows have the label themselves. */
	readonly labels: LabelSource | null;
	readonly label: string;
	/** The label's type. */
	readonly type: string;
};

/** One row: `labelled_rows`, and a column for each measure that can be told. Rows without a label or a prediction do not count. */
export function performanceSql(rows: JudgedRows, answer: ModelAnswer): string {
	const judged = `SELECT * FROM (${judgedSql(rows)}) AS judged WHERE label IS NOT NULL AND prediction IS NOT NULL`;
	if (answer.kind === 'number') return numbersSql(judged);
	return classesSql(judged, { ...rows, classes: answer.classes });
}

function judgedSql({ scored, prediction, probability, labels, label }: JudgedRows): string {
	const said = `scored.${quoteName(prediction)} AS prediction, ${
		probability === null ? 'NULL::DOUBLE' : `scored.${quoteName(probability)}`
	} AS probability`;
	if (!labels) return `SELECT scored.${quoteName(label)} AS label, ${said} FROM ${scored} AS scored`;
	const key = labels.key.map(quoteName);
	const told = `SELECT ${key.join(', ')}, max(${quoteName(label)}) AS label FROM (${labels.sql.replace(/;\s*$/, '')}\n) AS told GROUP BY ${key.join(', ')}`;
	const isSame = key.map((name) => `labels.${name} = scored.${name}`).join(' AND ');
	return `SELECT labels.label AS label, ${said} FROM ${scored} AS scored JOIN (${told}) AS labels ON ${isSame}`;
}

type Column = 'labelled_rows' | WatchMeasure;
const list = (columns: Readonly<Partial<Record<Column, string>>>): string =>
	Object.entries(columns)
		.map(([name, sql]) => `${sql} AS ${name}`)
		.join(', ');

function numbersSql(judged: string): string {
	const numbers = `SELECT CAST(prediction AS DOUBLE) AS p, CAST(label AS DOUBLE) AS y, avg(CAST(label AS DOUBLE)) OVER () AS m FROM (${judged})`;
	return `SELECT ${list({
		labelled_rows: 'count(*)',
		labelled_rmse: 'sqrt(avg((p - y) * (p - y)))',
		labelled_mae: 'avg(abs(p - y))',
		labelled_r2: '1 - sum((p - y) * (p - y)) / nullif(sum((y - m) * (y - m)), 0)'
	})} FROM (${numbers})`;
}

/** Ranks share what is equal, as the area under the curve counts it. */
function classesSql(
	judged: string,
	{ classes, probability, type }: JudgedRows & { readonly classes: readonly string[] }
): string {
	const isNumber = typeFamily(type) === 'number';
	const is = (wanted: string): string =>
		isNumber ? `CAST(label AS DOUBLE) = TRY_CAST(${wanted} AS DOUBLE)` : `CAST(label AS VARCHAR) = ${wanted}`;
	const right = {
		labelled_rows: 'count(*)',
		labelled_accuracy: `avg(CAST(coalesce(${is('prediction')}, false) AS INTEGER))`
	};
	const [, second] = classes;
	if (classes.length !== 2 || second === undefined || probability === null)
		return `SELECT ${list(right)} FROM (${judged})`;
	const ranked = `SELECT *, coalesce(${is(quoteText(second))}, false) AS y, CAST(probability AS DOUBLE) AS p, rank() OVER (ORDER BY probability) + (count(*) OVER (PARTITION BY probability) - 1) / 2 AS r FROM (${judged})`;
	const [ones, zeros] = ['count(*) FILTER (y)', 'count(*) FILTER (NOT y)'];
	return `SELECT ${list({
		...right,
		labelled_auc: `(sum(r) FILTER (y) - ${ones} * (${ones} + 1) / 2) / nullif(${ones} * ${zeros}, 0)`,
		labelled_log_loss: `avg(-ln(greatest(1e-15, CASE WHEN y THEN p ELSE 1 - p END)))`
	})} FROM (${ranked})`;
}
