// Every word a person reads about an edit, a merge or another change of a table that was refused: what happened, and what to do next.
import { say, type Explanation } from './explanation.ts';
import type { Failure } from '#core/failure.ts';
import { exhaustive } from '#core/result.ts';
import type { SchemaClash } from '#core/version/merge-schema.ts';

type ChangeFailure = Extract<
	Failure,
	{
		kind:
			| 'unknown-column'
			| 'unknown-row'
			| 'working-copy-outdated'
			| 'no-edits'
			| 'no-key'
			| 'key-not-unique'
			| 'columns-differ'
			| 'unknown-type'
			| 'values-do-not-fit'
			| 'nothing-to-merge'
			| 'unrelated'
			| 'schemas-clash'
			| 'merge-conflicts';
	}
>;

const count = (value: number): string => value.toLocaleString('en');

export function explainChange(failure: ChangeFailure): Explanation {
	switch (failure.kind) {
		case 'unknown-column':
			return say(
				`There is no column ${failure.column}`,
				'It may have another name in this version.',
				'Choose one of its columns.'
			);
		case 'unknown-row':
			return say(
				`There is no row ${failure.row}`,
				`Rows are numbered from 0; this version has ${failure.rowCount.toLocaleString('en')}.`,
				'Number the rows as the version has them.'
			);
		case 'working-copy-outdated':
			return say(
				`${failure.dataset} has a newer version than the one that was edited`,
				'The edits are kept, but they count rows as an older version had them.',
				'Go back to that version to commit them, or discard them.'
			);
		case 'no-edits':
			return say('There is nothing to change', 'No row was changed, added or removed.', 'Edit a row first.');
		case 'no-key':
			return say(
				'Rows cannot be matched without a key',
				'The key is one or more columns that tell rows apart, such as id.',
				'Name the key, or append the rows instead.'
			);
		case 'key-not-unique':
			return say(
				`The key ${failure.key.join(', ')} does not tell the rows of ${failure.where} apart`,
				failure.nulls > 0
					? `It is empty in ${failure.nulls.toLocaleString('en')} rows.`
					: `It is there several times: ${failure.examples.join('; ')}.`,
				'Choose other columns as the key, or clean these rows first.'
			);
		case 'columns-differ':
			return say(
				`${failure.dataset} has no column ${failure.extra.join(', ')}`,
				'Rows that come in can lack columns, but not bring others.',
				'Leave them out in the preview, give them the names the dataset has, or import into a new dataset.'
			);
		case 'unknown-type':
			return say(
				`${failure.type} is not a type`,
				'Types are DuckDB’s, such as INTEGER, DOUBLE, DATE or DECIMAL(18,2).',
				'Choose another type.'
			);
		case 'values-do-not-fit':
			if (failure.misfits === 1 && failure.examples.length === 1)
				return say(
					`“${failure.examples[0] ?? ''}” is not ${failure.type}`,
					`That is the type of ${failure.column}.`,
					'Mend it, make it null, or change the type of the column.'
				);
			return say(
				`${count(failure.misfits)} values of ${failure.column} are not ${failure.type}`,
				failure.examples.length > 0 ? `For example ${failure.examples.map((text) => `“${text}”`).join(', ')}.` : '',
				'Mend them, make them null, or change the type of the column.'
			);
		case 'nothing-to-merge':
			return say(
				`There is nothing to merge from ${failure.from}`,
				'All its versions are in this branch already.',
				'Choose another branch.'
			);
		case 'unrelated':
			return say(
				`${failure.from} has no version in common with this branch`,
				'A merge needs the version that both lines come from.',
				'Compare the two with diff instead.'
			);
		case 'schemas-clash':
			return say(
				'The columns of the two lines clash',
				failure.clashes.map(clashWords).join(' '),
				'Change one of the lines so that they agree, then merge again.'
			);
		case 'merge-conflicts':
			return say(
				`${failure.count.toLocaleString('en')} ${failure.count === 1 ? 'conflict is' : 'conflicts are'} open`,
				'Both lines changed the same.',
				'Choose what to take in each, then merge again.'
			);
		default:
			return exhaustive(failure);
	}
}

function clashWords(clash: SchemaClash): string {
	switch (clash.kind) {
		case 'types-differ':
			return `${clash.column} is ${clash.ours} here and ${clash.theirs} there.`;
		case 'dropped-and-retyped':
			return `${clash.column} was dropped ${clash.droppedBy === 'ours' ? 'here' : 'there'}, and has another type on the other side.`;
		case 'dropped-and-changed':
			return `${clash.column} was dropped ${clash.droppedBy === 'ours' ? 'here' : 'there'}; the other side changed it in ${clash.rowCount.toLocaleString('en')} rows.`;
	}
}
