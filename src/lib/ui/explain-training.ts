// Every word a person reads about a training that could not begin or go on.
import { bytesText } from './amounts.ts';
import { say, type Explanation } from './explanation.ts';
import type { TrainingFailure } from '#core/failure.ts';
import { exhaustive } from '#core/result.ts';

/** Told elsewhere: it is of every query too. */
export type OfTraining = Exclude<TrainingFailure, { readonly kind: 'unknown-column' }>;

const count = (value: number): string => value.toLocaleString('en');

const kinds: Readonly<Record<OfTraining['kind'], true>> = {
	'not-numeric': true,
	'too-many-categories': true,
	'too-few-rows': true,
	'too-few-groups': true,
	'target-not-numeric': true,
	'one-class': true,
	'too-many-classes': true,
	'no-features': true,
	'no-target': true,
	'target-is-feature': true,
	'missing-values': true,
	'option-out-of-range': true,
	'monotone-quantile': true,
	'monotone-category': true,
	'other-rows': true,
	'cannot-go-on': true,
	'negative-counts': true,
	'too-many-clusters': true,
	'endless-grid': true,
	'too-many-trials': true,
	'empty-space': true,
	'broken-model': true,
	'broken-arrow': true,
	'model-crashed': true,
	'rows-too-large': true
};

export function isTrainingFailure(failure: { readonly kind: string }): failure is OfTraining {
	return Object.hasOwn(kinds, failure.kind);
}

export function explainTraining(failure: OfTraining): Explanation {
	switch (failure.kind) {
		case 'not-numeric':
			return say(`${failure.column} is no number`, 'It has texts.', 'Use it as a category, or leave it out.');
		case 'too-many-categories':
			return say(
				`${failure.column} has too many different texts`,
				`There are ${count(failure.found)}; a category may have ${count(failure.max)}.`,
				'Leave it out, or group its values in the query.'
			);
		case 'too-few-rows':
			return say(
				'There are too few rows',
				`${count(failure.rowCount)} can be used, of at least ${count(failure.needed)}. One that lacks what is to be learnt does not count.`,
				'Train on more rows, or learn another column.'
			);
		case 'too-few-groups':
			return say(
				'There are too few groups',
				`${count(failure.groupCount)} of at least ${count(failure.needed)}.`,
				'Split by another column.'
			);
		case 'target-not-numeric':
			return say(
				`${failure.column} is no number`,
				'A regression learns numbers.',
				'Learn it as classes, or choose another column.'
			);
		case 'one-class':
			return say(
				`${failure.column} has nothing to tell apart`,
				failure.found === 0 ? 'All its values are missing.' : 'It has the same value in every row.',
				'Choose another column to learn.'
			);
		case 'too-many-classes':
			return say(
				`${failure.column} has too many classes`,
				`There are ${count(failure.found)}; a model tells ${count(failure.max)} apart.`,
				'Group its values in the query, or learn it as a number.'
			);
		case 'no-features':
			return say('There is nothing to learn from', 'No column is used.', 'Choose at least one column.');
		case 'no-target':
			return say('It is not said what to learn', 'This learner needs a column.', 'Choose the column to learn.');
		case 'target-is-feature':
			return say(
				`${failure.column} would tell itself`,
				'What is learnt cannot be learnt from.',
				'Leave it out of the columns.'
			);
		case 'missing-values':
			return say(
				`${failure.column} has missing values`,
				'This learner needs every value.',
				'Fill them with the mean or the median.'
			);
		case 'option-out-of-range':
			return say(
				`${failure.option} cannot be that`,
				`It is from ${failure.min} to ${failure.max}.`,
				'Choose a value in between.'
			);
		case 'monotone-quantile':
			return say(
				'Quantiles cannot be held to a direction',
				'Their leaves are set from rows.',
				'Learn squared errors, or free the columns.'
			);
		case 'monotone-category':
			return say('A category has no direction', 'Only numbers rise or fall.', 'Free that column.');
		case 'other-rows':
		case 'cannot-go-on':
			return say(
				'The training cannot go on from there',
				'It began on other rows, or with other columns.',
				'Begin anew.'
			);
		case 'negative-counts':
			return say('A count cannot be negative', 'This loss learns counts.', 'Learn squared errors instead.');
		case 'too-many-clusters':
			return say(
				'There are more clusters than rows',
				`${count(failure.clusters)} of ${count(failure.rowCount)} rows.`,
				'Ask for fewer.'
			);
		case 'endless-grid':
			return say(
				`A grid of ${failure.parameter} has no end`,
				'It may be any number.',
				'Name its values, or draw them at random.'
			);
		case 'too-many-trials':
			return say(
				'The search has too many trials',
				`${count(failure.trials)}; there may be ${count(failure.max)}.`,
				'Name fewer values, or draw them at random.'
			);
		case 'empty-space':
			return say(
				'There is nothing to try',
				`${failure.parameter || 'The search'} has no values.`,
				'Name at least one.'
			);
		case 'broken-model':
			return say('The kept model cannot be read', failure.reason, 'Train it again.');
		case 'broken-arrow':
			return say('The rows cannot be read', failure.reason, 'Try again.');
		case 'model-crashed':
			return say(
				'The thread of the training stopped',
				`${failure.reason}. Nothing was kept of it.`,
				'Try again, with fewer rows if it happens once more.'
			);
		case 'rows-too-large':
			return say(
				'The rows are too many for one training',
				`They take ${bytesText(failure.sizeBytes)}.`,
				'Train on a sample, or on fewer columns.'
			);
		default:
			return exhaustive(failure);
	}
}
