// Runs, their metrics, and versions of models as tables that SQL reads, under names that no dataset has taken.
import type { MetricSteps, ModelRun } from './model-run.ts';
import type { ModelEvent, ModelVersion, RegisteredModel } from './registered-model.ts';

export const registryTableNames = ['model_runs', 'model_metrics', 'model_versions', 'model_events'] as const;
export type RegistryTableName = (typeof registryTableNames)[number];

/** DuckDB types by column. */
export const registryColumns: Readonly<Record<RegistryTableName, Readonly<Record<string, string>>>> = {
	model_runs: {
		id: 'VARCHAR',
		parent: 'VARCHAR',
		experiment: 'VARCHAR',
		name: 'VARCHAR',
		state: 'VARCHAR',
		task: 'VARCHAR',
		target: 'VARCHAR',
		params: 'JSON',
		metrics: 'MAP(VARCHAR, DOUBLE)',
		tags: 'MAP(VARCHAR, VARCHAR)',
		datasets: 'VARCHAR[]',
		dataset_versions: 'VARCHAR[]',
		sql: 'VARCHAR',
		author: 'VARCHAR',
		started_at: 'TIMESTAMP',
		ended_at: 'TIMESTAMP'
	},
	model_metrics: { run: 'VARCHAR', metric: 'VARCHAR', step: 'BIGINT', value: 'DOUBLE' },
	model_versions: {
		model: 'VARCHAR',
		version: 'INTEGER',
		stage: 'VARCHAR',
		aliases: 'VARCHAR[]',
		run: 'VARCHAR',
		onnx: 'VARCHAR',
		size_bytes: 'BIGINT',
		description: 'VARCHAR',
		created_at: 'TIMESTAMP'
	},
	model_events: {
		model: 'VARCHAR',
		version: 'INTEGER',
		kind: 'VARCHAR',
		before: 'VARCHAR',
		after: 'VARCHAR',
		who: 'VARCHAR',
		why: 'VARCHAR',
		at: 'TIMESTAMP'
	}
};

type Row = Readonly<Record<string, unknown>>;
const moment = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function runRow({ id, experiment, name, state, task, params, metrics, tags, data, ...run }: ModelRun): Row {
	return {
		id,
		parent: run.parent ?? null,
		experiment,
		name,
		state,
		task: task?.kind ?? null,
		target: task && 'target' in task ? task.target : null,
		params,
		metrics,
		tags,
		datasets: data.inputs.map(({ dataset }) => dataset),
		dataset_versions: data.inputs.map(({ version }) => version),
		sql: data.sql,
		author: run.author ?? null,
		started_at: moment(run.startedAtMs),
		ended_at: moment(run.endedAtMs)
	};
}

export function metricRows({ run, metric, steps, values }: MetricSteps): readonly Row[] {
	return steps.map((step, at) => ({ run, metric, step, value: values[at] ?? null }));
}

export function versionRow(version: ModelVersion, models: readonly RegisteredModel[]): Row {
	const { model, number, stage, run, onnx, sizeBytes, description, createdAtMs } = version;
	const aliases = Object.entries(models.find(({ name }) => name === model)?.aliases ?? {});
	return {
		model,
		version: number,
		stage,
		aliases: aliases.filter(([, named]) => named === number).map(([alias]) => alias),
		run,
		onnx,
		size_bytes: sizeBytes,
		description,
		created_at: moment(createdAtMs)
	};
}

export function eventRow({ model, number, kind, from, to, who, why, atMs }: ModelEvent): Row {
	return { model, version: number, kind, before: from, after: to, who, why, at: moment(atMs) };
}
