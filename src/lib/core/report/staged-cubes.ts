// What many cubes over the same rows are cut and grouped by, each worked out once: the columns of a table that all of them are counted from.
import { quoteName } from '../sql/quote.ts';
import type { Cuts } from './cube-grid.ts';
import type { Groups } from './groups.ts';

/** What is counted of rows. */
export type Counted = { readonly groups: Groups; readonly cuts: Cuts };

export type StagedCubes = {
	/** Stands between SELECT and FROM. */
	readonly selected: string;
	/** Of the table, about. */
	readonly rowBytes: number;
	/** The same over the table. */
	readonly over: (counted: Counted) => Counted;
};

const CELL_BYTES = 2;
const VALUE_BYTES = 8;

export function stageCubes(counted: readonly Counted[]): StagedCubes {
	const cells = new Set(counted.flatMap(({ cuts }) => cuts.axes.map(({ sql }) => sql)));
	const values = new Set(
		counted.flatMap(({ groups }) =>
			[...groups.keys, ...groups.values].flatMap(({ sql }) => (sql === null ? [] : [sql]))
		)
	);
	const names = new Map([...cells, ...values].map((sql, at) => [sql, quoteName(`s${at}`)]));
	const nameOf = (sql: string): string => names.get(sql) ?? sql;
	return {
		selected: [
			...[...cells].map((sql) => `CAST(${sql} AS SMALLINT) AS ${nameOf(sql)}`),
			...[...values].filter((sql) => !cells.has(sql)).map((sql) => `${sql} AS ${nameOf(sql)}`)
		].join(', '),
		rowBytes: cells.size * CELL_BYTES + values.size * VALUE_BYTES,
		over: ({ groups, cuts }) => ({
			groups: {
				...groups,
				keys: groups.keys.map((key) => ({ ...key, sql: nameOf(key.sql) })),
				values: groups.values.map((value) => ({ ...value, sql: value.sql === null ? null : nameOf(value.sql) }))
			},
			cuts: { ...cuts, axes: cuts.axes.map((axis) => ({ ...axis, sql: nameOf(axis.sql) })) }
		})
	};
}
