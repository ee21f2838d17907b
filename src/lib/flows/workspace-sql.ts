// Lets SQL read what the workspace knows of itself: the rows become files of the engine for as long as a query runs.
import { checkRows, driftRows } from '../core/check/verdict-tables.ts';
import {
	eventRow,
	importanceRows,
	metricRows,
	runRow,
	scoreRows,
	signatureRows,
	versionRow
} from '../core/model/registry/registry-tables.ts';
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { bindWorkspace, mayAskWorkspace, type DriftCall } from '../core/sql/bind-workspace.ts';
import type { Rewritten } from '../core/sql/rewrite.ts';
import type { WorkspaceTableName } from '../core/sql/workspace-tables.ts';
import { columnRows, versionRows, type NamedHistory } from '../core/version/history-tables.ts';
import { drift } from './drift.ts';
import type { Effects } from './effects.ts';
import { catalogueEntries, listDatasets, numberOf, type CatalogueItem } from './list-datasets.ts';
import { evaluationOf } from './register-model.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { SketchEffects, SketchVersionFailure } from './sketch-version.ts';
import type { UpgradeEffects } from './upgrade-workspace.ts';

export type WorkspaceEffects = Pick<Effects, 'engine' | 'models' | 'store'> & UpgradeEffects & SketchEffects;

export type WorkspaceSqlFailure = RunSqlFailure | SketchVersionFailure;

type Rows = readonly Readonly<Record<string, unknown>>[];
type Asked = { readonly id: ResultId; readonly sql: string; readonly signal?: AbortSignal | undefined };

/** `use` gets a text in which the workspace's tables are read from files. `items`: the catalogue as it was read a moment ago. */
export async function withWorkspace<T, F>(
	{ id, sql, signal }: Asked,
	effects: WorkspaceEffects,
	use: (rewritten: Rewritten) => Promise<Result<T, F>>,
	items?: readonly CatalogueItem[]
): Promise<Result<T, F | WorkspaceSqlFailure>> {
	if (!mayAskWorkspace(sql)) return use({ sql, toOriginal: (position: number) => position });
	const listed = items ? ok(items) : await listDatasets(effects);
	if (!listed.ok) return listed;
	const bound = bindWorkspace(sql, catalogueEntries(listed.value), id);
	if (!bound.ok) return bound;
	const { tables, drifts } = bound.value;
	try {
		for (const { table, file } of tables) {
			const rows = await rowsOf(table, listed.value, effects);
			if (!rows.ok) return rows;
			await effects.engine.register(file, asLines(rows.value));
		}
		for (const call of drifts) {
			const rows = await driftOf(call, listed.value, signal, effects);
			if (!rows.ok) return rows;
			await effects.engine.register(call.file, asLines(rows.value));
		}
		return await use(bound.value);
	} finally {
		for (const { file } of [...tables, ...drifts]) await effects.engine.unregister(file);
	}
}

function asLines(rows: Rows): Blob {
	return new Blob(rows.map((row) => `${JSON.stringify(row)}\n`));
}

async function driftOf(
	{ before, after }: DriftCall,
	items: readonly CatalogueItem[],
	signal: AbortSignal | undefined,
	effects: SketchEffects
): Promise<Result<Rows, WorkspaceSqlFailure>> {
	const versions = items.flatMap((item) => item.reached.map((version) => ({ item, version })));
	const [old, now] = [before, after].map((id) => versions.find(({ version }) => version.id === id));
	if (!old || !now) return ok([]);
	const report = await drift({ item: now.item, before: old.version, after: now.version, signal }, effects);
	if (report.ok) return ok(driftRows(report.value, report.value));
	// Both are given: no baseline is asked for.
	return report.error.kind === 'no-baseline' ? ok([]) : { ok: false, error: report.error };
}

async function rowsOf(
	table: WorkspaceTableName,
	items: readonly CatalogueItem[],
	effects: WorkspaceEffects
): Promise<Result<Rows, WorkspaceSqlFailure>> {
	switch (table) {
		case 'dataset_versions':
			return ok(historyOf(items).flatMap(versionRows));
		case 'dataset_columns':
			return ok(historyOf(items).flatMap(columnRows));
		case 'check_results': {
			const rows: Record<string, unknown>[] = [];
			for (const item of items) {
				const { id, name } = item.dataset;
				const verdicts = await effects.store.verdicts(id);
				if (!verdicts.ok) return verdicts;
				for (const one of verdicts.value) rows.push(...checkRows(one, name, numberOf({ id: one.version }, item)));
			}
			return ok(rows);
		}
		default:
			return registryRows(table, effects);
	}
}

function historyOf(items: readonly CatalogueItem[]): readonly NamedHistory[] {
	return items.flatMap((item) =>
		item.reached.map((version) => ({
			dataset: item.dataset.name,
			number: numberOf(version, item),
			isNewest: version.id === item.version.id,
			version
		}))
	);
}

type RegistryTableName = Exclude<WorkspaceTableName, 'dataset_versions' | 'dataset_columns' | 'check_results'>;

async function registryRows(
	table: RegistryTableName,
	effects: WorkspaceEffects
): Promise<Result<Rows, WorkspaceSqlFailure>> {
	const { models } = effects;
	if (table === 'model_versions' || table === 'model_events' || table === 'model_columns') {
		const registry = await models.registry();
		if (!registry.ok) return registry;
		const { versions, events, models: registered } = registry.value;
		if (table === 'model_events') return ok(events.map(eventRow));
		return ok(
			table === 'model_columns' ? versions.flatMap(signatureRows) : versions.map((one) => versionRow(one, registered))
		);
	}
	const runs = await models.runs();
	if (!runs.ok) return runs;
	if (table === 'model_runs') return ok(runs.value.map(runRow));
	const rows: Readonly<Record<string, unknown>>[] = [];
	for (const { id, artifacts } of runs.value) {
		if (table === 'model_metrics') {
			const metrics = await models.metrics(id);
			if (!metrics.ok) return metrics;
			for (const one of metrics.value) rows.push(...metricRows(one));
		} else if (artifacts.some(({ name }) => name === 'evaluation')) {
			// A file that is damaged has no rows; who opens the run is told.
			const told = await evaluationOf(id, effects);
			if (told.ok) rows.push(...(table === 'model_scores' ? scoreRows : importanceRows)(id, told.value.report));
		}
	}
	return ok(rows);
}
