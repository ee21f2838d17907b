// What `window.weir` offers to watch models that serve, and to keep models and runs in order.
import { modelRunId } from '../core/ids.ts';
import { ok } from '../core/result.ts';
import type { ModelUpkeepConsole } from './console-model-upkeep-types.ts';
import { invalid } from './console-values.ts';
import { versionInSql } from './change-refs.ts';
import type { Effects } from './effects.ts';
import { changeRemoved, setLabels } from './keep-models.ts';
import { attachToRun, detachFromRun, setRunTags } from './keep-runs.ts';
import { findDataset } from './list-datasets.ts';
import { readArtifact } from './register-model.ts';
import { watchedVersions, watchOne } from './watch-model.ts';

const MODEL = 'the name of a model';
const RUN = 'the id of a run';

export function modelUpkeepVerbs(effects: Effects): ModelUpkeepConsole {
	const change =
		(what: Parameters<typeof changeRemoved>[0]['what']): ModelUpkeepConsole['removeModel'] =>
		async (model, version) => {
			if (typeof model !== 'string') return invalid('model', MODEL);
			if (version !== undefined && !Number.isInteger(version)) return invalid('version', 'the number of a version');
			return changeRemoved({ model, number: version ?? null, what, why: '' }, effects);
		};
	return {
		scoredVersions: async (model) => {
			if (typeof model !== 'string') return invalid('model', MODEL);
			const found = await watchedVersions(model, effects);
			if (!found.ok) return found;
			return ok(
				found.value.map(({ item, version, number, used, facts }) => ({
					dataset: item.dataset.name,
					number,
					version: version.id,
					atMs: version.createdAtMs,
					model: used.model,
					modelVersion: used.number,
					facts
				}))
			);
		},
		watchModel: async (dataset, { at, signal } = {}) => {
			if (typeof dataset !== 'string') return invalid('dataset', 'the name of a dataset that a model scored');
			const item = await findDataset(dataset, effects);
			if (!item.ok) return item;
			const version = at === undefined ? ok(item.value.version) : versionInSql(item.value, at);
			if (!version.ok) return version;
			const report = await watchOne({ dataset, version: version.value.id, signal }, effects);
			if (!report.ok) return report;
			return report.value ? ok(report.value) : invalid('at', 'a version that a model scored');
		},
		setModelLabels: async (model, labels) => {
			if (typeof model !== 'string') return invalid('model', MODEL);
			if (labels !== null && !isLabelSource(labels))
				return invalid('labels', '{ sql, key: [columns], label }, or null');
			return setLabels({ model, labels }, effects);
		},
		removeModel: change('removed'),
		bringBackModel: change('brought-back'),
		deleteModel: change('deleted'),
		tagModelRun: async (run, tags) => {
			if (typeof run !== 'string') return invalid('run', RUN);
			if (!areTags(tags)) return invalid('tags', 'an object of texts');
			return setRunTags({ run, tags }, effects);
		},
		attachToModelRun: async (run, name, file) => {
			if (typeof run !== 'string') return invalid('run', RUN);
			if (typeof name !== 'string' || name.trim() === '') return invalid('name', 'a name for the file');
			if (!(file instanceof Blob)) return invalid('file', 'a File or Blob');
			return attachToRun({ run, name, bytes: new Uint8Array(await file.arrayBuffer()) }, effects);
		},
		detachFromModelRun: async (run, name) => {
			if (typeof run !== 'string') return invalid('run', RUN);
			return typeof name === 'string' ? detachFromRun({ run, name }, effects) : invalid('name', 'the name of a file');
		},
		modelRunFile: async (run, name) => {
			if (typeof run !== 'string') return invalid('run', RUN);
			if (typeof name !== 'string') return invalid('name', 'the name of a file');
			const found = await readArtifact(modelRunId(run), name, effects);
			return found.ok ? ok(new Blob([found.value.bytes])) : found;
		}
	};
}

function isLabelSource(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	const { sql, key, label } = value as Record<string, unknown>;
	const isKey = Array.isArray(key) && key.length > 0 && key.every((one) => typeof one === 'string');
	return typeof sql === 'string' && isKey && typeof label === 'string';
}

function areTags(value: unknown): value is Readonly<Record<string, string>> {
	return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
}
