// Every word a person reads about what is wrong with a named query, or with what was given to it, and why rows are not kept.
import type { Unkept } from '#core/query/cacheable.ts';
import type { QueryFailure } from '#core/query/failure.ts';
import type { QueryProblem } from '#core/query/parse-query.ts';
import type { ArgumentProblem } from '#core/query/read-arguments.ts';
import { placeOf, planProblemWords } from './explain-query-plan.ts';
import { engineLimitWords, unpublishableWords } from './explain-query-statement.ts';
import { say, type Explanation } from './explanation.ts';
import { list, proposal, say as told, textWords, type ProblemWords } from './text-words.ts';

const kinds: ReadonlySet<string> = new Set([
	'invalid-query-text',
	'invalid-arguments',
	'page-outdated',
	'query-unpaged',
	'query-unpublishable',
	'dataset-unpublished',
	'query-unpublished',
	'engine-missing',
	'engine-busy',
	'statement-refused',
	'engine-limit'
] satisfies QueryFailure['kind'][]);

export function isQueryFailure(failure: { readonly kind: string }): failure is QueryFailure {
	return kinds.has(failure.kind);
}

export function explainQuery(failure: QueryFailure): Explanation {
	switch (failure.kind) {
		case 'invalid-query-text': {
			const { problems } = failure;
			const [first] = problems;
			return say(
				problems.length === 1 ? 'The query has a problem' : `The query has ${problems.length} problems`,
				problems.map((one) => `Line ${one.line}, column ${one.column}: ${queryProblemWords(one).what}`).join('\n'),
				first ? queryProblemWords(first).next : ''
			);
		}
		case 'invalid-arguments': {
			const words = failure.problems.map(argumentWords);
			return say(
				`${failure.query} cannot be asked so`,
				words.map(({ what }) => `${what}.`).join('\n'),
				words[0]?.next ?? ''
			);
		}
		case 'page-outdated':
			return say(
				`The pages of ${failure.query} begin anew`,
				'A dataset, a value or the text of the query has changed since the page before.',
				'Ask for the first page again, without a cursor.'
			);
		case 'query-unpaged':
			return say(
				`${failure.query} has no second page`,
				unkeptWords(failure.because),
				'Read all of its rows as a stream, or ask for larger pages.'
			);
		case 'query-unpublishable': {
			const words = failure.problems.map((one) => unpublishableWords(one, failure.sql));
			return say(
				`The server could not answer “${failure.query}”`,
				words.map(({ what }) => `${what}.`).join('\n'),
				[...new Set(words.map(({ next }) => next))].join('\n')
			);
		}
		case 'dataset-unpublished': {
			const { datasets } = failure;
			const isOne = datasets.length === 1;
			return say(
				`${list(datasets)} ${isOne ? 'is' : 'are'} not published`,
				`A published query is asked of published versions, and of ${list(datasets)} there ${isOne ? 'is none' : 'are none'}.`,
				`Publish ${list(datasets)} on the page Programs first.`
			);
		}
		case 'query-unpublished':
			return say(
				`“${failure.query}” is not published`,
				'Nobody else can ask it.',
				'Look at the list of published queries.'
			);
		case 'engine-missing':
			return say(
				`The server could not answer “${failure.query}”: it has no engine`,
				[
					'A server without one answers columns and conditions of one dataset, and the query is more than that.',
					...failure.because.map((one) => `${planProblemWords(one, failure.sql).what}.`)
				].join('\n'),
				'Save its rows as a dataset, publish that, and make a query over it; or let whoever runs the server deploy the engine beside it.'
			);
		case 'engine-busy':
			return say(
				`The server's engine did not answer for “${failure.query}”`,
				'It looks whether it can answer a query before that is published, and had too much to do, or was ended in the middle.',
				'Publish it again in a moment. Where it stays so, the query may need more than the engine has: save its rows as a dataset and publish that.'
			);
		case 'statement-refused':
			return say(
				`The server's engine does not take “${failure.query}”`,
				`${placeOf(failure.position, failure.sql)}${failure.message}`,
				'Publish the newest versions of the datasets that it reads, where they have other columns by now, then the query; or correct the SQL.'
			);
		case 'engine-limit': {
			const { what, next } = engineLimitWords(failure.of, failure.limit);
			return say(`“${failure.query}” is too much for the server's engine`, `${what}.`, next);
		}
	}
}

export function argumentWords(problem: ArgumentProblem): ProblemWords {
	switch (problem.code) {
		case 'missing':
			return told(`${problem.parameter} is missing`, `Give ${problem.parameter}; it has no default.`);
		case 'unknown':
			return told(
				`The query has no parameter ${problem.parameter}`,
				proposal(
					problem.nearest,
					problem.known.length === 0 ? 'It takes no parameters.' : `It takes ${list(problem.known)}.`
				)
			);
		case 'refused':
			return told(
				`${problem.parameter} cannot be “${problem.value}”`,
				`Give ${problem.expected.startsWith('at ') ? 'a value of ' : ''}${problem.expected}.`
			);
	}
}

export function queryProblemWords(problem: QueryProblem): ProblemWords {
	switch (problem.code) {
		case 'bad-ttl':
			return told(`“${problem.value}” is no length of time`, 'Write such as 90s, 30m, 24h, 7d; 0s keeps no rows.');
		case 'bad-parameter-name':
			return told(
				`A parameter cannot be called ${problem.name}`,
				'Begin with a letter; use letters, digits and _, at most 63.'
			);
		case 'bad-value':
			return told(`“${problem.value}” does not have the parameter's type`, `Write ${problem.expected}.`);
		case 'refused-value':
			return told(`${problem.value} breaks the parameter's own rules`, `It must be ${problem.rule}.`);
		case 'no-bounds':
			return told(`A ${problem.type} has no min and max`, 'List the values that are allowed instead.');
		case 'list-of-what':
			return told('The list does not say what it holds', 'Add of: with the type of its elements.');
		case 'not-a-list':
			return told(`A ${problem.type} holds nothing`, 'Remove of:, or make the type list.');
		case 'undeclared-parameter':
			return told(
				`The SQL takes $${problem.name}, which is not declared`,
				proposal(problem.nearest, `Add ${problem.name} under parameters.`)
			);
		case 'unused-parameter':
			return told(`The SQL does not take $${problem.name}`, `Write $${problem.name} in the SQL, or remove it here.`);
		case 'unnamed-parameter':
			return told(`${problem.written} has no name`, 'Name it, such as $city, and declare it under parameters.');
		case 'one-statement':
			return told('A second statement begins here', 'A named query is one SELECT; make it a query of its own.');
		case 'not-a-query':
			return told(
				problem.begins === '' ? 'There is no query' : `${problem.begins} does not read rows`,
				'A named query is one SELECT, or begins with WITH, FROM or VALUES.'
			);
		default:
			return textWords(problem, {
				begin: 'Begin with sql:, a SELECT over a dataset.',
				shorten: (limit) => `A query has at most ${limit}.`
			});
	}
}

export function unkeptWords(unkept: Unkept): string {
	switch (unkept.reason) {
		case 'never':
			return 'Rows are not kept: its ttl is 0.';
		case 'may-change':
			return `Rows are not kept: ${unkept.why}.`;
		case 'asks-model':
			return 'Rows are not kept: a model that it asks may be replaced.';
		case 'reads-workspace':
			return 'Rows are not kept: tables of the workspace have no versions.';
	}
}
