// The tables a part of a query can see, and what a column's name means there.
import type { Dependence } from './column-lineage.ts';
import { through } from './column-lineage.ts';

export type SeenColumn = { readonly name: string; readonly inputs: readonly Dependence[] };

export type Seen = {
	/** As the query calls it; empty for what has no name. */
	readonly name: string;
	readonly columns: readonly SeenColumn[];
	/** Any other column comes from these; null when there is no other. */
	readonly others: readonly Dependence[] | null;
};

export class Scope {
	readonly tables: readonly Seen[];
	/** Columns that `USING` made one: the second of a name is not shown by a star. */
	readonly merged: ReadonlySet<string>;
	readonly #outer: Scope | null;
	/** Names of the select list, for what may use them. */
	readonly aliases = new Map<string, readonly Dependence[]>();
	/** Parameters of lambdas: no columns. */
	readonly locals: ReadonlySet<string>;
	/** Named queries that what stands inside can read. */
	ctes: ReadonlyMap<string, Seen & { readonly whole: readonly Dependence[] }> = new Map();

	constructor(
		tables: readonly Seen[],
		outer: Scope | null,
		merged: ReadonlySet<string> = new Set(),
		locals: ReadonlySet<string> = new Set()
	) {
		this.tables = tables;
		this.#outer = outer;
		this.merged = merged;
		this.locals = locals;
	}

	withLocals(names: readonly string[]): Scope {
		const scope = new Scope(this.tables, this.#outer, this.merged, new Set([...this.locals, ...names]));
		scope.ctes = this.ctes;
		for (const [name, inputs] of this.aliases) scope.aliases.set(name, inputs);
		return scope;
	}

	/** Null when nothing has that name. */
	find(path: readonly string[], aliasFirst = false): readonly Dependence[] | null {
		const [first = '', second] = path.map((name) => name.toLowerCase());
		if (this.locals.has(first)) return [];
		const alias = path.length === 1 ? this.aliases.get(first) : undefined;
		if (aliasFirst && alias) return alias;
		if (second !== undefined) {
			const table = this.tables.find(({ name }) => name.toLowerCase() === first);
			const inputs = table && (columnOf(table, second)?.inputs ?? table.others);
			if (inputs) return path.length > 2 ? through(inputs, 'TRANSFORMATION') : inputs;
		}
		const own = this.tables.flatMap((table) => columnOf(table, first) ?? []);
		// A field of a struct is a part of its column.
		if (own[0]) return path.length > 1 ? through(own[0].inputs, 'TRANSFORMATION') : own[0].inputs;
		if (alias) return alias;
		const whole = this.tables.find(({ name }) => name.toLowerCase() === first);
		if (whole && path.length === 1)
			return through(
				whole.columns.flatMap(({ inputs }) => inputs),
				'TRANSFORMATION'
			);
		// It may be one of those that are not known by name, or one from outside.
		const open = this.tables.filter(({ others }) => others !== null).flatMap(({ others }) => [...(others ?? [])]);
		const outside = this.#outer?.find(path) ?? null;
		return this.tables.some(({ others }) => others !== null) ? [...(outside ?? []), ...open] : outside;
	}
}

function columnOf(table: Seen, name: string): SeenColumn | undefined {
	return table.columns.find((column) => column.name.toLowerCase() === name);
}
