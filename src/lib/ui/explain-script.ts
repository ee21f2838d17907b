// Every word a person reads about a user function that failed: what happened, where, and what to do next.
import { bytesText } from './amounts.ts';
import { say, type Explanation } from './explanation.ts';
import type { InvalidFunction } from '#core/script/parse-user-function.ts';
import type { FunctionTestsFailed, ScriptFailure } from '#core/script/user-function.ts';
import { exhaustive } from '#core/result.ts';

const count = (value: number): string => value.toLocaleString('en');

export function explainScript(failure: ScriptFailure | FunctionTestsFailed | InvalidFunction): Explanation {
	const words = scriptWords(failure);
	const step = 'recipeStep' in failure ? failure.recipeStep : undefined;
	return step === undefined ? words : { ...words, title: `Step ${step + 1}: ${words.title}` };
}

function scriptWords(failure: ScriptFailure | FunctionTestsFailed | InvalidFunction): Explanation {
	switch (failure.kind) {
		case 'invalid-function':
			return say(
				failure.path === '' ? 'The function cannot be used' : `${failure.path} of the function cannot be used`,
				`Expected: ${failure.expected}.`,
				'Correct it and try again.'
			);
		case 'script-error':
			return say(
				scriptStages[failure.stage],
				[failure.message, placeWords(failure)].filter((words) => words !== '').join(' — '),
				'Correct the function and run it again.'
			);
		case 'script-timeout':
			return say(
				'The function took too long',
				`A batch of rows has ${count(failure.timeoutMs / 1000)} seconds${failure.row === null ? '' : `; it was at row ${count(failure.row)}`}.`,
				'Look for a loop that does not end, or raise the time limit.'
			);
		case 'script-memory':
			return say(
				'The function needed too much memory',
				`It may use ${bytesText(failure.memoryBytes)}${failure.row === null ? '' : `; it was at row ${count(failure.row)}`}.`,
				'Let it keep less, or raise the memory limit.'
			);
		case 'script-output':
			return say(
				`${failure.column} is not what it was said to be`,
				`${failure.found === 'missing' ? 'It was not given' : `Instead of ${failure.type} it was ${failure.found}`}${failure.row === null ? '' : `, in row ${count(failure.row)}`}.`,
				'Give a value of that type, or null; or choose another type for the column.'
			);
		case 'function-tests-failed':
			return say(
				`Tests of the function of step ${failure.step + 1} fail`,
				`${failure.tests.join(', ')}. Nothing was stored.`,
				'Run them on the card of the step, and mend the function or the test.'
			);
		case 'script-crashed':
			return say(
				'The thread of the function stopped',
				`${failure.reason}. Nothing was kept.`,
				'Try again; if it happens once more, let the function keep less.'
			);
		default:
			return exhaustive(failure);
	}
}

const scriptStages = {
	syntax: 'The function could not be read',
	start: 'The function could not be started',
	call: 'The function failed'
} as const;

function placeWords({ line, column, row }: Extract<ScriptFailure, { kind: 'script-error' }>): string {
	const place = line === null ? [] : [column === null ? `line ${line}` : `line ${line}, column ${column}`];
	return [...place, ...(row === null ? [] : [`row ${count(row)}`])].join(', ');
}
