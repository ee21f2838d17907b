// `window.weir`: the same flows as the page, for scripts. It checks arguments, calls a flow, and shapes the answer.
// Over 300 lines: the verbs that have no family of their own stand here.
import type { IngestOverrides, Reject } from '../core/ingest/options.ts';
import type { PathFile } from '../core/ingest/partitioned-folder.ts';
import { jobId, resultId, type ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { samples } from '../core/samples/samples.ts';
import { sqlAnswer } from './console-answers.ts';
import { alertVerbs } from './console-alerts.ts';
import { anomalyVerbs } from './console-anomalies.ts';
import { authorVerbs } from './console-author.ts';
import { documentVerbs } from './console-documents.ts';
import { exampleVerbs } from './console-examples.ts';
import { functionVerbs } from './console-functions.ts';
import { modelVerbs } from './console-models.ts';
import { toldOperation } from './console-operations.ts';
import { layoutVerbs } from './console-layout.ts';
import { refVerbs } from './console-refs.ts';
import { pipelineVerbs } from './console-pipelines.ts';
import { sourceVerbs } from './console-sources.ts';
import { programVerbs } from './console-programs.ts';
import { queryVerbs } from './console-queries.ts';
import { reportVerbs } from './console-reports.ts';
import { retentionVerbs } from './console-retention.ts';
import { shareVerbs } from './console-shares.ts';
import { statisticsVerbs } from './console-statistics.ts';
import { storageVerbs } from './console-storage.ts';
import { keysVerbs } from './console-keys.ts';
import { syncVerbs } from './console-sync.ts';
import { invalid, isTexts, named } from './console-values.ts';
import { transformVerbs } from './console-transform.ts';
import { workingCopyVerbs } from './console-working-copy.ts';
import { parseEdits } from './console-edits.ts';
import { browseDataset, loadDataset, unloadDataset } from './browse-dataset.ts';
import { redo, removeDataset, renameDataset, undo } from './change-dataset.ts';
import type { Committed } from './commit-table.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { DatasetFacts, IngestReport, WeirConsole } from './console-types.ts';
import type { Effects } from './effects.ts';
import { diffFacts } from './console-diff.ts';
import { checkVerbs } from './console-checks.ts';
import { exportBlob } from './console-export.ts';
import { historyFacts, versionFacts } from './console-history.ts';
import { selectAll } from './export-relation.ts';
import { editRows } from './edit-rows.ts';
import { ingestInto } from './ingest-into.ts';
import { ingestModes, type IngestMode } from './intake.ts';
import { findVersion } from './find-version.ts';
import { folderSource, ingestSource, previewSource, type Source } from './ingest-source.ts';
import { findDataset, listDatasets, type CatalogueItem } from './list-datasets.ts';
import { openSample } from './open-sample.ts';
import { profileVersion } from './profile-version.ts';
import { retypeColumn } from './retype-column.ts';
import { describeQuery } from './run-query.ts';
import { runStatement } from './run-statement.ts';
import { saveQuery } from './save-query.ts';
import { setKey } from './set-key.ts';

export function createConsole(effects: Effects): WeirConsole {
	const newId = (): ResultId => resultId(`console-${effects.randomId()}`);
	const console: WeirConsole = {
		ready: effects.engine.open(),
		ingest: async (source, options = {}) => {
			const given = parseSource(source, options.name);
			if (!given.ok) return given;
			const { name = null, into, mode = 'append', key = [], message, optimise = false, signal } = options;
			const common = { source: given.value, overrides: options.options ?? {}, message, signal };
			if (into === undefined) {
				const committed = await ingestSource({ ...common, name, optimise }, effects);
				if (!committed.ok) return committed;
				const { savedBytes, notes } = committed.value;
				return ok({ ...ingestReport(committed.value), notes, savedBytes });
			}
			if (typeof into !== 'string') return invalid('into', 'a dataset name');
			if (!isMode(mode)) return invalid('mode', ingestModes.join(', '));
			if (!isTexts(key)) return invalid('key', 'a list of column names');
			const committed = await ingestInto({ ...common, id: newId(), into, mode, key }, effects);
			return committed.ok ? ok({ ...ingestReport(committed.value), notes: committed.value.notes }) : committed;
		},
		edit: async (name, edits, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const parsed = parseEdits(edits);
			if (!parsed.ok) return parsed;
			const item = await findDataset(name, effects);
			if (!item.ok) return item;
			const rowEdits = parsed.value(item.value.version.table.rowCount);
			const edited = await editRows({ id: newId(), item: item.value, edits: rowEdits, ...options }, effects);
			return edited.ok ? ok({ ...named(edited.value), rowCount: edited.value.version.table.rowCount }) : edited;
		},
		preview: async (source, options = {}) => {
			const given = parseSource(source, options.name);
			if (!given.ok) return given;
			const overrides: IngestOverrides = options.options ?? {};
			const previewed = await previewSource({ source: given.value, overrides }, effects);
			return previewed.ok ? ok(previewed.value.preview) : previewed;
		},
		rejects: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			if (!found.value.version.rejects) return ok([]);
			const answer = await console.sql(`${selectAll(name)}@rejects ORDER BY line`);
			return answer.ok
				? ok((await answer.value.rows()) as readonly Record<string, unknown>[] as readonly Reject[])
				: answer;
		},
		sql: async (text, params = [], options = {}) => {
			if (typeof text !== 'string') return invalid('text', 'SQL as a string');
			if (!Array.isArray(params)) return invalid('params', 'an array of values');
			const id = newId();
			const ran = await runStatement(
				{
					id,
					sql: text,
					params,
					signal: options.signal,
					onProgress: ({ rowCount }) => options.onProgress?.(rowCount)
				},
				effects
			);
			return ran.ok ? ok(sqlAnswer(id, ran.value, effects)) : ran;
		},
		describe: async (text) => {
			if (typeof text !== 'string') return invalid('text', 'SQL as a string');
			return describeQuery({ id: newId(), sql: text }, effects);
		},
		datasets: async () => {
			const items = await listDatasets(effects);
			return items.ok ? ok(items.value.map(datasetFacts)) : items;
		},
		versions: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			return ok(versionFacts(found.value));
		},
		history: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			return historyFacts(name, effects);
		},
		diff: (left, right, options) => diffFacts(left, right, options, effects),
		...refVerbs(effects, newId),
		profile: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findVersion(name, effects);
			if (!found.ok) return found;
			const { item, version } = found.value;
			const id = newId();
			const browsed = await browseDataset({ id, item, version, rows: 'data' }, effects);
			if (!browsed.ok) return browsed;
			const profiles = await profileVersion({ id, version }, effects);
			await effects.engine.release(id);
			return profiles;
		},
		rename: async (name, to) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (typeof to !== 'string') return invalid('to', 'the new name');
			const renamed = await renameDataset({ name, to }, effects);
			return renamed.ok ? ok({ name: renamed.value.name }) : renamed;
		},
		remove: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const removed = await removeDataset({ name }, effects);
			return removed.ok ? ok({ name: removed.value.name }) : removed;
		},
		undo: async () => toldOperation(await undo(effects)),
		redo: async () => toldOperation(await redo(effects)),
		save: async (name, sql, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (typeof sql !== 'string') return invalid('sql', 'SQL as a string');
			const { key: primaryKey, message, signal } = options;
			if (primaryKey !== undefined && !isTexts(primaryKey)) return invalid('key', 'a list of column names');
			const whenTaken = options.replace === true ? 'new-version' : 'refuse';
			const optimise = options.optimise === true;
			const input = { id: newId(), name, sql, whenTaken, primaryKey, message, optimise, signal } as const;
			const saved = await saveQuery(input, effects);
			if (!saved.ok) return saved;
			const { version, savedBytes } = saved.value;
			return ok({ ...named(saved.value), rowCount: version.table.rowCount, savedBytes });
		},
		setKey: async (name, key, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (!isTexts(key)) return invalid('key', 'a list of column names');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const set = await setKey({ id: newId(), item: found.value, key, signal: options.signal }, effects);
			return set.ok ? ok(named(set.value)) : set;
		},
		export: async (nameOrSql, format, options = {}) => {
			if (typeof nameOrSql !== 'string') return invalid('nameOrSql', 'a dataset name or SQL');
			if (typeof format !== 'string') return invalid('format', "such as 'parquet'");
			const sql = await textOf(nameOrSql, effects);
			return sql.ok ? exportBlob({ id: newId(), sql: sql.value, format, options }, effects) : sql;
		},
		retype: async (name, column, type, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (typeof column !== 'string') return invalid('column', 'a column name');
			if (typeof type !== 'string') return invalid('type', 'a DuckDB type');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const onMisfit = options.onMisfit ?? 'refuse';
			const retyped = await retypeColumn({ id: newId(), item: found.value, column, type, onMisfit }, effects);
			return retyped.ok ? ok(named(retyped.value)) : retyped;
		},
		load: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			return found.ok ? loadDataset(found.value, effects) : found;
		},
		unload: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			return found.ok ? ok(await unloadDataset(found.value, effects)) : found;
		},
		...functionVerbs(effects, newId),
		...layoutVerbs(effects, newId),
		...modelVerbs(effects),
		...exampleVerbs(effects),
		...documentVerbs(effects),
		...transformVerbs(effects, newId),
		...queryVerbs(effects),
		...reportVerbs(effects, newId),
		...checkVerbs(effects, newId),
		...alertVerbs(effects),
		...statisticsVerbs(effects),
		...anomalyVerbs(effects, newId),
		...storageVerbs(effects),
		...retentionVerbs(effects),
		...authorVerbs(effects),
		...syncVerbs(effects),
		...keysVerbs(effects),
		...programVerbs(effects),
		...sourceVerbs(effects),
		...shareVerbs(effects),
		...pipelineVerbs(effects),
		...workingCopyVerbs(effects, newId),
		samples: () => Promise.resolve(ok(samples)),
		openSample: async (id) => {
			const sample = samples.find((one) => one.id === id);
			if (!sample) return invalid('id', samples.map((one) => one.id).join(', '));
			const opened = await openSample({ sample }, effects);
			return opened.ok ? ok(ingestReport(opened.value)) : opened;
		},
		jobs: () => Promise.resolve(ok(effects.jobs.list())),
		cancel: (id) => Promise.resolve(ok(effects.jobs.cancel(jobId(id))))
	};
	return console;
}

function parseSource(source: unknown, name: string | undefined): Result<Source, InvalidArgument> {
	if (source instanceof Blob) {
		const fileName = 'name' in source && typeof source.name === 'string' ? source.name : (name ?? 'data');
		return ok({ kind: 'blob', name: fileName, blob: source });
	}
	if (typeof source === 'string') return ok({ kind: 'url', url: source });
	if (isFolder(source)) return ok(folderSource({ name: name ?? 'folder', files: source }));
	return invalid('source', 'a File, a Blob, a URL, or a folder as [{ path, file }]');
}

function isFolder(source: unknown): source is readonly PathFile<Blob>[] {
	const isFile = (one: unknown): boolean =>
		typeof one === 'object' &&
		one !== null &&
		'path' in one &&
		typeof one.path === 'string' &&
		'file' in one &&
		one.file instanceof Blob;
	return Array.isArray(source) && source.length > 0 && source.every(isFile);
}

function datasetFacts({ dataset, version, history }: CatalogueItem): DatasetFacts {
	return {
		name: dataset.name,
		branch: dataset.branch,
		version: version.id,
		versionCount: history.length,
		rowCount: version.table.rowCount,
		sizeBytes: version.table.sizeBytes,
		rejectCount: version.rejects?.rowCount ?? 0,
		columns: version.schema
	};
}

function ingestReport({ dataset, version }: Committed): IngestReport {
	return {
		dataset: dataset.name,
		version: version.id,
		rowCount: version.table.rowCount,
		rejectCount: version.rejects?.rowCount ?? 0,
		options: version.lineage.options
	};
}

function isMode(text: unknown): text is IngestMode {
	return ingestModes.some((mode) => mode === text);
}

/** A dataset's name or `name@v2` as a text that reads it; anything else is SQL already. */
async function textOf(nameOrSql: string, effects: Effects) {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const name = nameOrSql.split('@')[0]?.toLowerCase();
	const isName = items.value.some(({ dataset }) => dataset.name.toLowerCase() === name);
	return ok(isName ? selectAll(nameOrSql) : nameOrSql);
}
