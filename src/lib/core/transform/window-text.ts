// ORDER BY, PARTITION BY and frames as SQL.
import { quoteText, writeName, writeValue } from '../sql/quote.ts';
import type { Frame, Order } from './step-schemas.ts';

export type OrderItem = {
	readonly column: string;
	readonly isDescending: boolean;
	readonly nulls: 'first' | 'last' | null;
};

/** A text may end in ` asc`, ` desc`, ` nulls first` or ` nulls last`; a column whose name does is given by keys. */
export function orderItems(order: Order): readonly OrderItem[] {
	return order.map((item) => {
		if (typeof item !== 'string')
			return { column: item.column, isDescending: item.descending ?? false, nulls: item.nulls ?? null };
		const [, column = item, direction = '', nulls] =
			/^(.*?)(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?$/i.exec(item) ?? [];
		return {
			column,
			isDescending: direction.toLowerCase() === 'desc',
			nulls: nulls === undefined ? null : nulls.toLowerCase() === 'first' ? 'first' : 'last'
		};
	});
}

/** Reversed, the last row comes first. */
export function orderText(order: Order, isReversed: boolean): string {
	return orderItems(order)
		.map(({ column, isDescending, nulls }) => {
			const places = isReversed ? { first: 'LAST', last: 'FIRST' } : { first: 'FIRST', last: 'LAST' };
			// The engine puts nulls last either way, so the reverse must say that they are first.
			const told = nulls ?? (isReversed ? 'last' : null);
			return `${writeName(column)}${isDescending === isReversed ? '' : ' DESC'}${told === null ? '' : ` NULLS ${places[told]}`}`;
		})
		.join(', ');
}

export function windowText(window: {
	readonly by?: readonly string[];
	readonly order: Order | null;
	readonly frame?: Frame | string | null;
	readonly isReversed?: boolean;
}): string {
	const { by = [], order, frame = null, isReversed = false } = window;
	return [
		...(by.length > 0 ? [`PARTITION BY ${by.map(writeName).join(', ')}`] : []),
		...(order ? [`ORDER BY ${orderText(order, isReversed)}`] : []),
		...(frame === null ? [] : [typeof frame === 'string' ? frame : frameText(frame)])
	].join(' ');
}

function frameText(frame: Frame): string {
	if ('last' in frame) return `ROWS BETWEEN ${frame.last - 1} PRECEDING AND CURRENT ROW`;
	if ('range' in frame) {
		const distance = typeof frame.range === 'number' ? writeValue(frame.range) : `INTERVAL ${quoteText(frame.range)}`;
		return `RANGE BETWEEN ${distance} PRECEDING AND CURRENT ROW`;
	}
	const [from, to] = frame.rows;
	return `ROWS BETWEEN ${boundText(from, 'PRECEDING')} AND ${boundText(to, 'FOLLOWING')}`;
}

function boundText(bound: number | 'unbounded', side: 'PRECEDING' | 'FOLLOWING'): string {
	if (bound === 'unbounded') return `UNBOUNDED ${side}`;
	if (bound === 0) return 'CURRENT ROW';
	return bound < 0 ? `${-bound} PRECEDING` : `${bound} FOLLOWING`;
}

/** In one line, behind `lead`, where it is short; else one a line. */
export function wrapped(items: readonly string[], lead = ''): string {
	const line = items.join(', ');
	if (line.length <= 90 || items.length === 1) return `${lead}${line}`;
	// Brackets round it close on a line of their own.
	return `\n  ${items.join(',\n  ')}${lead === '' ? '\n' : ''}`;
}
