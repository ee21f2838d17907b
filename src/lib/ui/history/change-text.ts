// What a version changed, in words.
import type { ColumnChange } from '#core/version/version-change.ts';
import type { Lineage, LineageParameter, LineageParameters } from '#core/version/version.ts';

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
	merge: 'Merge of branches',
	layout: 'Stored in another way',
	compact: 'Written anew without removed rows'
};

const parameterNames: Readonly<Record<string, string>> = {
	at: 'Went to',
	from: 'Merged',
	choiceCount: 'Choices',
	rowCount: 'Rows it changed',
	onMisfit: 'What did not fit'
};

/** What decided a version besides its inputs, named and said one by one. */
export function parameterTexts(
	parameters: LineageParameters | undefined
): readonly { readonly name: string; readonly text: string }[] {
	return Object.entries(parameters ?? {})
		.filter(([, value]) => value !== null && value !== 0)
		.map(([name, value]) => ({
			name: parameterNames[name] ?? name.slice(0, 1).toUpperCase() + name.slice(1),
			text: parameterText(value)
		}));
}

function parameterText(value: LineageParameter): string {
	if (typeof value === 'number') return value.toLocaleString('en');
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	if (value === null) return 'none';
	if (typeof value === 'string') return value;
	if (isList(value)) return value.map(parameterText).join(value.some((one) => typeof one === 'object') ? '; ' : ', ');
	return Object.entries(value)
		.map(([name, member]) => `${name} ${parameterText(member)}`)
		.join(', ');
}

function isList(value: LineageParameter): value is readonly LineageParameter[] {
	return Array.isArray(value);
}
