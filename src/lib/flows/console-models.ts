// Models of `window.weir`: their registry, their files, and predictions.
import { modelRunId } from '../core/ids.ts';
import { modelStages, type ModelStage } from '../core/model/registry/model-run.ts';
import { ok } from '../core/result.ts';
import { readAuthor } from './author.ts';
import type { ModelConsole, TrainingAsked } from './console-model-types.ts';
import { modelUpkeepVerbs } from './console-model-upkeep.ts';
import { invalid } from './console-values.ts';
import { crossValidate, FOLDS_MAX } from './cross-validate.ts';
import type { Effects } from './effects.ts';
import { exportModel, modelFormats } from './export-model.ts';
import { goOnTraining } from './go-on-training.ts';
import { settleRuns } from './keep-runs.ts';
import { importModel, readModelFile } from './import-model.ts';
import { modelDependence } from './model-dependence.ts';
import { planTraining } from './plan-training.ts';
import { predictRows, type GivenRow } from './predict-rows.ts';
import { promoteModel, rollBackModel } from './promote-model.ts';
import { evaluationOf, registerModel } from './register-model.ts';
import { bringRunBack, deleteRun, removeRun } from './remove-run.ts';
import { searchModels } from './search-models.ts';
import { trainModel } from './train-model.ts';

const REFERENCE = "a model, such as 'churn' or 'churn@production'";

export function modelVerbs(effects: Effects): ModelConsole {
	return {
		...modelUpkeepVerbs(effects),
		models: async () => {
			const registry = await effects.models.registry();
			if (!registry.ok) return registry;
			const { models, versions, events } = registry.value;
			return ok(
				models.map((model) => ({
					...model,
					versions: versions
						.filter((one) => one.model === model.name)
						.toSorted((one, other) => other.number - one.number),
					events: events.filter((one) => one.model === model.name)
				}))
			);
		},
		modelRuns: ({ removed = false } = {}) => (removed ? effects.models.removedRuns() : settleRuns(effects)),
		modelMetrics: async (run) =>
			typeof run === 'string' ? effects.models.metrics(modelRunId(run)) : invalid('run', 'the id of a run'),
		planTraining: async (sql, { target, learner, signal } = {}) =>
			typeof sql === 'string'
				? planTraining({ sql, target: target ?? null, learner, signal }, effects)
				: invalid('sql', 'SQL as a string'),
		trainModel: async (sql, given) => {
			const asked = await trainingAsked(sql, given, effects);
			return asked.ok ? trainModel(asked.value, effects) : asked;
		},
		crossValidate: async (sql, { folds = 5, onFold, ...given }) => {
			if (!(Number.isInteger(folds) && folds >= 2 && folds <= FOLDS_MAX))
				return invalid('folds', `a whole number from 2 to ${FOLDS_MAX}`);
			const asked = await trainingAsked(sql, given, effects);
			return asked.ok ? crossValidate({ ...asked.value, folds, onFold }, effects) : asked;
		},
		searchModels: async (sql, { search, onTrial, ...given }) => {
			if (typeof search !== 'object') return invalid('search', 'spaces, a method and a seed');
			const asked = await trainingAsked(sql, given, effects);
			return asked.ok ? searchModels({ ...asked.value, search, onTrial }, effects) : asked;
		},
		goOnTraining: async (run, { rounds, ...options }) => {
			if (typeof run !== 'string') return invalid('run', 'the id of a run');
			if (!(Number.isInteger(rounds) && rounds > 0)) return invalid('rounds', 'how many trees in all');
			return goOnTraining({ run, rounds, ...options }, effects);
		},
		modelEvaluation: async (run) =>
			typeof run === 'string' ? evaluationOf(run, effects) : invalid('run', 'the id of a run'),
		modelDependence: async (run, column, options = {}) => {
			if (typeof run !== 'string') return invalid('run', 'the id of a run');
			if (typeof column !== 'string') return invalid('column', 'the name of a column');
			return modelDependence({ run, column, ...options }, effects);
		},
		registerModel: async (run, name, { description } = {}) => {
			if (typeof run !== 'string') return invalid('run', 'the id of a run');
			if (typeof name !== 'string') return invalid('name', 'a name for the model');
			return registerModel({ run, name, description }, effects);
		},
		removeModelRun: async (run) =>
			typeof run === 'string' ? removeRun(run, effects) : invalid('run', 'the id of a run'),
		bringBackModelRun: async (run) =>
			typeof run === 'string' ? bringRunBack(run, effects) : invalid('run', 'the id of a run'),
		deleteModelRun: async (run) =>
			typeof run === 'string' ? deleteRun(run, effects) : invalid('run', 'the id of a run'),
		readModelFile: async (file) => {
			if (!(file instanceof Blob)) return invalid('file', 'a File or Blob');
			const read = await readModelFile(file);
			if (!read.ok) return read;
			const { signature, repairs, header } = read.value;
			return ok({ signature, repairs, operators: header.operators, metadata: header.metadata });
		},
		importModel: async (name, file, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a name for the model');
			if (!(file instanceof Blob)) return invalid('file', 'a File or Blob');
			const bytes = new Uint8Array(await file.arrayBuffer());
			const imported = await importModel({ name, bytes, ...options }, effects);
			if (!imported.ok) return imported;
			const { version, header } = imported.value;
			const { model, number, onnx, signature, repairs } = version;
			return ok({ model, number, onnx, signature, repairs, operators: header.operators, metadata: header.metadata });
		},
		promoteModel: async (reference, stage, { why = '', margin, force } = {}) => {
			if (typeof reference !== 'string') return invalid('reference', REFERENCE);
			if (!isStage(stage)) return invalid('stage', modelStages.join(', '));
			if (force === true && why.trim() === '') return invalid('why', 'a reason, when gates are passed over');
			return promoteModel({ reference, stage, why, margin, force }, effects);
		},
		rollBackModel: async (name, { why = '' } = {}) =>
			typeof name === 'string' ? rollBackModel({ model: name, why }, effects) : invalid('name', 'the name of a model'),
		setModelAlias: async (name, alias, version) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a model');
			if (typeof alias !== 'string' || !/^[\p{L}][\p{L}\p{N}_-]*$/u.test(alias))
				return invalid('alias', 'a name of letters, digits, _ and -');
			if (version !== null && !Number.isInteger(version)) return invalid('version', 'the number of a version, or null');
			const author = await readAuthor(effects);
			if (!author.ok) return author;
			return effects.models.setAlias(name, alias, version, { who: author.value || null, why: '', atMs: effects.now() });
		},
		predict: async (reference, rows, options = {}) => {
			if (typeof reference !== 'string') return invalid('reference', REFERENCE);
			if (!areRows(rows)) return invalid('rows', 'a list of objects');
			return predictRows({ reference, rows, ...options }, effects);
		},
		exportModel: async (reference, format = 'onnx') => {
			if (typeof reference !== 'string') return invalid('reference', REFERENCE);
			if (!modelFormats.includes(format)) return invalid('format', modelFormats.join(', '));
			const exported = await exportModel({ reference, format }, effects);
			return exported.ok ? ok(exported.value.blob) : exported;
		}
	};
}

/** By the plan that is given, or by the first one of what is there. */
async function trainingAsked<T extends TrainingAsked>(
	sql: string,
	{ target, learner, plan, experiment, ...options }: T,
	effects: Effects
) {
	if (typeof sql !== 'string') return invalid('sql', 'SQL as a string');
	const { signal } = options;
	const planned = plan ? ok({ plan }) : await planTraining({ sql, target: target ?? null, learner, signal }, effects);
	if (!planned.ok) return planned;
	return ok({ ...options, sql, plan: planned.value.plan, experiment: experiment ?? target ?? 'models' });
}

function isStage(value: unknown): value is ModelStage {
	return modelStages.some((stage) => stage === value);
}

function areRows(value: unknown): value is readonly GivenRow[] {
	return Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
}
