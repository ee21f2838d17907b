// What every kind of connection says alike: what becomes of the rows, and by what those that came since are told.
import * as v from 'valibot';
import { ageMs } from '../check/age.ts';
import type { Path } from '../document/yaml-text.ts';
import type { TellProblem } from './connection-problem.ts';
import { filterOperators, type RowFilter } from './row-filter.ts';

export const told = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));
export const path = v.pipe(told, v.description('Dotted, such as data.items.'));
export const whole = (least: number, most: number) =>
	v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

const loadModes = ['full', 'append', 'merge', 'history'] as const;
const driftPolicies = ['ask', 'evolve', 'freeze', 'discard'] as const;

export const loadSchema = v.strictObject({
	into: v.optional(told),
	mode: v.optional(v.picklist(loadModes)),
	key: v.optional(v.pipe(v.array(told), v.minLength(1), v.maxLength(20))),
	drift: v.optional(v.picklist(driftPolicies))
});
export const lateSchema = v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}(\.\d{1,3})?\s*[smhdw]$/)));

const filterValue = v.union([v.pipe(v.string(), v.maxLength(2000)), v.number(), v.boolean()]);
export const filterSchema = v.strictObject({
	column: told,
	is: v.optional(v.picklist(filterOperators)),
	value: v.union([filterValue, v.pipe(v.array(filterValue), v.minLength(1), v.maxLength(1000))])
});
export const filtersSchema = v.optional(v.pipe(v.array(filterSchema), v.minLength(1), v.maxLength(50)));
type WrittenFilters = v.InferOutput<typeof filtersSchema>;

type WrittenLoad = v.InferOutput<typeof loadSchema>;
type WrittenSince = { readonly late?: string | undefined };

/** `history`: rows that change stay as they were, and stand once more as they are (type 2 of slowly changing dimensions). */
export type LoadMode = (typeof loadModes)[number];
export type DriftPolicy = (typeof driftPolicies)[number];

export type Since = {
	/** Dotted. */
	readonly field: string;
	/** How far before the greatest value it is asked again, for rows that come late. */
	readonly lateMs: number;
};

export type LoadTerms = {
	/** Null is the connection's own name. */
	readonly into: string | null;
	readonly mode: LoadMode;
	readonly key: readonly string[];
	readonly drift: DriftPolicy;
};

/** What all kinds have when they were read. */
export type ConnectionBase = {
	readonly kind: string;
	/** Where it leads, as people read it: an origin, without anything of a person. */
	readonly place: string;
	/** What it has to be told besides its text, and to which address alone each may go. */
	readonly secrets: readonly NamedSecret[];
	/** What decides which rows come: a connection that asks something else begins anew. */
	readonly asked: string;
	readonly since: Since | null;
	readonly load: LoadTerms;
};
export type NamedSecret = { readonly name: string; readonly origin: string };

export const knownLoadKeys = (holder: Path): readonly string[] =>
	holder[0] === 'load' ? Object.keys(loadSchema.entries) : [];

export function tellLoadProblems(
	{ load = {}, since }: { readonly load?: WrittenLoad | undefined; readonly since?: WrittenSince | undefined },
	tell: TellProblem
): void {
	const { mode = 'full', key } = load;
	if ((mode === 'merge' || mode === 'history') && !key) tell(['load'], { code: 'needs-key' });
	if (mode === 'append' && key) tell(['load', 'key'], { code: 'append-with-key' });
	if (since?.late !== undefined && mode !== 'merge' && mode !== 'history')
		tell(['since', 'late'], { code: 'late-without-merge' });
}

/** It takes all rows together, and what does not come is gone. */
export function isWholeLoad({ load, since }: Pick<ConnectionBase, 'load' | 'since'>): boolean {
	return load.mode === 'full' || (load.mode === 'history' && since === null);
}

export function tellFilterProblems(written: WrittenFilters, tell: TellProblem): void {
	for (const [index, { is: op = '=', value }] of (written ?? []).entries())
		if (Array.isArray(value) && op !== 'in') tell(['filters', index, 'value'], { code: 'many-values', op });
}

export function rowFilters(written: WrittenFilters): readonly RowFilter[] {
	return (written ?? []).map(({ column, is: op = '=', value }) => ({
		...{ column, op },
		values: Array.isArray(value) ? value : [value]
	}));
}

export function loadTerms(load: WrittenLoad | undefined): LoadTerms {
	const { into = null, mode = 'full', key = [], drift = 'ask' } = load ?? {};
	return { into, mode, key, drift };
}

export function lateMsOf(since: WrittenSince): number {
	return since.late === undefined ? 0 : (ageMs(since.late) ?? 0);
}
