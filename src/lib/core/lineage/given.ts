// What a query gives: the columns that are known by name, and what all others come from where a star stands for more.
import { through, type Dependence } from './column-lineage.ts';
import type { Seen, SeenColumn } from './scope.ts';

/** What a query gives: its columns, and what decides its rows. */
export type Given = {
	readonly columns: readonly SeenColumn[];
	readonly whole: readonly Dependence[];
	/** What any other column comes from; null when there is no other. */
	readonly others: readonly Dependence[] | null;
};

export type Columns = Pick<Given, 'columns' | 'others'>;

export function allOf({ columns, others }: Columns): readonly Dependence[] {
	return [...columns.flatMap(({ inputs }) => inputs), ...(others ?? [])];
}

/** Of a place counted from 1; where columns are missing, it may be any of them. */
export function columnAt(given: Columns, place: number): readonly Dependence[] {
	return given.others === null ? (given.columns[place - 1]?.inputs ?? []) : allOf(given);
}

export function seenOf(
	name: string,
	{ columns, whole, others }: Given
): Seen & { readonly whole: readonly Dependence[] } {
	return { name, columns, whole, others };
}

export function named(seen: Seen, alias: string, columns: readonly string[]): Seen {
	const name = alias || seen.name;
	return columns.length === 0 ? { ...seen, name } : { ...seen, name, ...renamedColumns(seen, columns) };
}

export function renamed(given: Given, aliases: readonly string[]): Given {
	return aliases.length === 0 ? given : { ...given, ...renamedColumns(given, aliases) };
}

function renamedColumns(given: Columns, aliases: readonly string[]): Columns {
	const columns = aliases.map((name, at) => ({ name, inputs: columnAt(given, at + 1) }));
	if (given.others === null) return { columns: [...columns, ...given.columns.slice(aliases.length)], others: null };
	return { columns, others: allOf(given) };
}

export function united(one: Given, other: Given, subtype: 'IDENTITY' | 'TRANSFORMATION'): Given {
	const whole = [...one.whole, ...other.whole];
	const isOpen = one.others !== null || other.others !== null;
	const of = (at: number): readonly Dependence[] =>
		through(isOpen ? allOf(other) : (other.columns[at]?.inputs ?? []), subtype);
	const columns = one.columns.map((column, at) => ({ ...column, inputs: [...column.inputs, ...of(at)] }));
	return { columns, whole, others: isOpen ? [...(one.others ?? []), ...of(0)] : null };
}

export function byName(one: Given, other: Given): Given {
	const names = [...new Set([...one.columns, ...other.columns].map(({ name }) => name))];
	const inputs = (from: Given, name: string): readonly Dependence[] =>
		from.columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.inputs ?? from.others ?? [];
	const isOpen = one.others !== null || other.others !== null;
	return {
		columns: names.map((name) => ({ name, inputs: [...inputs(one, name), ...inputs(other, name)] })),
		whole: [...one.whole, ...other.whole],
		others: isOpen ? [...(one.others ?? []), ...(other.others ?? [])] : null
	};
}

/** The engine calls columns of one name by others, and what a name stands for then may be any of them. */
export function inputsByName(given: Given): (name: string) => readonly Dependence[] {
	const known = new Map<string, Dependence[]>();
	for (const { name, inputs } of given.columns)
		known.set(name.toLowerCase(), [...(known.get(name.toLowerCase()) ?? []), ...inputs]);
	const rest = known.size < given.columns.length ? allOf(given) : (given.others ?? []);
	return (name) => known.get(name.toLowerCase()) ?? rest;
}
