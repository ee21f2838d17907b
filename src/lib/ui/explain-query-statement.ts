// Every word a person reads about why no server answers a named query as the page does, and why its engine does not.
import { exhaustive } from '#core/result.ts';
import type { EngineLimit } from '#core/query/publish-failure.ts';
import type { StatementProblem, UnpublishableProblem } from '#core/query/statement-problem.ts';
import { bytesText } from './amounts.ts';
import { placeOf, planProblemWords } from './explain-query-plan.ts';
import { say, type ProblemWords } from './text-words.ts';

export function unpublishableWords(problem: UnpublishableProblem, sql: string): ProblemWords {
	switch (problem.code) {
		case 'beyond':
		case 'unknown-column':
		case 'misfit':
			return planProblemWords(problem, sql);
		default:
			return statementProblemWords(problem, sql);
	}
}

function statementProblemWords(problem: StatementProblem, sql: string): ProblemWords {
	const place = 'position' in problem ? placeOf(problem.position, sql) : '';
	switch (problem.code) {
		case 'version':
			return say(
				`${place}It reads the version ${problem.name}, and what is published has one version at a time`,
				'Read the dataset without @version, or save the rows of that version as a dataset and publish it.'
			);
		case 'no-dataset':
			return say(
				`${place}It reads ${problem.name}, which is no dataset`,
				'Read datasets that are published: files, and what the workspace tells of itself, stay in the page. Save such rows as a dataset and publish that.'
			);
		case 'table-function':
			return say(
				`${place}It reads ${problem.name}(), and the server reads nothing but what is published`,
				'Save its rows as a dataset, and publish that.'
			);
		case 'model':
			return say(
				`${place}It asks a model by ${problem.name}(), and the server has none`,
				'Save the predictions as a dataset, publish that, and make a query over it.'
			);
		case 'changing':
			return say(
				`${place}It uses ${problem.name}, which may answer otherwise there than here`,
				'Take a parameter in its place, such as a timestamp or a date; a function of your own is to be written out.'
			);
		case 'sample':
			return say(
				`${place}It reads a sample, which is another one each time`,
				'Read all rows, or a LIMIT of them in an order.'
			);
		case 'nothing-read':
			return say('It reads no dataset', 'Read at least one: it is published beside that.');
		case 'untold':
			return say(
				'It cannot be told from the outside what it reads',
				"Write one SELECT; in a PIVOT, name the values: FROM sales PIVOT (sum(price) FOR kind IN ('a', 'b'))."
			);
		case 'too-many-datasets':
			return say(
				`It reads ${problem.count} datasets, and a published query may read ${problem.limit}`,
				'Save a part of it as a dataset, and read that.'
			);
		case 'too-long':
			return say(
				`Its SQL has ${problem.letters} letters, and a published one may have ${problem.limit}`,
				'Save a part of it as a dataset, and read that.'
			);
		default:
			return exhaustive(problem);
	}
}

export function engineLimitWords(of: EngineLimit, limit: number): ProblemWords {
	switch (of) {
		case 'input':
			return say(
				`The datasets that it reads are larger than the ${bytesText(limit)} that the server's engine reads for an answer`,
				'Save the rows that it needs as a smaller dataset, publish that, and make a query over it.'
			);
		case 'memory':
			return say(
				`It needs more than the ${bytesText(limit)} of memory that the server's engine has`,
				'Take fewer rows or columns, or save its rows as a dataset and publish that.'
			);
		case 'answer':
			return say(
				`It answers more than the ${bytesText(limit)} that the server's engine answers at once`,
				'Ask for fewer rows of a page, or for fewer columns.'
			);
		case 'seconds':
			return say(
				`It takes longer than the ${limit} seconds that the server's engine has for an answer`,
				'Save its rows as a dataset, publish that, and make a query over it.'
			);
	}
}
