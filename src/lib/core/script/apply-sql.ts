// The SQL round a user function: what is read for it, and its answers beside or in the place of the rows it was given.
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { fromStagedSql, stagedTypes, outputChannel } from './channel.ts';
import type { UserFunction } from './user-function.ts';

type Tables = { readonly given: string; readonly answers: string };

/** Columns of a range of rows, by their row ids: startRow inclusive, endRow exclusive. */
export function batchSql(given: string, columns: readonly string[], startRow: number, endRow: number): string {
	// A function may read no column at all, and the number of rows must come across all the same.
	const selected = columns.length > 0 ? columns.map(quoteName).join(', ') : 'true AS "row"';
	return `SELECT ${selected} FROM ${given} WHERE rowid >= ${startRow} AND rowid < ${endRow}`;
}

/** One text of all cells of the columns, in the order of the rows. */
export function digestSql(given: string, columns: readonly string[]): string {
	const cells = ['rowid', ...columns.map(quoteName)].join(', ');
	return `SELECT CAST(sum(hash(${cells})) AS VARCHAR) AS digest FROM ${given}`;
}

/** The columns answers are staged in. */
export function stagedColumns({ outputs }: Pick<UserFunction, 'outputs'>): readonly Column[] {
	return outputs.map(({ type }, index) => {
		const { channel } = outputChannel(type) ?? { channel: 'text' };
		return { name: `c${index}`, type: stagedTypes[channel] };
	});
}

/** The columns afterwards: see `appliedSql`. */
export function appliedColumns(
	{ mode, outputs }: Pick<UserFunction, 'mode' | 'outputs'>,
	schema: readonly Column[]
): readonly Column[] {
	if (mode === 'batch') return outputs;
	const isSame = (one: Column, other: Column): boolean => one.name.toLowerCase() === other.name.toLowerCase();
	const kept = schema.map((column) => outputs.find((output) => isSame(output, column)) ?? column);
	return [...kept, ...outputs.filter((output) => !schema.some((column) => isSame(output, column)))];
}

/**
 * All rows afterwards. Of a row function: the columns of `schema`, those of an output's name replaced in their places, then the
 * other outputs. Of a batch function: its outputs alone.
 */
export function appliedSql(
	{ mode, outputs }: Pick<UserFunction, 'mode' | 'outputs'>,
	schema: readonly Column[],
	{ given, answers }: Tables
): string {
	const answer = ({ name, type }: Column): string =>
		`${fromStagedSql(`a.c${outputs.findIndex((output) => output.name === name)}`, type)} AS ${quoteName(name)}`;
	if (mode === 'batch') return `SELECT ${outputs.map(answer).join(', ')} FROM ${answers} AS a`;
	const selected = appliedColumns({ mode, outputs }, schema).map((column) =>
		outputs.includes(column) ? answer(column) : `g.${quoteName(column.name)}`
	);
	return `SELECT ${selected.join(', ')} FROM ${given} AS g POSITIONAL JOIN ${answers} AS a`;
}
