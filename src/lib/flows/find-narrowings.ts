// Finds types that hold a table's columns in less room, and proves that nothing is lost.
import { ok, type Result } from '../core/result.ts';
import type { Relation } from '../core/sql/relation.ts';
import {
	canNarrow,
	factsSql,
	misfitExamplesSql,
	misfitsSql,
	narrowedType,
	type ColumnFacts,
	type Narrowed,
	type Narrowing
} from '../core/version/narrow.ts';
import type { Column } from '../core/version/version.ts';
import type { ValuesDoNotFit } from './retype-column.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { SegmentWork } from './segment-work.ts';

export type Rows = {
	/** A FROM item. */
	readonly table: string;
	readonly schema: readonly Column[];
	readonly relations: readonly Relation[];
};

/** Every row is read: what is found loses nothing. */
export async function findNarrowings(
	{ table, schema, relations }: Rows,
	narrowing: Narrowing,
	work: SegmentWork
): Promise<Result<readonly Narrowed[], RunSqlFailure>> {
	const columns = schema.filter(canNarrow);
	if (columns.length === 0) return ok([]);
	const told = await work.rows(factsSql(table, columns), relations);
	if (!told.ok) return told;
	const row = told.value[0] ?? {};
	const found = columns.flatMap(({ name, type }, index): readonly Narrowed[] => {
		const narrow = narrowedType(type, factsOf(row, index), narrowing);
		return narrow === null ? [] : [{ name, narrow, wide: type }];
	});
	if (found.length === 0) return ok([]);
	// Bounds alone prove nothing of the values between them.
	const counted = await work.rows(misfitsSql(table, found), relations);
	if (!counted.ok) return counted;
	return ok(found.filter((_column, index) => Number(counted.value[0]?.[`n${index}`]) === 0));
}

/** Null when every value of the columns stays what it is. */
export async function proveNarrowings(
	{ table, relations }: Pick<Rows, 'table' | 'relations'>,
	columns: readonly Narrowed[],
	work: SegmentWork
): Promise<RunSqlFailure | ValuesDoNotFit | null> {
	if (columns.length === 0) return null;
	const counted = await work.rows(misfitsSql(table, columns), relations);
	if (!counted.ok) return counted.error;
	const at = columns.findIndex((_column, index) => Number(counted.value[0]?.[`n${index}`]) !== 0);
	const wrong = columns[at];
	if (!wrong) return null;
	const shown = await work.rows(misfitExamplesSql(table, wrong), relations);
	if (!shown.ok) return shown.error;
	const examples = Array.isArray(shown.value[0]?.['examples']) ? shown.value[0]['examples'].map(String) : [];
	const misfits = Number(counted.value[0]?.[`n${at}`]);
	return { kind: 'values-do-not-fit', column: wrong.name, type: wrong.narrow, misfits, examples };
}

function factsOf(row: Record<string, unknown>, index: number): ColumnFacts {
	const text = (name: string): string | null => {
		const value = row[`${name}${index}`];
		return typeof value === 'string' ? value : null;
	};
	const count = (name: string): number => Number(row[`${name}${index}`] ?? 0);
	return {
		least: text('least'),
		greatest: text('greatest'),
		notWhole: count('notWhole'),
		notFloat: count('notFloat')
	};
}
