// Which column of one version is which of the other, and what that says of the schema.
import type { ColumnChange } from '../version/version-change.ts';
import type { Column } from '../version/version.ts';

/** A column of both sides, or of one alone; `name` is what it is called after, where it is there. */
export type ColumnPair = { readonly name: string; readonly from: Column | null; readonly to: Column | null };

/** New names by old ones, as a person tells them. */
export type Renames = Readonly<Record<string, string>>;

export type SchemaChange =
	| ColumnChange
	| {
			readonly kind: 'renamed';
			readonly name: string;
			readonly nameBefore: string;
			readonly type: string;
			readonly typeBefore: string;
	  };

/** Columns of `to` in their order, then those that `from` alone has. Names match without regard to case. */
export function pairColumns(
	from: readonly Column[],
	to: readonly Column[],
	renames: Renames = {}
): readonly ColumnPair[] {
	const nameAfter = (column: Column): string => {
		const told = Object.entries(renames).find(([before]) => isSame(before, column.name))?.[1];
		return told !== undefined && to.some(({ name }) => isSame(name, told)) ? told : column.name;
	};
	const before = (name: string): Column | null => {
		const found = from.filter((column) => isSame(nameAfter(column), name));
		return found.find((column) => !isSame(column.name, name)) ?? found[0] ?? null;
	};
	const paired = to.map((column): ColumnPair => ({ name: column.name, from: before(column.name), to: column }));
	const left = from.filter((column) => !paired.some((pair) => pair.from === column));
	return [...paired, ...left.map((column): ColumnPair => ({ name: column.name, from: column, to: null }))];
}

/** In the order of the pairs. A rename is one only where it was told; capitals alone are none. */
export function schemaChanges(pairs: readonly ColumnPair[]): readonly SchemaChange[] {
	return pairs.flatMap(({ name, from, to }): readonly SchemaChange[] => {
		if (!from) return to ? [{ kind: 'added', name, type: to.type }] : [];
		if (!to) return [{ kind: 'removed', name, type: from.type }];
		const types = { type: to.type, typeBefore: from.type };
		if (!isSame(from.name, to.name)) return [{ kind: 'renamed', name, nameBefore: from.name, ...types }];
		return from.type === to.type ? [] : [{ kind: 'retyped', name, ...types }];
	});
}

/** Whether segments that both have hold the same columns in both, so that their rows need no comparing; pairs in any order. */
export function areAlike(from: readonly Column[], to: readonly Column[], pairs: readonly ColumnPair[]): boolean {
	const before = new Map(pairs.map((pair) => [pair.to?.name, pair.from?.name]));
	return (
		from.length === to.length &&
		to.every(({ name, type }, index) => from[index]?.type === type && before.get(name) === from[index].name)
	);
}

/** Whether the columns' values are compared as they are; those of other types are compared as texts. */
export function isComparedAsItIs({ from, to }: ColumnPair): boolean {
	if (!from || !to || from.type === to.type) return true;
	return [WHOLE, EXACT_IN_DOUBLE].some((types) => types.has(from.type) && types.has(to.type));
}

/** True where the cells `from` and `to` of a pair differ; one without a column differs where the other is not null. */
export function differsSql(pair: ColumnPair, from: string, to: string): string {
	if (!pair.from) return `${to} IS NOT NULL`;
	if (!pair.to) return `${from} IS NOT NULL`;
	return `${comparedSql(pair, from)} IS DISTINCT FROM ${comparedSql(pair, to)}`;
}

export function comparedSql(pair: ColumnPair, cell: string): string {
	return isComparedAsItIs(pair) ? cell : `CAST(${cell} AS VARCHAR)`;
}

/** The pairs that a key's columns are, by their names after; `missing` are those that are not of both sides. */
export function keyPairs(
	pairs: readonly ColumnPair[],
	key: readonly string[]
): { readonly keys: readonly ColumnPair[]; readonly missing: readonly string[] } {
	const found = key.map((column) => pairs.find((pair) => isSame(pair.name, column)));
	const isOfBoth = (pair: ColumnPair | undefined): boolean => Boolean(pair?.from && pair.to);
	return {
		keys: [...new Set(found.flatMap((pair) => (pair && isOfBoth(pair) ? [pair] : [])))],
		missing: key.filter((_column, index) => !isOfBoth(found[index]))
	};
}

/** A key's value, from the cells `f` and `t` of its place; either side may lack the row. */
export function keySql(pair: ColumnPair, place: number): string {
	return `coalesce(${comparedSql(pair, `t${place}`)}, ${comparedSql(pair, `f${place}`)})`;
}

const WHOLE: ReadonlySet<string> = new Set(
	['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'].flatMap((type) => [type, `U${type}`])
);
const EXACT_IN_DOUBLE: ReadonlySet<string> = new Set([
	...['TINYINT', 'SMALLINT', 'INTEGER'].flatMap((type) => [type, `U${type}`]),
	'FLOAT',
	'DOUBLE'
]);

function isSame(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}
