// How good predictions were, by labels that arrived later: SQL over the scored rows.
import { quoteName, quoteText } from '../../sql/quote.ts';
import { typeFamily } from '../../sql/types.ts';

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

/** One row of moments, which `numberMeasures` reads. Rows without a label or a prediction do not count. */
export function numbersSql(rows: JudgedRows): string {
	const numbers = `SELECT CAST(prediction AS DOUBLE) AS p, CAST(label AS DOUBLE) AS y, avg(CAST(label AS DOUBLE)) OVER () AS m FROM (${knownSql(rows)})`;
	const errors = `SELECT (p - y) * (p - y) AS square, abs(p - y) AS error, (y - m) * (y - m) AS spread FROM (${numbers})`;
	return `SELECT count(*) AS n, ${['square', 'error', 'spread']
		.flatMap((name) => [`avg(${name}) AS mean_${name}`, `var_samp(${name}) AS var_${name}`])
		.join(', ')}, covar_samp(square, spread) AS covar FROM (${errors})`;
}

/** What was told, where a model does not say between which classes it chooses. */
export function toldClassesSql(rows: JudgedRows): string {
	return `SELECT DISTINCT CAST(prediction AS VARCHAR) AS told FROM (${knownSql(rows)}) ORDER BY told LIMIT 200`;
}

/** A row for each pair that occurs: the numbers of the label's class and of the told one, 0 for what is none of them, and how often. */
export function confusionSql(rows: JudgedRows, classes: readonly string[]): string {
	const is = classSql('label', rows.type, classes);
	const cells = `SELECT ${is} AS is_class, ${classSql('prediction', 'VARCHAR', classes)} AS told_class FROM (${knownSql(rows)})`;
	return `SELECT is_class, told_class, count(*) AS n FROM (${cells}) GROUP BY ALL`;
}

/**
 * One row of counts and moments, which `sharesMeasures` reads: of each row how many of the other class have a lesser share, ties half.
 * Ranks share what is equal.
 */
export function sharesSql(rows: JudgedRows, second: string): string {
	const isSecond = `${classSql('label', rows.type, [second])} = 1`;
	const shares = `SELECT ${isSecond} AS y, CAST(probability AS DOUBLE) AS p FROM (${knownSql(rows)}) WHERE probability IS NOT NULL`;
	const rank = (within: string, ties: string): string =>
		`rank() OVER (${within}ORDER BY p) + (count(*) OVER (PARTITION BY ${ties}) - 1) / 2`;
	const ranked = `SELECT y, ${lossSql('CASE WHEN y THEN p ELSE 1 - p END')} AS loss, ${rank('', 'p')} - (${rank('PARTITION BY y ', 'y, p')}) AS below FROM (${shares})`;
	const below = ['avg(below) FILTER (y) AS mean_below', 'var_samp(below) FILTER (y) AS var_ones'];
	return `SELECT count(*) FILTER (y) AS ones, count(*) FILTER (NOT y) AS zeros, ${below.join(', ')}, var_samp(below) FILTER (NOT y) AS var_zeros, ${LOSSES} FROM (${ranked})`;
}

/** The rows that a model was asked about, where those that it scored lack what it takes. */
export type AskedRows = {
	/** As SQL. */
	readonly asked: string;
	/** Columns that it shares with the scored rows, and that tell them apart. */
	readonly key: readonly string[];
};

/**
 * One row of the moments of the loss, which `lossMeasure` reads: `model`, as `predict` names it, is asked again, for all classes. Null:
 * the scored rows have what it takes; else each is found again by its key, and rows that share one do not count.
 */
export function classLossSql(
	rows: JudgedRows,
	{
		classes,
		model,
		from
	}: { readonly classes: readonly string[]; readonly model: string; readonly from: AskedRows | null }
): string {
	const labelled = labelledSql(rows, (label) => `scored.*, ${label} AS "@label"`);
	const known = `SELECT *, ${classSql('"@label"', rows.type, classes)} AS "@class" FROM (${labelled}) AS labelled WHERE "@label" IS NOT NULL AND ${quoteName(rows.prediction)} IS NOT NULL`;
	const asked = from === null ? known : foundSql(known, from);
	const shares = `SELECT "@class" AS class, predict_probabilities(${quoteText(model)}) AS shares FROM (${asked}) AS known`;
	return `SELECT ${LOSSES} FROM (SELECT ${lossSql('map_values(shares)[class]')} AS loss FROM (${shares}) AS asked) AS losses`;
}

function foundSql(known: string, { asked, key }: AskedRows): string {
	const names = key.map(quoteName);
	const single = `QUALIFY count(*) OVER (PARTITION BY ${names.join(', ')}) = 1`;
	const isSame = names.map((name) => `own.${name} = scored.${name}`).join(' AND ');
	return `SELECT own.*, scored."@class" FROM (SELECT * FROM (${known}) AS known ${single}) AS scored JOIN (SELECT * FROM ${asked} AS asked ${single}) AS own ON ${isSame}`;
}

const LOSSES = 'count(*) AS n, avg(loss) AS mean_loss, var_samp(loss) AS var_loss';

/** As on held-out rows, a share is a float32's step away from 0. */
function lossSql(share: string): string {
	return `-ln(greatest(${2 ** -24}, coalesce(${share}, 0)))`;
}

/** The number of a value's class, from 1 on; 0 of none. Numbers are equal as numbers, others as texts. */
function classSql(value: string, type: string, classes: readonly string[]): string {
	const isNumber = typeFamily(type) === 'number';
	const texts = classes.map(quoteText);
	const list = isNumber
		? `[${texts.map((text) => `TRY_CAST(${text} AS DOUBLE)`).join(', ')}]`
		: `CAST([${texts.join(', ')}] AS VARCHAR[])`;
	return `coalesce(list_position(${list}, CAST(${value} AS ${isNumber ? 'DOUBLE' : 'VARCHAR'})), 0)`;
}

function knownSql(rows: JudgedRows): string {
	const probability = rows.probability === null ? 'NULL::DOUBLE' : `scored.${quoteName(rows.probability)}`;
	const said = `scored.${quoteName(rows.prediction)} AS prediction, ${probability} AS probability`;
	const judged = labelledSql(rows, (label) => `${label} AS label, ${said}`);
	return `SELECT * FROM (${judged}) AS judged WHERE label IS NOT NULL AND prediction IS NOT NULL`;
}

/** The scored rows beside their labels. */
function labelledSql({ scored, labels, label }: JudgedRows, select: (label: string) => string): string {
	if (!labels) return `SELECT ${select(`scored.${quoteName(label)}`)} FROM ${scored} AS scored`;
	const key = labels.key.map(quoteName);
	const told = `SELECT ${key.join(', ')}, max(${quoteName(label)}) AS label FROM (${labels.sql.replace(/;\s*$/, '')}\n) AS told GROUP BY ${key.join(', ')}`;
	const isSame = key.map((name) => `labels.${name} = scored.${name}`).join(' AND ');
	return `SELECT ${select('labels.label')} FROM ${scored} AS scored JOIN (${told}) AS labels ON ${isSame}`;
}
