// Which columns of which datasets a query's columns come from, directly and through what decides its rows.
import type { Column } from '../version/version.ts';

export type Direct = 'IDENTITY' | 'TRANSFORMATION' | 'AGGREGATION';
export type Indirect = 'JOIN' | 'FILTER' | 'GROUP_BY' | 'SORT' | 'WINDOW' | 'CONDITIONAL';

/** A column that another one, or the whole result, depends on; the words are those of OpenLineage. */
export type Dependence = {
	readonly dataset: string;
	readonly column: string;
} & ({ readonly type: 'DIRECT'; readonly subtype: Direct } | { readonly type: 'INDIRECT'; readonly subtype: Indirect });

export type ColumnLineage = {
	/** In the order of the result's columns. */
	readonly fields: readonly { readonly column: string; readonly inputs: readonly Dependence[] }[];
	/** What decides which rows there are, and in which order. */
	readonly dataset: readonly Dependence[];
	/** Files that the query reads by itself, as it names them; left out where there are none. */
	readonly files?: readonly string[];
	/** What was not understood, one line each: then more may be read than is told. */
	readonly unknown: readonly string[];
};

/** A dataset that a query may read, under the name it reads it by. */
export type ReadTable = { readonly name: string; readonly dataset: string; readonly columns: readonly Column[] };

const strength: Readonly<Record<Direct, number>> = { IDENTITY: 0, TRANSFORMATION: 1, AGGREGATION: 2 };

/** A dependence through something that is at least `subtype`. */
export function through(all: readonly Dependence[], subtype: Direct): readonly Dependence[] {
	return all.map((one) =>
		one.type === 'DIRECT' && strength[one.subtype] < strength[subtype] ? { ...one, subtype } : one
	);
}

/** A value that decides and is not shown. What decided it before still does. */
export function deciding(all: readonly Dependence[], subtype: Indirect): readonly Dependence[] {
	return all.map((one) => (one.type === 'DIRECT' ? { ...one, type: 'INDIRECT', subtype } : one));
}

/** Each once. */
export function distinct(all: readonly Dependence[]): readonly Dependence[] {
	const seen = new Map(all.map((one) => [`${one.type} ${one.subtype} ${one.dataset} ${one.column}`, one]));
	return [...seen.values()];
}
