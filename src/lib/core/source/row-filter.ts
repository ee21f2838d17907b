// Which rows of a source are wanted: conditions on columns that all hold. As SQL, and against what is known of many rows at once.
import { quoteName, quoteText } from '../sql/quote.ts';

export const filterOperators = ['=', '!=', '<', '<=', '>', '>=', 'in'] as const;
export type FilterOperator = (typeof filterOperators)[number];
export type FilterValue = string | number | boolean;

/** A row without a value in the column is never wanted. */
export type RowFilter = {
	readonly column: string;
	readonly op: FilterOperator;
	/** At least one; more than one with `in` alone. */
	readonly values: readonly FilterValue[];
};

/** A literal takes the column's type. Null when there is no condition. */
export function filtersSql(filters: readonly RowFilter[]): string | null {
	if (filters.length === 0) return null;
	return filters
		.map(({ column, op, values }) => {
			const name = quoteName(column);
			const literals = values.map((value) => quoteText(String(value)));
			return op === 'in' ? `${name} IN (${literals.join(', ')})` : `${name} ${op} ${literals[0] ?? 'NULL'}`;
		})
		.join(' AND ');
}

/** The least and the greatest value of many rows, in an order of their own: a negative number when the first comes first. */
export type Bounds<T> = { readonly min: T; readonly max: T; readonly compare: (one: T, other: T) => number };

/** False only where no row between the bounds can be wanted. `values` are the filter's, as the bounds have them. */
export function mayHold<T>(op: FilterOperator, values: readonly T[], { min, max, compare }: Bounds<T>): boolean {
	return values.some((value) => {
		switch (op) {
			case '=':
			case 'in':
				return compare(min, value) <= 0 && compare(value, max) <= 0;
			case '!=':
				return compare(min, value) !== 0 || compare(value, max) !== 0;
			case '<':
				return compare(min, value) < 0;
			case '<=':
				return compare(min, value) <= 0;
			case '>':
				return compare(max, value) > 0;
			case '>=':
				return compare(max, value) >= 0;
		}
	});
}
