// How good a model was on a version that it scored, once it is known what turned out.
import { resultId } from '../core/ids.ts';
import type { ModelVersion, RegisteredModel } from '../core/model/registry/registered-model.ts';
import { performanceSql, type LabelSource } from '../core/model/watch/performance-sql.ts';
import { watchMeasures, type WatchFacts } from '../core/model/watch/watch-facts.ts';
import { ok, type Result } from '../core/result.ts';
import { versionTable } from './check-version.ts';
import type { Effects } from './effects.ts';
import { answerSql, bindSql, describeSql, type RunSqlFailure } from './run-sql.ts';
import type { ScoredVersion } from './scored-versions.ts';

export type Labels = {
	/** Null: the scored rows have the label themselves. */
	readonly source: LabelSource | null;
	readonly label: string;
	/** Names the labels as they are now: other labels, another key. */
	readonly key: string;
};

export type Performance = Pick<WatchFacts, 'measures' | 'labelledRows'>;

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
		signal
	}: {
		readonly scored: ScoredVersion;
		readonly model: ModelVersion;
		readonly labels: Labels;
		readonly signal?: AbortSignal | undefined;
	},
	effects: Effects
): Promise<Result<Performance, RunSqlFailure>> {
	const { columns, version, item } = scored;
	const nothing: Performance = { measures: {}, labelledRows: 0 };
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
	const rows = {
		scored: table,
		prediction,
		probability: probability !== null && has(probability) ? probability : null,
		labels: source,
		label,
		type
	};
	const answered = await answerSql({ id, sql: performanceSql(rows, model.signature.answer), signal }, effects);
	if (!answered.ok) return answered;
	const [row = {}] = answered.value;
	const labelledRows = Number(row['labelled_rows'] ?? 0);
	const measures = watchMeasures.flatMap((measure) => {
		const value = row[measure];
		return typeof value === 'number' && Number.isFinite(value) ? [[measure, value] as const] : [];
	});
	return ok({ measures: labelledRows === 0 ? {} : Object.fromEntries(measures), labelledRows });
}
