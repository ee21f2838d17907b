// Runs, their metrics, and versions of models as tables that SQL reads, under names that no dataset has taken.
import type { ModelRunId } from '../../ids.ts';
import type { ModelReport } from '../evaluate/evaluate-model.ts';
import type { MetricSteps, ModelRun } from './model-run.ts';
import type { ModelEvent, ModelVersion, RegisteredModel } from './registered-model.ts';

/** DuckDB types by column. */
export const registryColumns = {
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
	/** What held-out rows showed: `low` and `high` hold 95 of 100 draws, `baseline` is what knowing nothing gives. */
	model_scores: {
		run: 'VARCHAR',
		metric: 'VARCHAR',
		value: 'DOUBLE',
		low: 'DOUBLE',
		high: 'DOUBLE',
		baseline: 'DOUBLE',
		row_count: 'BIGINT'
	},
	/** How much worse it does where a column is shuffled, and the column's share of what splits gained. */
	model_importance: {
		run: 'VARCHAR',
		column_name: 'VARCHAR',
		loss: 'DOUBLE',
		spread: 'DOUBLE',
		gain_share: 'DOUBLE'
	},
	model_columns: {
		model: 'VARCHAR',
		version: 'INTEGER',
		position: 'INTEGER',
		column_name: 'VARCHAR',
		kind: 'VARCHAR'
	},
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
} as const;

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

export function scoreRows(run: ModelRunId, { evaluation }: ModelReport): readonly Row[] {
	if (!evaluation) return [];
	return Object.entries(evaluation.metrics).map(([metric, { value, low, high }]) => ({
		run,
		metric,
		value: finite(value),
		low: finite(low),
		high: finite(high),
		baseline: finite(evaluation.baseline[metric]),
		row_count: evaluation.rowCount
	}));
}

export function importanceRows(run: ModelRunId, { gain, permutation }: ModelReport): readonly Row[] {
	const shares = new Map(gain?.map(({ column, share }) => [column, share]));
	const shuffled = new Map(permutation?.map((one) => [one.column, one]));
	return [...new Set([...shuffled.keys(), ...shares.keys()])].map((column) => ({
		run,
		column_name: column,
		loss: finite(shuffled.get(column)?.loss),
		spread: finite(shuffled.get(column)?.spread),
		gain_share: shares.get(column) ?? null
	}));
}

export function signatureRows({ model, number, signature }: ModelVersion): readonly Row[] {
	return signature.columns.map(({ name, kind }, at) => ({
		model,
		version: number,
		position: at + 1,
		column_name: name,
		kind
	}));
}

/** JSON has no other numbers. */
function finite(value: number | undefined): number | null {
	return value !== undefined && Number.isFinite(value) ? value : null;
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
