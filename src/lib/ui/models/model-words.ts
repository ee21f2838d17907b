// How metrics, stages and runs of models are said, and their numbers as people read them.
import type { ArtifactName, ModelRun, ModelStage, RunValue } from '#core/model/registry/model-run.ts';
import type { SignatureColumn } from '#core/onnx/signature.ts';
import type { ModelEvent } from '#core/model/registry/registered-model.ts';
import type { Repair } from '#core/onnx/repair.ts';
import type { StateWords } from '../pipelines/run-words.ts';

const metricNames: Readonly<Record<string, string>> = {
	r2: 'R²',
	rmse: 'Root mean squared error',
	mae: 'Mean absolute error',
	medianError: 'Median absolute error',
	bias: 'Bias',
	maxError: 'Greatest error',
	auc: 'ROC AUC',
	averagePrecision: 'Average precision',
	macroAuc: 'ROC AUC, mean of the classes',
	macroF1: 'F1, mean of the classes',
	accuracy: 'Accuracy',
	precision: 'Precision',
	recall: 'Recall',
	f1: 'F1',
	mcc: 'Matthews correlation',
	logLoss: 'Log loss',
	brier: 'Brier score',
	calibrationError: 'Calibration error'
};

/** `r2` as `R²`; what is not known stays as it is. */
export function metricName(metric: string): string {
	return metricNames[metric] ?? metric;
}

/** Four digits that count. */
export function scoreText(value: number | null | undefined): string {
	if (value === null || value === undefined || Number.isNaN(value)) return 'none';
	return value.toLocaleString('en', { maximumSignificantDigits: 4 }).replace('-', '−');
}

export function shareText(share: number): string {
	return `${(100 * share).toLocaleString('en', { maximumFractionDigits: share < 0.1 ? 1 : 0 }).replace('-', '−')} %`;
}

/** Why nothing tells how good a model is. */
export function untestedText(params: Readonly<Record<string, RunValue>>): string {
	const why =
		params['test_share'] === 0 ? 'No rows were held out' : 'There were too few rows of a kind to hold any of them out';
	return `${why}, so nothing tells how good it is.`;
}

/** Which rows a run held out, by its parameters. */
export function heldOutText(params: Readonly<Record<string, RunValue>>): string {
	const { split, test_share: share, split_column: column, target, seed, folds, fold } = params;
	if (folds !== undefined) {
		const which =
			fold === undefined
				? `Each of ${String(folds)} parts of the rows in turn`
				: `Part ${String(fold)} of ${String(folds)} of the rows`;
		const order = split === 'time' ? `, by ${String(column)}, after the rows before it` : ` (seed ${String(seed)})`;
		return `${which}${order}`;
	}
	const part = typeof share === 'number' ? shareText(share) : 'A part';
	if (split === 'time') return `The latest ${part} of the rows, by ${String(column)}`;
	if (split === 'group') return `${part} of the rows, in whole groups of ${String(column)} (seed ${String(seed)})`;
	if (split === 'stratified')
		return `${part} of the rows, with each ${String(target)} in its share (seed ${String(seed)})`;
	return `${part} of the rows, drawn at random (seed ${String(seed)})`;
}

/** How far a search or a cross-validation is. */
export function partsText(
	{ done, of }: { readonly done: number; readonly of: number },
	{ params }: Pick<ModelRun, 'params'>
): string {
	const part = params['search'] === undefined ? 'fold' : 'trial';
	return `${done.toLocaleString('en')} of ${of.toLocaleString('en')} ${of === 1 ? part : `${part}s`} done.`;
}

export function valueText(value: RunValue | undefined): string {
	if (value === null || value === undefined) return 'none';
	return typeof value === 'number' ? scoreText(value) : String(value);
}

/** Parameters of a run as they are listed. */
export function paramFacts({ params }: Pick<ModelRun, 'params'>): readonly (readonly [string, string])[] {
	return Object.entries(params).map(([name, value]) => [name, valueText(value)]);
}

export const runStates: Readonly<Record<ModelRun['state'], StateWords>> = {
	running: { word: 'running', tone: 'busy' },
	finished: { word: 'finished', tone: 'good' },
	failed: { word: 'failed', tone: 'bad' },
	cancelled: { word: 'cancelled', tone: 'off' }
};

export const artifactWords: Readonly<Record<ArtifactName, string>> = {
	onnx: 'serves',
	model: 'what the trainer keeps of it',
	evaluation: 'what held-out rows showed',
	examples: 'rows with its answers',
	profile: 'a sketch of the rows it learnt from'
};

export const stageWords: Readonly<Record<ModelStage, StateWords>> = {
	None: { word: 'None', tone: 'wait' },
	Staging: { word: 'Staging', tone: 'next' },
	Production: { word: 'Production', tone: 'good' },
	Archived: { word: 'Archived', tone: 'off' }
};

/** What was done, as a sentence without its end. */
export function eventText({ kind, number, from, to }: ModelEvent): string {
	switch (kind) {
		case 'registered':
			return `v${number} was registered`;
		case 'imported':
			return `v${number} was imported`;
		case 'stage':
			return `v${number} went from ${from ?? 'None'} to ${to ?? 'None'}`;
		case 'rolled-back':
			return `v${number} went from ${from ?? 'None'} to ${to ?? 'None'}, as a roll-back`;
		case 'alias':
			return to === null
				? `${from ?? 'an alias'} was taken away`
				: `v${number} is ${to}${from === null ? '' : `, before ${from}`}`;
		case 'labels':
			return to === null ? `its labels were forgotten: ${from ?? ''}` : `it is judged by ${to}`;
		case 'removed':
			return `v${number} was removed`;
		case 'brought-back':
			return `v${number} was brought back`;
		case 'deleted':
			return `v${number} was deleted for good`;
	}
}

export const kindWords: Readonly<Record<SignatureColumn['kind'], string>> = {
	number: 'a number',
	whole: 'a whole number',
	boolean: 'true or false',
	date: 'a date or time',
	text: 'a text'
};

/** What was mended of a file when it was imported; empty where nothing was. */
export function repairText(repairs: readonly Repair[]): string {
	const words = repairs.map((repair) =>
		repair.kind === 'zip-map-dropped'
			? `the ZipMap behind ${repair.output} was taken out`
			: `${repair.count} ${repair.count === 1 ? 'node' : 'nodes'} with a name that others have got another`
	);
	return words.join(', ');
}
