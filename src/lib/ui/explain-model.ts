// Every word a person reads about a model that cannot be read, found, served or promoted.
import { explainTraining, isTrainingFailure, type OfTraining } from './explain-training.ts';
import { isOneOf, say, type Explanation } from './explanation.ts';
import { metricName, scoreText } from './models/model-words.ts';
import type { Gate, GatesClosed } from '#core/model/registry/promotion.ts';
import type { RegistryFailure } from '#core/model/registry/registered-model.ts';
import type { ServingFailure } from '#core/onnx/failure.ts';
import type { MisfitColumn } from '#core/onnx/serve-sql.ts';
import { exhaustive } from '#core/result.ts';

type ModelFailure = ServingFailure | RegistryFailure | GatesClosed;

const isOfModels = isOneOf<ModelFailure>({
	'not-onnx': true,
	'unsupported-onnx': true,
	'onnx-refused': true,
	'onnx-failed': true,
	'onnx-crashed': true,
	'model-input-mismatch': true,
	'invalid-model-name': true,
	'unknown-model': true,
	'unknown-model-version': true,
	'unknown-model-run': true,
	'model-run-unfinished': true,
	'nothing-to-roll-back': true,
	'damaged-model': true,
	'training-version-gone': true,
	'model-in-production': true,
	'artifact-name-taken': true,
	'unknown-artifact': true,
	'training-interrupted': true,
	'model-null-not-allowed': true,
	'gates-closed': true
});

export function isModelFailure(failure: { readonly kind: string }): failure is ModelFailure | OfTraining {
	return isOfModels(failure) || isTrainingFailure(failure);
}

export function explainModel(failure: ModelFailure | OfTraining): Explanation {
	if (isTrainingFailure(failure)) return explainTraining(failure);
	switch (failure.kind) {
		case 'not-onnx':
			return say(
				'This is no whole ONNX model',
				`It cannot be read: ${failure.reason}.`,
				'Choose an ONNX file; if it is one, copy it once more, since it may be cut off.'
			);
		case 'unsupported-onnx':
			return say(
				'This model cannot be served here',
				`It has ${failure.what}, which Weir does not serve.`,
				'Export it again with opset 17 and ai.onnx.ml 3, in one file, with one column or one matrix an input.'
			);
		case 'onnx-refused':
			return refusedWords(failure.reason);
		case 'onnx-failed':
			return say(
				'The model failed on these rows',
				failure.reason,
				'Look whether the columns are what it was trained on.'
			);
		case 'onnx-crashed':
			return say('The thread of the models stopped', `${failure.reason}. Nothing was kept.`, 'Try again.');
		case 'model-input-mismatch':
			return say(
				`The rows are not what ${failure.model} takes`,
				`${failure.columns.map(misfitWords).join('; ')}.`,
				'Rename or cast the columns, or name them in the order of the model: predict(model, a, b, …).'
			);
		case 'invalid-model-name':
			return say(
				`A model cannot be called "${failure.name}"`,
				'A name has letters, digits, spaces, _, - and ., at most 80.',
				'Choose another name.'
			);
		case 'unknown-model':
			return say(
				`There is no model called ${failure.model}`,
				failure.known.length > 0 ? `There are ${failure.known.join(', ')}.` : 'No model is registered yet.',
				'Train one or import a file on the page of models.'
			);
		case 'unknown-model-version':
			return say(
				`${failure.model} has no version ${failure.version}`,
				'A version is named by its number, an alias, or a stage.',
				'See its versions on the page of models.'
			);
		case 'unknown-model-run':
			return say(
				'There is no such training run',
				`Its id would be ${failure.run}.`,
				'See the runs on the page of models.'
			);
		case 'model-run-unfinished':
			return say(
				'This run has made no model',
				'It was cancelled, failed, or still goes on.',
				'Choose a run that has ended.'
			);
		case 'nothing-to-roll-back':
			return say(
				`${failure.model} has nothing to go back to`,
				'No other version of it was in Production before.',
				'Promote the version that is to serve.'
			);
		case 'damaged-model':
			return say(
				`The file of ${failure.model} is damaged`,
				'Its bytes are not those that were registered.',
				'Import or train it again, or restore a backup.'
			);
		case 'training-version-gone':
			return say(
				'The rows that it learnt from are not here any more',
				`Of ${failure.dataset || 'a dataset'}, the version that it learnt from was let go or removed.`,
				'Train it again on rows that are here, or restore a backup.'
			);
		case 'artifact-name-taken':
			return say(
				`${failure.name} is what the run made itself`,
				'It stays as it is.',
				'Choose another name for the file.'
			);
		case 'unknown-artifact':
			return say(
				`The run has no file called ${failure.name}`,
				failure.known.length > 0 ? `It has ${failure.known.join(', ')}.` : 'It has none.',
				'Choose one of these.'
			);
		case 'training-interrupted':
			return say('Its page was closed while it trained', 'What it had learnt by then is lost.', 'Train it again.');
		case 'model-null-not-allowed':
			return say(
				`${failure.column} has missing values`,
				`${failure.model} takes a whole number or truth value there, which has no word for what is missing.`,
				'Fill them first, as in coalesce(column, 0), or leave those rows out.'
			);
		case 'model-in-production':
			return say(
				`${failure.model} v${failure.version} is in Production`,
				'Whatever asks the model by its name gets the answers of this version.',
				'Promote another version or archive it first.'
			);
		case 'gates-closed':
			return say(
				`${failure.model} is not ready for Production`,
				failure.gates
					.filter(({ outcome }) => outcome !== 'passed')
					.map(gateWords)
					.join(' '),
				'Train it again, or promote it in spite of that with a reason.'
			);
		default:
			return exhaustive(failure);
	}
}

/** A gate and what was found, as one sentence. */
export function gateWords({ gate, outcome, facts }: Gate): string {
	if (outcome === 'not-known') return `${gateNames[gate]}: not known, since ${facts['reason'] ?? 'nothing was found'}.`;
	const verdict = outcome === 'passed' ? 'yes' : 'no';
	switch (gate) {
		case 'beats-champion':
			return facts['metric'] === undefined
				? `${gateNames[gate]}: ${verdict}, nothing is in Production.`
				: `${gateNames[gate]}: ${verdict}, ${metricName(String(facts['metric']))} is ${shown(facts['challenger'])} against ${shown(facts['champion'])}${marginWords(facts['margin'])}.`;
		case 'same-predictions':
			return `${gateNames[gate]}: ${verdict}, ${
				facts['reason'] ?? `${facts['different'] ?? 0} of ${facts['rows'] ?? 0} rows differ`
			}.`;
		case 'schema-matches':
			return `${gateNames[gate]}: ${verdict}, ${facts['reason'] ?? facts['columns'] ?? ''}${outcome === 'passed' ? ' columns' : ''}.`;
		default:
			return exhaustive(gate);
	}
}

export const gateNames: Readonly<Record<Gate['gate'], string>> = {
	'beats-champion': 'Better than the version in Production',
	'same-predictions': 'The ONNX file predicts what the trainer does',
	'schema-matches': 'The data still has its columns'
};

function marginWords(margin: string | number | null | undefined): string {
	return typeof margin === 'number' && margin > 0 ? `, and has to be better by ${scoreText(margin)}` : '';
}

function shown(value: string | number | null | undefined): string {
	return typeof value === 'number' ? scoreText(value) : (value ?? '');
}

const kinds: Readonly<Record<MisfitColumn['wanted'], string>> = {
	number: 'a number',
	whole: 'a whole number',
	boolean: 'true or false',
	date: 'a date or time',
	text: 'a text'
};

/** Its own words, but for what is refused most. */
function refusedWords(reason: string): Explanation {
	const [, operator] = /No Op registered for (\S+)/.exec(reason) ?? [];
	return operator === undefined
		? say('The runtime refused the model', reason, 'Export it again, and import the new file.')
		: say(
				'The runtime cannot do what the model asks for',
				`It has the operator ${operator}, which ONNX Runtime does not know.`,
				'Export it with the operators of ONNX and ai.onnx.ml alone, and import the new file.'
			);
}

function misfitWords({ name, wanted, found }: MisfitColumn): string {
	return found === null ? `${name} (${kinds[wanted]}) is missing` : `${name} must be ${kinds[wanted]}, and is ${found}`;
}
