// As what the edge compares a column's cells: only kinds whose order and equality are those of the engine, cell for cell.
import { compareCells, compareTimes, type Cell } from '../share/cells.ts';
import type { OperandType } from './query-plan.ts';

export type ComparedAs = 'boolean' | 'integer' | 'float' | 'double' | 'decimal' | 'text' | 'date' | 'timestamp';

/** Decimals of more digits are not told apart by a double. */
export const EXACT_DIGITS = 15;

const bySqlType: Readonly<Record<string, ComparedAs>> = {
	BOOLEAN: 'boolean',
	...{ TINYINT: 'integer', SMALLINT: 'integer', INTEGER: 'integer', BIGINT: 'integer' },
	...{ UTINYINT: 'integer', USMALLINT: 'integer', UINTEGER: 'integer' },
	...{ FLOAT: 'float', DOUBLE: 'double', VARCHAR: 'text', DATE: 'date' },
	...{ TIMESTAMP: 'timestamp', TIMESTAMP_S: 'timestamp', TIMESTAMP_MS: 'timestamp' }
};

/** Null for a type that only the engine compares. */
export function comparedAs(sqlType: string): ComparedAs | null {
	const digits = /^DECIMAL\((\d+),/.exec(sqlType)?.[1];
	if (digits !== undefined) return Number(digits) <= EXACT_DIGITS ? 'decimal' : null;
	return bySqlType[sqlType] ?? null;
}

/** How cells are held against an operand of a type. */
export type Comparison = {
	/** From its text; null for a value that would be compared otherwise than the engine does. */
	readonly operand: (text: string) => Cell;
	readonly compare: (cell: Cell, operand: Cell) => number;
};

const plain = (operand: (text: string) => Cell): Comparison => ({ operand, compare: compareCells });
const time = (operand: (text: string) => Cell): Comparison => ({ operand, compare: compareTimes });
/** The engine makes both a DOUBLE. */
const doubled: Comparison = { operand: Number, compare: (cell, operand) => compareCells(doubleOf(cell), operand) };
const exact = plain((text) => (digitsOf(text) <= EXACT_DIGITS ? Number(text) : null));
/** Larger ones are rounded to a FLOAT in more than one way. */
const FLOAT_WHOLE = 2 ** 24;

const comparisons: Readonly<Record<ComparedAs, Partial<Record<OperandType, Comparison>>>> = {
	boolean: { boolean: plain((text) => text === 'true') },
	integer: { integer: plain(BigInt), decimal: doubled, exact },
	float: { decimal: doubled },
	double: { integer: doubled, decimal: doubled, exact },
	decimal: { integer: plain(BigInt), decimal: doubled, exact },
	text: { text: plain((text) => text) },
	date: { date: time((text) => text) },
	timestamp: { timestamp: time((text) => text.replace(' ', 'T')), date: time((text) => `${text}T00:00:00`) }
};

/** Null where the edge does not compare them as the engine does. */
export function comparisonOf(as: ComparedAs, type: OperandType): Comparison | null {
	return comparisons[as][type] ?? null;
}

/** What a number that is written in the SQL is compared as with a column of FLOAT; null where that hangs on rounding. */
export function writtenForFloat(text: string): string | null {
	return /^-?\d+$/.test(text) && Math.abs(Number(text)) <= FLOAT_WHOLE ? text : null;
}

export function orderOf(as: ComparedAs): (one: Cell, other: Cell) => number {
	return as === 'date' || as === 'timestamp' ? compareTimes : compareCells;
}

function doubleOf(cell: Cell): Cell {
	return typeof cell === 'bigint' ? Number(cell) : cell;
}

function digitsOf(text: string): number {
	return text.replace(/^-?0*\.?0*/, '').replace('.', '').length;
}
