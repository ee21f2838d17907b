// What a version changed in the one before it, as far as the manifests tell: rows are not read.
import type { Column, Version } from './version.ts';

export type ColumnChange =
	| { readonly kind: 'added' | 'removed'; readonly name: string; readonly type: string }
	| { readonly kind: 'retyped'; readonly name: string; readonly type: string; readonly typeBefore: string };

export type VersionChange = {
	/** Against the first parent; of a first version, all its rows. */
	readonly rowDelta: number;
	/** Against the first parent; none of a first version. A renamed column is one removed and one added. */
	readonly columns: readonly ColumnChange[];
};

type Shape = { readonly schema: readonly Column[]; readonly table: Pick<Version['table'], 'rowCount'> };

export function versionChange(version: Shape, parent: Shape | null): VersionChange {
	if (!parent) return { rowDelta: version.table.rowCount, columns: [] };
	return {
		rowDelta: version.table.rowCount - parent.table.rowCount,
		columns: columnChanges(parent.schema, version.schema)
	};
}

/** Added and retyped columns in the order of `to`, then removed ones in the order of `from`. */
function columnChanges(from: readonly Column[], to: readonly Column[]): readonly ColumnChange[] {
	const before = new Map(from.map(({ name, type }) => [name, type]));
	const after = new Set(to.map(({ name }) => name));
	return [
		...to.flatMap(({ name, type }): readonly ColumnChange[] => {
			const typeBefore = before.get(name);
			if (typeBefore === undefined) return [{ kind: 'added', name, type }];
			return typeBefore === type ? [] : [{ kind: 'retyped', name, type, typeBefore }];
		}),
		...from.flatMap(({ name, type }) => (after.has(name) ? [] : [{ kind: 'removed', name, type } as const]))
	];
}
