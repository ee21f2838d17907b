// Every word a person reads about a pipeline or a run that failed: what happened, and what to do next.
import type { PipelineFailure } from '#core/pipeline/failure.ts';
import type { EditFailure } from '#core/pipeline/edit-pipeline.ts';
import { problemLine } from './pipeline-words.ts';
import { say, type Explanation } from './explanation.ts';

export function explainPipeline(failure: PipelineFailure): Explanation {
	switch (failure.kind) {
		case 'invalid-pipeline': {
			const [first, ...others] = failure.problems;
			return say(
				'The pipeline cannot be read',
				first ? problemLine(first) : '',
				others.length > 0 ? `Then mend ${others.length} more.` : 'Mend it, and save again.'
			);
		}
		case 'missing-parameter':
			return say(
				`The parameter ${failure.name} is missing`,
				`It is a ${failure.type}, and has no default.`,
				'Give it a value when you run the pipeline.'
			);
		case 'unknown-parameter':
			return say(
				`There is no parameter ${failure.name}`,
				failure.known.length > 0 ? `There are ${failure.known.join(', ')}.` : 'The pipeline has none.',
				'Leave it out, or declare it under params.'
			);
		case 'parameter-of-wrong-type':
			return say(
				`The parameter ${failure.name} is no ${failure.type}`,
				'Dates are written 2001-02-28, timestamps 2001-02-28 12:00:00.',
				`Give it a ${failure.type}.`
			);
		case 'unknown-pipeline':
			return say(`There is no pipeline ${failure.name}`, 'Nothing is saved under that name.', 'Save it first.');
		case 'unknown-environment':
			return say(
				`There is no environment ${failure.name}`,
				failure.known.length > 0 ? `There are ${failure.known.join(', ')}.` : 'The pipeline has none.',
				'Choose one of them, or declare it under environments.'
			);
		case 'pipeline-busy':
			return say(
				`${failure.name} is running already`,
				'It says that one run at a time is enough, and that others are left out.',
				'Wait for it to end, or cancel it.'
			);
		case 'unknown-run':
			return say('There is no such run', 'Only the newest 500 of a pipeline are kept.', 'See the list of runs.');
		case 'unknown-step':
			return say(`There is no step ${failure.step}`, `There are ${failure.known.join(', ')}.`, 'Choose one of them.');
		case 'no-partitions':
			return say(
				`${failure.name} has no partitions`,
				'Nothing says what one run of many is for.',
				'Declare partitions in its text.'
			);
		case 'not-missed':
			return say(
				`No run of ${failure.name} is missing for ${new Date(failure.nominalMs).toISOString().slice(0, 16)}Z`,
				'It ran meanwhile, was let go, or was never due.',
				'See what its schedule missed.'
			);
		case 'unknown-breaker':
			return say(`${failure.source} has no breaker`, 'Nothing has failed there yet.', 'See the list of breakers.');
		case 'unknown-folder':
			return say(
				`No folder ${failure.folder} is watched`,
				'Its name is given to no folder.',
				'Choose the folder once more.'
			);
		case 'folder-not-allowed':
			return say(
				`The browser does not show the folder ${failure.folder}`,
				'It asks again after a while, and only a person can answer.',
				'Choose the folder once more.'
			);
		case 'folder-unreadable':
			return say(
				`The folder ${failure.folder} cannot be read`,
				`The browser says ${failure.reason}: it, or a file of it, was moved or taken away.`,
				'Choose the folder once more.'
			);
		case 'check-failed':
			return say(
				`The check ${failure.step} failed`,
				failure.assertions.length > 1
					? `These do not hold: ${failure.assertions.join(', ')}.`
					: 'Its condition does not hold.',
				'Look at the rows it is about.'
			);
		case 'model-test-failed':
			return say(
				`Tests of ${failure.step} fail: ${failure.tests.join(', ')}`,
				'The step was not run; its output is as it was.',
				'Look at the rows that differ, and mend the step or the test.'
			);
		case 'no-fixture':
			return say(
				`The test has no rows for ${failure.table}`,
				'A test reads nothing that is stored.',
				`Add ${failure.table} under given; an empty list is no rows.`
			);
		case 'no-condition':
			return say(
				`The condition of ${failure.step} is not one true or false`,
				`It gave ${failure.rowCount} rows of ${failure.columnCount} columns.`,
				'Write a query of one row and one column, such as SELECT count(*) > 0 FROM flights.'
			);
		case 'too-many-items':
			return say(
				'There are too many items',
				`The query gave ${failure.count}; a step runs for at most ${failure.limit}.`,
				'Make the query give fewer rows.'
			);
		case 'source-open':
			return say(
				`${failure.source} is left alone for a while`,
				`It failed several times in a row${failure.lastFailure === null ? '' : ` (${failure.lastFailure})`}.`,
				'Wait, or reset its breaker.'
			);
		case 'timed-out':
			return say(
				'It took too long',
				`It was given up after ${failure.timeoutMs / 1000} s.`,
				'Give it a longer timeout.'
			);
		case 'fault-injected':
			return say(
				`The step ${failure.step} failed as it was told to`,
				`Its attempt ${failure.attempt} was given a fault.`,
				'Run it without faults.'
			);
		case 'interrupted-too-often':
			return say(
				'The page was closed each time it ran',
				`That was ${failure.times} times; it may take the page down with it.`,
				'Make the step smaller, then replay the run.'
			);
		case 'child-run-failed':
			return say('The pipeline it runs failed', `Its run is ${failure.run}.`, 'See that run.');
		case 'pipeline-in-itself':
			return say('A pipeline runs itself', failure.path.join(' → '), 'Take one of these steps away.');
		case 'unknown-reference':
			return say(
				`Nothing is called ${failure.name}`,
				'The item or value has no such name.',
				'See what the query of the items gives.'
			);
	}
}

/** Why an edit on the canvas was not made. */
export function explainEdit(failure: EditFailure): Explanation {
	switch (failure.kind) {
		case 'not-yaml':
			return say('The text is not YAML now', 'The canvas shows it as it was last.', 'Mend it as text first.');
		case 'unknown-step':
			return say(`There is no step ${failure.step}`, `There are ${failure.known.join(', ')}.`, 'Choose one of them.');
		case 'last-step':
			return say(`${failure.step} is the only step`, 'A pipeline has at least one.', 'Add another one first.');
		case 'id-taken':
			return say(`There is a step ${failure.id} already`, 'Ids are compared without case.', 'Choose another id.');
		case 'shared-text':
			return say(
				'This can only be edited as text',
				'Other parts of the text share what would change, or it is written in a way that the canvas does not know.',
				'Edit it in the text.'
			);
	}
}
