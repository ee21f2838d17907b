// How good a model was on a version that it scored, once it is known what turned out.
import { resultId } from '../core/ids.ts';
import type { ModelVersion, RegisteredModel } from '../core/model/registry/registered-model.ts';
import {
	classMeasures,
	lossMeasure,
	numberMeasures,
	sharesMeasures,
	type LabelledClasses,
	type Measures
} from '../core/model/watch/labelled-measures.ts';
import {
	classLossSql,
	confusionSql,
	numbersSql,
	sharesSql,
	toldClassesSql,
	type AskedRows,
	type JudgedRows,
	type LabelSource
} from '../core/model/watch/performance-sql.ts';
import type { WatchFacts } from '../core/model/watch/watch-facts.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { Version } from '../core/version/version.ts';
import { versionTable } from './check-version.ts';
import type { Effects } from './effects.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { runQuery, type RunQueryFailure } from './run-query.ts';
import { bindSql, describeSql, type RunSqlFailure } from './run-sql.ts';
import type { ScoredVersion } from './scored-versions.ts';

export type Labels = {
	/** Null: the scored rows have the label themselves. */
	readonly source: LabelSource | null;
	readonly label: string;
	/** Names the labels as they are now: other labels, another key. */
	readonly key: string;
};

/** A version of a dataset that another one was made of. */
export type SourceVersion = { readonly dataset: CatalogueItem['dataset']; readonly version: Version };

export type Performance = Required<Pick<WatchFacts, 'measures' | 'intervals' | 'labelledRows'>> & {
	/** Null of numbers, and without labels. */
	readonly classes: LabelledClasses | null;
	/** The log loss needs the probability of every class, and the rows that could tell it are not to be had. */
	readonly lacksLoss: boolean;
};

const nothing: Performance = { measures: {}, intervals: {}, labelledRows: 0, classes: null, lacksLoss: false };

/** As a person said for the model; else the column that it learnt, where the scored rows have it. */
export async function labelsOf(
	{ labels }: Pick<RegisteredModel, 'labels'>,
	{ run }: Pick<ModelVersion, 'run'>,
	effects: Effects
): Promise<Result<Labels | null, RunSqlFailure>> {
	if (labels) {
		const bound = await bindSql(labels.sql, effects);
		if (!bound.ok) return bound;
		const { key, label } = labels;
		return ok({ source: labels, label, key: JSON.stringify([bound.value.inputs, labels.sql, key, label]) });
	}
	const made = run === null ? ok(null) : await effects.models.run(run);
	if (!made.ok) return made;
	const task = made.value?.task ?? null;
	return ok(task && 'target' in task ? { source: null, label: task.target, key: task.target } : null);
}

/** Nothing where the rows lack the label, the key, or what the model said. */
export async function measurePerformance(
	{
		scored,
		model,
		labels,
		sources,
		signal
	}: {
		readonly scored: ScoredVersion;
		readonly model: ModelVersion;
		readonly labels: Labels;
		/** The versions that the scored one was made of. */
		readonly sources: readonly SourceVersion[];
		readonly signal?: AbortSignal | undefined;
	},
	effects: Effects
): Promise<Result<Performance, RunQueryFailure>> {
	const { columns, version, item } = scored;
	const { prediction, probability } = columns;
	const has = (name: string): boolean => version.schema.some((column) => column.name === name);
	if (prediction === null || !has(prediction)) return ok(nothing);
	const { source, label } = labels;
	if (source ? !source.key.every(has) : !has(label)) return ok(nothing);
	const id = resultId(`performance-${effects.randomId()}`);
	const table = versionTable(item.dataset.name, version.id);
	const schema = source ? await describeSql({ id, sql: source.sql }, effects) : ok(version.schema);
	if (!schema.ok) return schema;
	const type = schema.value.find(({ name }) => name === label)?.type;
	if (type === undefined) return ok(nothing);
	const rows: JudgedRows = {
		scored: table,
		prediction,
		probability: probability !== null && has(probability) ? probability : null,
		labels: source,
		label,
		type
	};
	const ask: Ask = async (sql) => {
		const ran = await runQuery({ id, sql, signal }, effects);
		if (!ran.ok) return ran;
		const arrow = await effects.engine.arrow(id);
		await effects.engine.release(id);
		return arrow.ok ? ok(decodeRows(arrow.value)) : arrow;
	};
	const { answer } = model.signature;
	if (answer.kind === 'number') return performanceOfNumbers(rows, ask);
	return performanceOfClasses(
		rows,
		{ model, from: askedAgain(scored, { model, key: source?.key ?? [], sources }) },
		ask
	);
}

/** Where the rows are that the model can be asked about once more; null is nowhere. */
function askedAgain(
	{ version }: Pick<ScoredVersion, 'version'>,
	given: { readonly model: ModelVersion; readonly key: readonly string[]; readonly sources: readonly SourceVersion[] }
): 'scored' | AskedRows | null {
	const taken = given.model.signature.columns.map(({ name }) => name);
	const hasAll = ({ schema }: Pick<Version, 'schema'>, names: readonly string[]): boolean =>
		names.every((name) => schema.some((column) => column.name === name));
	if (hasAll(version, taken)) return 'scored';
	const found = given.sources.find((one) => hasAll(one.version, [...taken, ...given.key]));
	if (!found || given.key.length === 0) return null;
	return { asked: versionTable(found.dataset.name, found.version.id), key: given.key };
}

type Ask = (sql: string) => Promise<Result<readonly Record<string, unknown>[], RunQueryFailure>>;

async function performanceOfNumbers(rows: JudgedRows, ask: Ask): Promise<Result<Performance, RunQueryFailure>> {
	const answered = await ask(numbersSql(rows));
	if (!answered.ok) return answered;
	const [row = {}] = answered.value;
	const labelledRows = Number(row['n'] ?? 0);
	return ok(labelledRows === 0 ? nothing : { ...nothing, ...told(numberMeasures(row)), labelledRows });
}

async function performanceOfClasses(
	rows: JudgedRows,
	{ model, from }: { readonly model: ModelVersion; readonly from: ReturnType<typeof askedAgain> },
	ask: Ask
): Promise<Result<Performance, RunQueryFailure>> {
	const { answer } = model.signature;
	const named = answer.kind === 'class' ? answer.classes : [];
	const chosen = named.length > 0 ? ok([]) : await ask(toldClassesSql(rows));
	if (!chosen.ok) return chosen;
	const classes = named.length > 0 ? named : chosen.value.map((row) => String(row['told']));
	const counted = await ask(confusionSql(rows, classes));
	if (!counted.ok) return counted;
	const found = classMeasures(counted.value, classes);
	if (found.rowCount === 0) return ok(nothing);
	const tellsAll = answer.kind === 'class' && answer.probabilities !== null && named.length > 0;
	const shared = await lossOf(rows, { named, tellsAll, model, from }, ask);
	if (!shared.ok) return shared;
	return ok({
		...told({ ...shared.value, ...found.measures }),
		labelledRows: found.rowCount,
		classes: found.classes,
		lacksLoss: tellsAll && shared.value.labelled_log_loss === undefined
	});
}

/** Of two classes, the share of the second was kept with the rows; of others the model is asked again. */
async function lossOf(
	rows: JudgedRows,
	{
		named,
		tellsAll,
		model: { model, number },
		from
	}: {
		readonly named: readonly string[];
		readonly tellsAll: boolean;
		readonly model: ModelVersion;
		readonly from: ReturnType<typeof askedAgain>;
	},
	ask: Ask
): Promise<Result<Measures, RunQueryFailure>> {
	const [, second = ''] = named;
	if (named.length === 2 && rows.probability !== null) {
		const shares = await ask(sharesSql(rows, second));
		return shares.ok ? ok(sharesMeasures(shares.value[0] ?? {})) : shares;
	}
	if (!tellsAll || from === null) return ok({});
	const asked = { classes: named, model: `${model}@v${number}`, from: from === 'scored' ? null : from };
	const losses = await ask(classLossSql(rows, asked));
	if (losses.ok) return ok(lossMeasure(losses.value[0] ?? {}));
	// Columns of these names that have other types by now cannot be asked about again.
	return losses.error.kind === 'model-input-mismatch' ? ok({}) : losses;
}

function told(measures: Measures): Pick<Performance, 'measures' | 'intervals'> {
	const known = Object.entries(measures);
	return {
		measures: Object.fromEntries(known.map(([name, { value }]) => [name, value])),
		intervals: Object.fromEntries(known.map(([name, { low, high }]) => [name, { low, high }]))
	};
}
