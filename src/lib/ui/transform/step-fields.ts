// What each kind of step shows in its form: one row a field, in the order people fill them in.
import { functionLanguages, functionModes } from '#core/script/user-function.ts';
import { cardinalities, fillMethods, joinKinds, misfitChoices, type StepKind } from '#core/transform/step-schemas.ts';

type Common = {
	readonly key: string;
	readonly label: string;
	readonly hint?: string;
	readonly when?: readonly [string, string | boolean];
};
export type Field = Common &
	(
		| { readonly control: 'text' | 'number'; readonly names?: 'columns' | 'tables' }
		| { readonly control: 'sql' | 'code'; readonly lines: number }
		| { readonly control: 'check' }
		| { readonly control: 'choice'; readonly choices: readonly string[] }
		| { readonly control: 'list'; readonly names?: 'columns' | 'tables' | 'others' }
		| {
				readonly control: 'pairs';
				readonly first: string;
				readonly second: string;
				readonly names?: 'columns';
				readonly seconds?: 'types' | 'directions' | 'others';
				readonly isSql?: boolean;
		  }
	);

const columns = { control: 'list', names: 'columns' } as const;
const by: Field = { key: 'by', label: 'Within groups of', ...columns };
const order: Field = {
	key: 'order',
	label: 'In the order of',
	control: 'pairs',
	first: 'column',
	second: 'direction',
	names: 'columns',
	seconds: 'directions'
};
const made = (label: string): Field => ({
	key: 'columns',
	label,
	control: 'pairs',
	first: 'new column',
	second: 'SQL expression',
	isSql: true
});

export const typeChoices = [
	'INTEGER',
	'BIGINT',
	'DOUBLE',
	'DECIMAL(18,2)',
	'VARCHAR',
	'BOOLEAN',
	'DATE',
	'TIMESTAMP',
	'TIME'
];
export const directionChoices = [
	'asc',
	'desc',
	'asc nulls first',
	'desc nulls first',
	'asc nulls last',
	'desc nulls last'
];

export const stepFields: Readonly<Record<StepKind, readonly Field[]>> = {
	select: [
		{ key: 'mode', label: 'What to do', control: 'choice', choices: ['keep', 'except'] },
		{ key: 'columns', label: 'Columns', ...columns }
	],
	rename: [
		{ key: 'columns', label: 'Columns', control: 'pairs', first: 'column', second: 'new name', names: 'columns' }
	],
	cast: [
		{
			key: 'columns',
			label: 'Types',
			control: 'pairs',
			first: 'column',
			second: 'type',
			names: 'columns',
			seconds: 'types'
		},
		{ key: 'misfits', label: 'What does not fit', control: 'choice', choices: misfitChoices }
	],
	derive: [made('Columns')],
	filter: [{ key: 'condition', label: 'Keep rows where', control: 'sql', lines: 1 }],
	deduplicate: [
		{ key: 'by', label: 'One row for each', hint: 'Nothing compares whole rows.', ...columns },
		{ key: 'keep', label: 'Keep', control: 'choice', choices: ['first', 'last'] },
		order
	],
	fill: [
		{ key: 'columns', label: 'Columns', ...columns },
		{ key: 'with', label: 'Fill with', control: 'choice', choices: fillMethods },
		{ key: 'value', label: 'Value', control: 'text', when: ['with', 'constant'] },
		by,
		order
	],
	split: [
		{ key: 'column', label: 'Column', control: 'text', names: 'columns' },
		{ key: 'by', label: 'At the text', hint: 'Nothing for a list.', control: 'text' },
		{ key: 'pattern', label: 'Or at the pattern', control: 'text' },
		{ key: 'rows', label: 'One row a part', control: 'check' },
		{ key: 'into', label: 'Into columns', control: 'list', when: ['rows', false] },
		{ key: 'keep', label: 'Keep the column', control: 'check', when: ['rows', false] }
	],
	join: [
		{ key: 'with', label: 'With', control: 'text', names: 'tables' },
		{
			key: 'on',
			label: 'Where these agree',
			control: 'pairs',
			first: 'column',
			second: 'its column',
			names: 'columns',
			seconds: 'others'
		},
		{ key: 'kind', label: 'Kind', control: 'choice', choices: joinKinds },
		{ key: 'expect', label: 'Expect', control: 'choice', choices: cardinalities },
		{ key: 'columns', label: 'Take columns', hint: 'Nothing takes all.', control: 'list', names: 'others' },
		{ key: 'suffix', label: 'Suffix of a taken name', control: 'text' }
	],
	union: [
		{ key: 'with', label: 'Rows of', control: 'list', names: 'tables' },
		{ key: 'distinct', label: 'Each row once', control: 'check' }
	],
	aggregate: [{ ...by, label: 'One row for each' }, made('Columns')],
	pivot: [
		{ key: 'on', label: 'Values of', control: 'text', names: 'columns' },
		{ key: 'in', label: 'Become columns', control: 'list' },
		{ key: 'value', label: 'With', control: 'sql', lines: 1 },
		{ ...by, label: 'One row for each' }
	],
	unpivot: [
		{ key: 'columns', label: 'Columns', ...columns },
		{ key: 'name', label: 'Their names go to', control: 'text' },
		{ key: 'value', label: 'Their values go to', control: 'text' },
		{ key: 'nulls', label: 'Keep nulls', control: 'check' }
	],
	window: [
		made('Columns'),
		by,
		order,
		{ key: 'frame', label: 'Over', control: 'choice', choices: ['none', 'rows', 'range'] },
		{
			key: 'from',
			label: 'From row',
			hint: '−2 is two before; nothing is the first.',
			control: 'text',
			when: ['frame', 'rows']
		},
		{
			key: 'to',
			label: 'To row',
			hint: '0 is the row itself; nothing is the last.',
			control: 'text',
			when: ['frame', 'rows']
		},
		{
			key: 'from',
			label: 'Back to',
			hint: 'A number, or a time such as 3 days.',
			control: 'text',
			when: ['frame', 'range']
		}
	],
	sample: [
		{ key: 'rows', label: 'Rows', control: 'number' },
		{ key: 'fraction', label: 'Or a fraction', hint: '0.1 is every tenth.', control: 'number' },
		{ key: 'seed', label: 'Seed', control: 'number' }
	],
	sort: [order],
	limit: [
		{ key: 'rows', label: 'Rows', control: 'number' },
		{ key: 'offset', label: 'After the first', control: 'number' }
	],
	sql: [{ key: 'sql', label: 'SELECT over input', control: 'sql', lines: 5 }],
	javascript: [
		{
			key: 'code',
			label: 'Function',
			hint: 'The default export; it sees no network, no storage and no clock.',
			control: 'code',
			lines: 4
		},
		{
			key: 'outputs',
			label: 'Columns it gives',
			control: 'pairs',
			first: 'column',
			second: 'type',
			names: 'columns',
			seconds: 'types'
		},
		{ key: 'inputs', label: 'Columns it is given', hint: 'Nothing gives all.', ...columns },
		{
			key: 'mode',
			label: 'Called for each',
			hint: 'A batch may give other rows.',
			control: 'choice',
			choices: functionModes
		},
		{ key: 'language', label: 'Language', control: 'choice', choices: functionLanguages },
		{ key: 'seconds', label: 'Seconds a batch may take', hint: 'Nothing is 60.', control: 'number' },
		{ key: 'megabytes', label: 'MB it may use', hint: 'Nothing is 256.', control: 'number' }
	]
};

/** What a step does, in a few words, for the menu and the card. */
export const stepWords: Readonly<Record<StepKind, readonly [title: string, does: string]>> = {
	select: ['Select', 'keep or drop columns'],
	rename: ['Rename', 'give columns other names'],
	cast: ['Cast', 'change types'],
	derive: ['Derive', 'make columns by SQL'],
	filter: ['Filter', 'keep rows by a condition'],
	deduplicate: ['Deduplicate', 'one row of each'],
	fill: ['Fill', 'put values where there are none'],
	split: ['Split', 'a text or list into columns or rows'],
	join: ['Join', 'columns of another table'],
	union: ['Union', 'rows of another table'],
	aggregate: ['Aggregate', 'one row a group'],
	pivot: ['Pivot', 'values become columns'],
	unpivot: ['Unpivot', 'columns become rows'],
	window: ['Window', 'moving averages, ranks, sums so far'],
	sample: ['Sample', 'some rows at random'],
	sort: ['Sort', 'put rows in order'],
	limit: ['Limit', 'the first rows'],
	sql: ['SQL', 'one SELECT of your own'],
	javascript: ['JavaScript', 'columns or rows by a function of your own']
};
