// Every word a person reads about a suite that cannot be read, a check that could not be evaluated, and missing statistics.
import type { AlertFailure } from '#core/alert/failure.ts';
import type { LeftColumn, NothingToTellRowsApart } from '#core/check/anomaly/forest-columns.ts';
import type { ImportSuiteFailure, LeftOut } from '#core/check/exchange.ts';
import type { InvalidSuite, SuiteProblem } from '#core/check/parse-suite.ts';
import type { StatisticsFailure } from '#core/check/statistics/failure.ts';
import type { EvaluationProblem } from '#core/check/verdict.ts';
import { explainAlert } from './explain-alert.ts';
import { list, proposal, say, textWords, type ProblemWords } from './text-words.ts';
import type { Explanation } from './explanation.ts';

export function explainCheck(
	failure: InvalidSuite | ImportSuiteFailure | StatisticsFailure | NothingToTellRowsApart | AlertFailure
): Explanation {
	switch (failure.kind) {
		case 'invalid-alert':
		case 'unknown-alert':
			return explainAlert(failure);
		case 'invalid-suite': {
			const [first, ...others] = failure.problems;
			return {
				title: 'The suite cannot be read',
				detail: first ? suiteProblemLine(first) : '',
				next: others.length > 0 ? `Then mend ${others.length} more.` : 'Mend it, and save again.'
			};
		}
		case 'unreadable-suite':
			return {
				title: `This is no ${importNames[failure.format]}`,
				detail: `${failure.reason}.`,
				next: 'Choose the JSON of a suite of Great Expectations, or a data contract as YAML or JSON.'
			};
		case 'check-crashed':
			if (failure.work === 'rows')
				return {
					title: 'The search for unusual rows could not be finished',
					detail: `The worker that scores them stopped: ${failure.reason}.`,
					next: 'Look again, with fewer columns where there are many.'
				};
			return {
				title: 'The statistics could not be finished',
				detail: `The worker that reads them stopped: ${failure.reason}. What it had read is kept.`,
				next: 'Ask for them again; they go on where they stopped.'
			};
		case 'no-baseline':
			return {
				title: `There is nothing to compare ${failure.dataset} with`,
				detail: 'No version is pinned as its baseline, and none comes before this one.',
				next: 'Pin a version that you trust, or choose two versions to compare.'
			};
		case 'nothing-to-tell-rows-apart':
			return {
				title: 'No column tells rows apart',
				detail: failure.left.slice(0, 5).map(leftColumnWords).join('; '),
				next: 'Choose columns with numbers, or with texts of few values.'
			};
	}
}

const importNames = {
	'great-expectations': 'suite of Great Expectations',
	odcs: 'data contract of version 3',
	unknown: 'suite or data contract'
} as const;

/** Why unusual rows are not looked for in a column. */
export function leftColumnWords({ name, reason }: LeftColumn): string {
	return `${name} ${leftColumnReasons[reason]}`;
}

const leftColumnReasons: Readonly<Record<LeftColumn['reason'], string>> = {
	'no-numbers': 'has no numbers',
	key: 'is the key',
	time: 'is a time',
	'one-value': 'has one value',
	'many-values': 'has too many different texts',
	'row-number': 'counts the rows'
};

export function suiteProblemWords(problem: SuiteProblem): ProblemWords {
	switch (problem.code) {
		case 'unknown-expectation':
			return say(
				`There is no expectation ${problem.name}`,
				proposal(problem.nearest, 'Choose one of the list of expectations.')
			);
		case 'no-expectation':
			return say('This check has no expectation', 'Write one, such as expect_column_values_to_not_be_null.');
		case 'two-expectations':
			return say(`${list(problem.names)} cannot stand in one check`, 'Give each a check of its own.');
		case 'name-taken':
			return say(
				`There is a check ${problem.name} already, in line ${problem.firstLine}`,
				'Give one of them another name; names are compared without case.'
			);
		case 'bad-condition':
			return say('The row condition cannot be read', `Write ${problem.expected}.`);
		default:
			return textWords(problem, {
				begin: 'Begin with a list of checks.',
				shorten: (limit) => `A suite has at most ${limit}; split it into several.`
			});
	}
}

/** One line: place, what, next. */
export function suiteProblemLine(problem: SuiteProblem): string {
	const { what, next } = suiteProblemWords(problem);
	return `Line ${problem.line}, column ${problem.column}: ${what}. ${next}`;
}

/** Why a check is neither passed nor failed. */
export function evaluationWords(problem: EvaluationProblem): ProblemWords {
	switch (problem.code) {
		case 'unknown-column':
			return say(`There is no column ${problem.column}`, proposal(problem.nearest, 'See the columns of the version.'));
		case 'wrong-type':
			return say(
				`${problem.column} is ${problem.type}`,
				`The expectation needs ${problem.expected}. Change the type of the column, or choose another expectation.`
			);
		case 'wrong-value':
			return say(`${problem.value} cannot be ${problem.parameter}`, `Write ${problem.expected}.`);
		case 'unknown-dataset':
			return say(`There is no dataset ${problem.dataset}`, 'See the datasets in the catalogue.');
		case 'no-baseline':
			return problem.reference === null
				? say('There is no baseline to compare with', 'Pin a version that you trust, or name one in the check.')
				: say(
						`There is no version ${problem.reference} to compare with`,
						'Name one of the history, such as v2 or a tag.'
					);
		case 'not-in-baseline':
			return say(
				`The baseline has no column ${problem.column} of this kind`,
				'Pin a version that has it, or choose another column.'
			);
		case 'engine':
			return say(`The engine says: ${problem.message}`, 'Correct the pattern, condition or query of the check.');
		case 'function':
			return say(`The function failed: ${problem.reason}`, 'Correct the function of the check.');
	}
}

/** What an import or export left out, and why. */
export function leftOutWords({ at, reason, what }: LeftOut): string {
	return `${at}: ${leftReasons[reason]} (${what})`;
}

const leftReasons: Readonly<Record<LeftOut['reason'], string>> = {
	'unknown-expectation': 'there is no such expectation here',
	'wrong-parameters': 'its parameters cannot be read, or are not known here',
	'no-such-expectation-there': 'the other side has no such expectation',
	'not-a-check': 'it says nothing that can be checked',
	'other-object': 'it is another object, and a suite of its own',
	'other-engine': 'it is for another engine',
	disabled: 'it is disabled',
	changed: 'it was changed',
	'not-expressible': 'the other side has no place for it'
};
