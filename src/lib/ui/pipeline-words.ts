// Every word about what is wrong with the text of a pipeline: what, and what to do next. Its place is told before it.
import type { PipelineProblem } from '#core/pipeline/problem.ts';
import { problemWords as recipeWords } from './explain-recipe.ts';
import { list, proposal, say, textWords, type ProblemWords } from './text-words.ts';

export function problemWords(problem: PipelineProblem): ProblemWords {
	switch (problem.code) {
		case 'yaml-syntax':
		case 'empty-text':
		case 'too-long':
		case 'missing-key':
		case 'unknown-key':
		case 'wrong-type':
		case 'not-allowed':
		case 'out-of-range':
			return textWords(problem, {
				begin: 'Begin with a name and a list of steps.',
				shorten: (limit) => `A pipeline has at most ${limit}; split it into several and call them from one.`
			});
		case 'bad-id':
			return say(
				`“${problem.value}” cannot be a name here`,
				'Begin with a letter, and go on with letters, digits, _ and -; at most 64.'
			);
		case 'bad-duration':
			return say(`“${problem.value}” is no length of time`, 'Write a number and its unit: 500ms, 10s, 5m, 2h or 1d.');
		case 'bad-dataset-name':
			return say(
				`“${problem.value}” cannot name a dataset`,
				'Use at most 100 characters, without @ and without spaces at its ends.'
			);
		case 'duplicate-id':
			return say(
				`There is a step ${problem.id} already, in line ${problem.firstLine}`,
				'Give one of them another id; ids are compared without case.'
			);
		case 'unknown-step':
			return say(`There is no step ${problem.id} here`, proposal(problem.nearest, 'Name a step of the same list.'));
		case 'cycle':
			return say(`Steps wait for each other: ${problem.steps.join(' → ')}`, 'Take one of these needs away.');
		case 'one-of':
			return say(
				problem.given.length === 0
					? `One of ${list(problem.keys)} is missing`
					: `${list(problem.given)} cannot stand together`,
				`Keep one of ${list(problem.keys)}.`
			);
		case 'not-behind-branch':
			return say(
				`${problem.step} does not wait for the branch ${problem.branch}`,
				`Add ${problem.branch} to the needs of ${problem.step}.`
			);
		case 'not-a-check':
			return say(`${problem.id} is no check, and has no verdict`, 'Name a step of kind check.');
		case 'nothing-chosen':
			return say(`The branch ${problem.branch} lets no step go on`, 'Name steps in then, passed or else.');
		case 'unknown-reference':
			return say(
				`Nothing is called ${problem.name} here`,
				proposal(problem.nearest, 'Declare it under params or env.')
			);
		case 'open-reference':
			return say('A ${{ is not closed', 'Close it with }}.');
		case 'reference-in-quotes':
			return say(
				`${problem.name} stands inside quotes or a comment`,
				'Take the quotes away: the value is put in as a value of its type, with no need of quotes.'
			);
		case 'bad-value':
			return say(
				`“${problem.value}” is no ${problem.type}`,
				`Write a ${problem.type}, or give ${problem.name} another type.`
			);
		case 'bad-cron':
			return say(
				`This is no cron pattern: ${problem.reason}`,
				'Write five fields: minute, hour, day of month, month and day of week, such as 0 6 * * 1-5.'
			);
		case 'bad-time-zone':
			return say(`There is no time zone ${problem.value}`, 'Use a name such as UTC or Europe/Berlin.');
		case 'same-output':
			return say(
				`The step ${problem.other} writes ${problem.dataset} too`,
				'Let each step write a dataset of its own.'
			);
		case 'one-output-for-all':
			return say(`Every item would write ${problem.dataset}`, 'Put the item into the name, such as sales_${{ item }}.');
		case 'reads-before-made':
			return say(
				`${problem.dataset} is made by the step ${problem.maker}, which may not have run yet`,
				`Add ${problem.maker} to its needs.`
			);
		case 'watches-itself':
			return say(
				`${problem.dataset} is made by this pipeline, which would start itself for ever`,
				'Watch a dataset that it only reads.'
			);
		case 'recipe-step': {
			const { title, next } = recipeWords(problem.problem);
			return say(title, next);
		}
		case 'bad-function':
			return say('The function is not complete', `Write ${problem.expected} here.`);
		case 'unknown-sample':
			return say(`There is no sample ${problem.value}`, proposal(problem.nearest, 'See the samples in the catalogue.'));
	}
}

/** One line: place, what, next. */
export function problemLine(problem: PipelineProblem): string {
	const { what, next } = problemWords(problem);
	return `Line ${problem.line}, column ${problem.column}: ${what}. ${next}`;
}
