// What changed between the columns of two versions.
import type { Column } from '../../version/version.ts';

export type SchemaDrift = {
	readonly added: readonly Column[];
	readonly removed: readonly Column[];
	readonly retyped: readonly { readonly column: string; readonly from: string; readonly to: string }[];
	/** Columns that both have stand in another order. */
	readonly isReordered: boolean;
};

export function schemaDrift(before: readonly Column[], after: readonly Column[]): SchemaDrift {
	const typeBefore = new Map(before.map(({ name, type }) => [name, type]));
	const typeAfter = new Map(after.map(({ name, type }) => [name, type]));
	const kept = before.filter(({ name }) => typeAfter.has(name));
	const keptNow = after.filter(({ name }) => typeBefore.has(name));
	return {
		added: after.filter(({ name }) => !typeBefore.has(name)),
		removed: before.filter(({ name }) => !typeAfter.has(name)),
		retyped: kept.flatMap(({ name, type }) => {
			const now = typeAfter.get(name) ?? type;
			return now === type ? [] : [{ column: name, from: type, to: now }];
		}),
		isReordered: kept.some(({ name }, at) => keptNow[at]?.name !== name)
	};
}

export function hasSchemaDrift({ added, removed, retyped, isReordered }: SchemaDrift): boolean {
	return added.length > 0 || removed.length > 0 || retyped.length > 0 || isReordered;
}
