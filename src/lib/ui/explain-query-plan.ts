// Every word a person reads about what the server cannot answer of a named query.
import { exhaustive } from '#core/result.ts';
import type { PlanClause, PlanProblem } from '#core/query/plan-problem.ts';
import { say, type ProblemWords } from './text-words.ts';

const AS_DATASET = 'Save its rows as a dataset, publish that, and make a query over it.';

const clauses: Readonly<Record<PlanClause, readonly [what: string, next: string]>> = {
	from: [
		'It reads something else than the newest version of one dataset',
		`Read FROM one dataset, without @version. ${AS_DATASET}`
	],
	with: ['It has a WITH', AS_DATASET],
	set: ['It is more than one SELECT', AS_DATASET],
	group: ['It groups or counts rows', AS_DATASET],
	having: ['It has a HAVING', AS_DATASET],
	qualify: ['It has a QUALIFY', AS_DATASET],
	distinct: ['It has a DISTINCT', AS_DATASET],
	sample: ['It reads a sample, or the dataset at another time', AS_DATASET],
	offset: ['It has an OFFSET', 'Leave it out: whoever asks reads page by page.'],
	limit: ['Its LIMIT is no whole number', 'Write a number, or an integer parameter with min: 0.'],
	column: [
		'A column that it shows is computed',
		'Show columns as they are, under other names if need be (a AS b); for computed ones, make them by a recipe first.'
	],
	order: ['It orders by something computed', 'Order by columns.'],
	condition: [
		'A condition is none that the server knows',
		'Write column =, !=, <, <=, >, >= a value or $name, BETWEEN, IN (…), = ANY($list), IS NULL, LIKE, contains(column, $name) or starts_with(column, $name), with AND, OR and NOT; ($name IS NULL OR …) asks only where a value is given.'
	],
	operand: [
		'A column is compared with something that is neither a plain value nor a parameter',
		"Compare it with a parameter, or a value of its own type: 5, 2.5, 'text', DATE '2024-02-29'."
	]
};

export function planProblemWords(problem: PlanProblem, sql: string): ProblemWords {
	switch (problem.code) {
		case 'beyond': {
			const [what, next] = clauses[problem.clause];
			return say(`${placeOf(problem.position, sql)}${what}`, next);
		}
		case 'unknown-column':
			return say(
				`${placeOf(problem.position, sql)}The dataset has no column ${problem.column}`,
				'Name a column of the dataset.'
			);
		case 'misfit':
			return misfitWords(problem);
		default:
			return exhaustive(problem);
	}
}

function misfitWords({ part, name, reason }: Extract<PlanProblem, { code: 'misfit' }>): ProblemWords {
	switch (reason) {
		case 'unknown-column':
			return say(
				`What is published has no column ${name}`,
				'Publish the newest version of the dataset, then the query.'
			);
		case 'unknown-parameter':
			return say(`The query has no parameter ${name}`, `Declare ${name} under parameters.`);
		case 'not-comparable':
			return part === 'order'
				? say(
						`The server does not order by ${name} as this page does`,
						'Order by numbers, texts, dates or times; a decimal has at most 15 digits.'
					)
				: say(
						`The server does not compare ${name} with that as this page does`,
						'Compare it with a value of its own type; times with a zone, decimals of more than 15 digits and nested values are not compared there.'
					);
		case 'not-a-value':
			return part === 'limit'
				? say(`LIMIT takes ${name}, which may be below 0`, `Make ${name} an integer, with min: 0.`)
				: say(`${name} has a rule or a default that is no value of its type`, 'Correct it under parameters.');
		case 'twice':
			return say(`${name} is there twice`, `Give one of them another name: ${name} AS …`);
		case 'reserved':
			return say(
				`No parameter of a published query can be called ${name}`,
				'It is part of the address itself: call the parameter something else.'
			);
		case 'operands':
			return say(`A list is given where ${name} is compared with one value`, `Write ${name} = ANY($list).`);
	}
}

/** `Line 2, column 5 of the SQL: `, where it is known. */
export function placeOf(position: number | null, sql: string): string {
	if (position === null) return '';
	const before = sql.slice(0, position).split('\n');
	return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} of the SQL: `;
}
