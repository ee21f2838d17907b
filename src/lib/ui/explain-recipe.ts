// The words for what is wrong with a recipe: what, where in its text, and what to do next.
import { exhaustive } from '#core/result.ts';
import type { JoinUnexpected } from '#core/transform/join-unexpected.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Problem, ProblemFacts, RecipeProblems } from '#core/transform/problem.ts';

type Words = { readonly title: string; readonly next: string };

export function explainProblems({ problems }: RecipeProblems) {
	const [first] = problems;
	const detail = problems.map(
		(problem) => `Line ${problem.line}, column ${problem.column}: ${problemWords(problem).title}`
	);
	return {
		title: problems.length === 1 ? 'The recipe has a problem' : `The recipe has ${problems.length} problems`,
		detail: detail.join('\n'),
		next: first ? problemWords(first).next : ''
	};
}

export function explainJoin({ step, side, expected, columns, repeated, example }: JoinUnexpected) {
	const keys = columns.join(', ');
	return {
		title: `Step ${step + 1} is not ${expected}`,
		detail: `${repeated.toLocaleString('en')} ${repeated === 1 ? 'value' : 'values'} of ${keys} ${repeated === 1 ? 'is' : 'are'} there more than once on the ${side === 'left' ? 'left' : 'right'} side, for example ${example}. Nothing was stored.`,
		next: `Deduplicate by ${keys} first, join by more columns, or expect another cardinality.`
	};
}

export function explainDocument(failure: Extract<StoreFailure, { kind: 'document-taken' | 'unknown-document' }>) {
	const { document, name } = failure;
	if (failure.kind === 'document-taken')
		return {
			title: `There is a ${document} ${name} already`,
			detail: 'Names are compared without case.',
			next: 'Choose another name.'
		};
	if (failure.at === null)
		return {
			title: `There is no ${document} ${name}`,
			detail: 'It may have been renamed or removed.',
			next: `See the list of ${document}s, or undo.`
		};
	return {
		title: `The ${document} ${name} has no version ${failure.at}`,
		detail: 'Versions are v1, v2… from the oldest, the first eight characters of an id, or a time.',
		next: 'See its history.'
	};
}

export function problemWords(problem: ProblemFacts | Problem): Words {
	switch (problem.what) {
		case 'yaml':
			return say(`This is not YAML: ${problem.reason}`, 'Mend the text at the marked place.');
		case 'unknown-key':
			return say(
				`There is no key ${problem.key} here`,
				problem.nearest === null ? `Keys here are ${problem.known.join(', ')}.` : `Did you mean ${problem.nearest}?`
			);
		case 'missing-key':
			return say(`${problem.key} is missing`, `Add ${problem.key}.`);
		case 'wrong-value':
			return say(`Expected ${problem.expected}, found ${problem.found}`, `Write ${problem.expected}.`);
		case 'no-kind':
			return say('This step does not say what it does', `Begin it with one of ${problem.known.join(', ')}.`);
		case 'two-kinds':
			return say(`This step is ${problem.kinds.join(' and ')} at once`, 'Make a step of each.');
		case 'choose-one':
			return say(`One of ${problem.keys.join(' and ')} is needed`, 'Give one of them, and not both.');
		case 'needs':
			return say(`${problem.because} needs ${problem.key}`, `Add ${problem.key}.`);
		case 'expression':
			return say(expressionFaults[problem.reason], 'Write one SQL expression.');
		case 'unknown-dataset':
			return say(
				`There is no dataset ${problem.name}`,
				problem.nearest === null ? 'Import it first, or name another one.' : `Did you mean ${problem.nearest}?`
			);
		case 'unknown-version':
			return say(`${problem.name} has no version ${problem.version}`, 'See the versions of the dataset.');
		case 'unknown-column':
			return say(
				`There is no column ${problem.name} at this step`,
				problem.nearest === null ? 'See the columns of the step before.' : `Did you mean ${problem.nearest}?`
			);
		case 'column-taken':
			return say(`There is a column ${problem.name} already`, 'Choose another name.');
		case 'step-name-taken':
			return say(`Another step is called ${problem.name}`, 'Choose another name.');
		case 'wrong-type':
			return say(
				`${problem.name} is ${problem.type}, and this needs ${problem.expected}`,
				'Cast it in a step before, or choose another column.'
			);
		case 'sql':
			return say(
				problem.message.split('\n')[0] ?? '',
				problem.candidates.length > 0
					? `Did you mean ${problem.candidates.slice(0, 3).join(', ')}?`
					: 'Correct the expression at the marked place.'
			);
		default:
			return exhaustive(problem);
	}
}

const expressionFaults = {
	empty: 'There is no expression here',
	unbalanced: 'A bracket has no partner',
	semicolon: 'A semicolon ends the statement here'
} as const;

function say(title: string, next: string): Words {
	return { title, next };
}
