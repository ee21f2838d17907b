// Every word a person reads about what is wrong with a report or a block of it.
import type { UnreadShapes } from '#core/report/edition.ts';
import type { ReportFailure } from '#core/report/failure.ts';
import type { UnknownFormat } from '#core/report/format-value.ts';
import type { ReportProblem } from '#core/report/problem.ts';
import { aggregates } from '#core/report/report.ts';
import type { TemplateNeed } from '#core/report/templates.ts';
import { say, type Explanation } from './explanation.ts';
import { list, proposal, say as told, textWords, type ProblemWords } from './text-words.ts';

const kinds: ReadonlySet<string> = new Set([
	'invalid-report',
	'no-such-column',
	'not-numbers',
	'mixed-measures',
	'unknown-input',
	'query-cycle',
	'unknown-rows',
	'no-shapes',
	'too-many-shapes',
	'no-such-number',
	'unknown-template',
	'template-needs',
	'template-columns',
	'template-version'
] satisfies ReportFailure['kind'][]);

export function isReportFailure(failure: { readonly kind: string }): failure is ReportFailure {
	return kinds.has(failure.kind);
}

export function explainReport(failure: ReportFailure): Explanation {
	switch (failure.kind) {
		case 'invalid-report': {
			const { problems } = failure;
			const [first] = problems;
			return say(
				problems.length === 1 ? 'The report has a problem' : `The report has ${problems.length} problems`,
				problems.map((one) => `Line ${one.line}, column ${one.column}: ${reportProblemWords(one).what}`).join('\n'),
				first ? reportProblemWords(first).next : ''
			);
		}
		case 'no-shapes':
			return say(
				`No row of ${failure.from} has an area`,
				unreadShapeWords(failure.unread).join(' '),
				'Its column geometry has to hold polygons as GeoJSON: import the GeoJSON file that has them.'
			);
		case 'too-many-shapes':
			return say(
				`${failure.from} has more than ${failure.limit.toLocaleString('en')} shapes`,
				'A map of so many could not be told apart.',
				'Name a query of the report that selects fewer, or coarser ones.'
			);
		case 'no-such-column':
			return say(
				`${failure.from} has no column ${failure.column}`,
				`Its columns are ${list(failure.known.slice(0, 20))}.`,
				proposal(failure.nearest, 'Name one of them.')
			);
		case 'not-numbers':
			return say(
				`${failure.column} holds no numbers`,
				`It is ${failure.type}, and this is worked out of numbers.`,
				'Choose another column, count rows instead, or cast it in a query.'
			);
		case 'mixed-measures':
			return say(
				'Columns and aggregates stand side by side',
				'Rows cannot be drawn one by one and summed up in one chart.',
				'Give all of y as columns, or all as aggregates such as avg(price).'
			);
		case 'unknown-input':
			return say(
				`The report has no input $${failure.name}`,
				`The query ${failure.query} asks for it.`,
				failure.known.length > 0
					? `There are ${list(failure.known.map((name) => `$${name}`))}.`
					: 'Add an input block with that name.'
			);
		case 'query-cycle':
			return say(
				'Queries stand on themselves',
				failure.names.join(' reads '),
				'Let one of them read a dataset instead.'
			);
		case 'unknown-rows':
			return say(
				`There is nothing called ${failure.name}`,
				'It is neither a query of this report nor a dataset.',
				proposal(failure.nearest, 'Import it first, or add a query with that name before.')
			);
		case 'no-such-number':
			return say(
				'There is no number there',
				`Block ${failure.block} has none in row ${failure.row}; both count from 0.`,
				'Render the report, and take a place of what it shows.'
			);
		case 'unknown-template':
			return say(`There is no template ${failure.template}`, `There are ${list(failure.known)}.`, 'Name one of them.');
		case 'template-needs':
			return say(
				`The template ${failure.template} makes no report of ${failure.of}`,
				templateNeedWords(failure.needs),
				'Choose another template, or another dataset.'
			);
		case 'template-columns':
			return say(
				`There is no column ${failure.unknown}`,
				'The report would be about it.',
				proposal(failure.nearest, 'Name columns of that version.')
			);
		case 'template-version':
			return say(
				`${failure.of} has no version v${failure.number}`,
				failure.known.length > 0 ? `It has ${list(failure.known.slice(-20).map((number) => `v${number}`))}.` : '',
				'Name one of them; what a version is held against is another one.'
			);
	}
}

export function unreadShapeWords({ noGeometry, noArea, beyond }: UnreadShapes): readonly string[] {
	const told = (count: number, what: string): readonly string[] =>
		count === 0 ? [] : [`${count.toLocaleString('en')} ${count === 1 ? 'shape' : 'shapes'} ${what}.`];
	return [
		...told(noGeometry, noGeometry === 1 ? 'is no GeoJSON geometry' : 'are no GeoJSON geometries'),
		...told(noArea, noArea === 1 ? 'has no area: it is points or lines' : 'have no area: they are points or lines'),
		...told(beyond, beyond === 1 ? 'lies beyond any map' : 'lie beyond any map')
	];
}

export function unknownFormatWords({ format, nearest, allowed }: UnknownFormat): ProblemWords {
	return told(
		`“${format}” is no format for these values, which are written as usual`,
		allowed.length === 0
			? 'Texts have no formats: take it away.'
			: proposal(nearest, `Write one of ${list(allowed)}, or a specifier of d3.`)
	);
}

export function templateNeedWords(need: TemplateNeed): string {
	return need === 'two-versions'
		? 'It needs a dataset with two versions.'
		: 'It needs a column of dates and one of numbers.';
}

const advice = {
	begin: 'Write a heading, or begin with a template.',
	shorten: (limit: string) => `A report has at most ${limit}: divide it.`
};

export function reportProblemWords(problem: ReportProblem): ProblemWords {
	switch (problem.code) {
		case 'bad-name':
			return told(
				`“${problem.name}” is no name`,
				'A name begins with a letter and goes on with letters, digits and _.'
			);
		case 'missing-name':
			return told(
				problem.block === 'sql' ? 'This query has no name' : 'This input has no name',
				`Write it behind the fence: \`\`\`${problem.block} name`
			);
		case 'name-taken':
			return told(`${problem.name} is there already`, 'Give one of the two another name.');
		case 'bad-measure':
			return told(
				`“${problem.value}” is no measure`,
				`Name a column, or one of ${list(aggregates.map((one) => `${one}(column)`))}.`
			);
		case 'bad-value':
			return told(`${problem.value} names nothing`, 'Write {{ query.column }} or {{ avg(dataset.column) | .2f }}.');
		case 'needs':
			return told(`${problem.type} needs ${problem.key}`, `Add ${problem.key}.`);
		case 'empty-query':
			return told(`The query ${problem.name} is empty`, 'Write a SELECT.');
		case 'too-many-blocks':
			return told(`There are more than ${problem.limit} blocks`, 'Divide the report.');
		case 'too-deep':
			return told(`Quotes and lists nest deeper than ${problem.limit}`, 'Take some of their marks away.');
		default:
			return textWords(problem, advice);
	}
}
