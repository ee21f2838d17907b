// Words about what is wrong with the text of any document in YAML. Its place is told before them.
import { bytesText } from './amounts.ts';
import type { TextProblem } from '#core/document/text-problem.ts';

export type ProblemWords = { readonly what: string; readonly next: string };

type Advice = { readonly begin: string; readonly shorten: (limit: string) => string };

export function textWords(problem: TextProblem, { begin, shorten }: Advice): ProblemWords {
	switch (problem.code) {
		case 'yaml-syntax':
			return say(`This is not YAML: ${problem.reason}`, 'Mend the indentation, quotes or brackets here.');
		case 'empty-text':
			return say('The text is empty', begin);
		case 'too-long':
			return say('The text is too long', shorten(bytesText(problem.limitBytes)));
		case 'missing-key':
			return say(`${problem.key} is missing`, `Add ${problem.key}: here.`);
		case 'unknown-key':
			return say(`${problem.key} means nothing here`, proposal(problem.nearest, 'Remove it.'));
		case 'wrong-type':
			return say(`Expected ${problem.expected}, found ${problem.found}`, `Write ${problem.expected} here.`);
		case 'not-allowed':
			return say(
				`“${problem.value}” is not known here`,
				proposal(problem.nearest, `Use one of ${list(problem.allowed)}.`)
			);
		case 'out-of-range':
			return say(`${problem.value} cannot stand here`, `It must be ${problem.rule}.`);
	}
}

export function say(what: string, next: string): ProblemWords {
	return { what, next };
}

export function proposal(nearest: string | null, otherwise: string): string {
	return nearest === null ? otherwise : `Did you mean ${nearest}?`;
}

export function list(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
