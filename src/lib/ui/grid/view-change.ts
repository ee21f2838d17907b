// What a click asks of a grid's order and filters: a new view, the old one untouched.
import type { GridFilter, GridView } from '#core/sql/relation.ts';

export type Order = { readonly descending: boolean; readonly place: number; readonly of: number };

export function orderOf(view: GridView, column: string): Order | null {
	const place = view.orderBy.findIndex((key) => key.column === column);
	const key = view.orderBy[place];
	return key === undefined ? null : { descending: key.descending, place: place + 1, of: view.orderBy.length };
}

/** Ascending, then descending, then none; `add` keeps the other keys and puts a new one last. */
export function cycleOrder(view: GridView, column: string, add: boolean): GridView {
	const order = orderOf(view, column);
	const next = order === null ? false : order.descending ? null : true;
	return setOrder(view, column, next, add);
}

export function setOrder(view: GridView, column: string, descending: boolean | null, add: boolean): GridView {
	if (!add) return { ...view, orderBy: descending === null ? [] : [{ column, descending }] };
	const others = view.orderBy.filter((key) => key.column !== column);
	if (descending === null) return { ...view, orderBy: others };
	const replaced = view.orderBy.map((key) => (key.column === column ? { column, descending } : key));
	return { ...view, orderBy: others.length < replaced.length ? replaced : [...others, { column, descending }] };
}

export function filterOf(view: GridView, column: string): GridFilter | null {
	return view.filters.find((filter) => filter.column === column) ?? null;
}

/** One filter a column: a new one replaces it. */
export function setFilter(view: GridView, filter: GridFilter): GridView {
	const filters = view.filters.some(({ column }) => column === filter.column)
		? view.filters.map((old) => (old.column === filter.column ? filter : old))
		: [...view.filters, filter];
	return { ...view, filters };
}

export function clearFilter(view: GridView, column: string): GridView {
	return { ...view, filters: view.filters.filter((filter) => filter.column !== column) };
}

export const OPERATORS: readonly {
	readonly operator: GridFilter['operator'];
	readonly word: string;
	readonly sign: string;
}[] = [
	{ operator: 'contains', word: 'contains', sign: 'contains' },
	{ operator: 'equals', word: 'equals', sign: '=' },
	{ operator: 'not-equals', word: 'is not', sign: '≠' },
	{ operator: 'at-least', word: 'is at least', sign: '≥' },
	{ operator: 'at-most', word: 'is at most', sign: '≤' },
	{ operator: 'is-null', word: 'is null', sign: 'is null' },
	{ operator: 'is-not-null', word: 'is not null', sign: 'is not null' }
];

export function needsValue(operator: GridFilter['operator']): boolean {
	return operator !== 'is-null' && operator !== 'is-not-null';
}

/** A filter in a chip: `fare ≥ 5`. */
export function filterText({ column, operator, value }: GridFilter): string {
	const sign = OPERATORS.find((known) => known.operator === operator)?.sign ?? operator;
	return needsValue(operator) ? `${column} ${sign} ${value === '' ? "''" : value}` : `${column} ${sign}`;
}
