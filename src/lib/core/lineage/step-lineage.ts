// What is kept of where a step's output came from: with the step's checkpoint, in the transaction that commits its output.
import type { Column } from '../version/version.ts';
import type { ColumnLineage } from './column-lineage.ts';

export type StepLineage = {
	/** The query that ran, or the query of what a function was given; null where there is none. */
	readonly sql: string | null;
	/** Of a user function. */
	readonly code: { readonly language: string; readonly source: string } | null;
	/** What was read that is no dataset: an address without its query, or a sample. */
	readonly source: { readonly namespace: string; readonly name: string } | null;
	readonly engine: string;
	/** Columns of what was read, by the names of `StepOutcome.inputs`. */
	readonly inputs: Readonly<Record<string, readonly Column[]>>;
	/** Of the output; null where there is none. */
	readonly schema: readonly Column[] | null;
	/** Null where rows come from outside, so that there is nothing to tell. */
	readonly columns: ColumnLineage | null;
};

/** A user function's outputs come from all that it is given, or from the columns it names. */
export function functionLineage(
	fn: {
		readonly mode: 'row' | 'batch';
		readonly inputs: readonly string[] | null;
		readonly outputs: readonly Column[];
	},
	given: { readonly dataset: string; readonly columns: readonly Column[] },
	outputs: readonly string[]
): ColumnLineage {
	const { dataset } = given;
	const names = fn.inputs ?? given.columns.map(({ name }) => name);
	const own = new Set(fn.outputs.map(({ name }) => name.toLowerCase()));
	const fields = outputs.map((column) => ({
		column,
		inputs:
			fn.mode === 'row' && !own.has(column.toLowerCase())
				? [{ dataset, column, type: 'DIRECT', subtype: 'IDENTITY' } as const]
				: names.map((name) => ({ dataset, column: name, type: 'DIRECT', subtype: 'TRANSFORMATION' }) as const)
	}));
	return { fields, dataset: [], unknown: [] };
}
