// Conditions on rows as lines that a person writes, and back: `day >= 2026-01-01`, `country in DE, FR`.
import { filterOperators } from '#core/source/row-filter.ts';

type Written = { readonly column: string; readonly is: string; readonly value: string | readonly string[] };

const line = /^(.+?)\s*(!=|<=|>=|=|<|>|\sin\s)\s*(.+)$/;

export function parseConditions(text: string): {
	readonly filters: readonly Written[];
	readonly unread: readonly string[];
} {
	const filters: Written[] = [];
	const unread: string[] = [];
	for (const one of text.split('\n').map((part) => part.trim())) {
		if (one === '') continue;
		const [, column = '', operator = '', value = ''] = line.exec(one) ?? [];
		const is = operator.trim();
		if (column === '') unread.push(one);
		else filters.push({ column, is, value: is === 'in' ? value.split(',').map((part) => part.trim()) : value });
	}
	return { filters, unread };
}

/** What a connection's text has, as far as lines can say it. */
export function conditionLines(filters: unknown): string {
	if (!Array.isArray(filters)) return '';
	return filters
		.flatMap((filter: unknown) => {
			if (typeof filter !== 'object' || filter === null) return [];
			const { column, is = '=', value } = filter as Readonly<Record<string, unknown>>;
			const isKnown = filterOperators.some((operator) => operator === is);
			return isKnown
				? [`${String(column)} ${String(is)} ${Array.isArray(value) ? value.join(', ') : String(value)}`]
				: [];
		})
		.join('\n');
}
