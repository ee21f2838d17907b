// What a version changed, in words.
import type { ColumnChange } from '#core/version/version-change.ts';
import type { Lineage } from '#core/version/version.ts';

/** `+1,204`, `−3`, `±0`. */
export function deltaText(delta: number): string {
	if (delta === 0) return '±0';
	return `${delta > 0 ? '+' : '−'}${Math.abs(delta).toLocaleString('en')}`;
}

/** `+2 columns, 1 retyped`; empty when none changed. */
export function columnsText(changes: readonly ColumnChange[]): string {
	const count = (kind: ColumnChange['kind']): number => changes.filter((change) => change.kind === kind).length;
	const [added, removed, retyped] = [count('added'), count('removed'), count('retyped')];
	const noun = (number: number): string => (number === 1 ? 'column' : 'columns');
	return [
		...(added > 0 ? [`+${added} ${noun(added)}`] : []),
		...(removed > 0 ? [`−${removed} ${noun(removed)}`] : []),
		...(retyped > 0 ? [`${retyped} ${noun(retyped)} retyped`] : [])
	].join(', ');
}

export const operationText: Readonly<Record<Lineage['operation'], string>> = {
	ingest: 'Ingested',
	recipe: 'Made by a recipe',
	sql: 'Made by a query',
	retype: 'A column’s type was changed',
	restore: 'Gone back to an older version',
	edit: 'Rows were edited',
	key: 'The key was set',
	merge: 'Merge of branches'
};
