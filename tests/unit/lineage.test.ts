// Lineage of columns out of the engine's parse trees: a query, its tree and its lineage a file, told by a line a column.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ColumnLineage, Dependence, ReadTable } from '#core/lineage/column-lineage.ts';
import { fileInPlaceOf, filesOf } from '#core/lineage/read-files.ts';
import { readLineage } from '#core/lineage/read-query.ts';
import { queryOf } from '#core/lineage/tree.ts';

const folder = join(import.meta.dirname, '../golden/lineage');
const table = (name: string, columns: string): ReadTable => ({
	name,
	dataset: name,
	columns: columns.split(' ').map((column) => ({ name: column, type: 'INTEGER' }))
});
const tables = [table('t', 'a b c s'), table('u', 'k w'), table('v', 'a d')];

/** `outputs` are the columns that the query gave, where its tree alone does not tell them. */
type Golden = { readonly sql: string; readonly tree: unknown; readonly outputs?: readonly string[] };

function told({ fields, dataset, files = [], unknown }: ColumnLineage): string {
	const list = (inputs: readonly Dependence[]): string =>
		inputs.map((one) => `${one.dataset}.${one.column} ${one.subtype}`).join(', ') || 'nothing';
	return [
		...fields.map(({ column, inputs }) => `${column} <- ${list(inputs)}`),
		`rows <- ${list(dataset)}`,
		...files.map((file) => `reads ${file}`),
		...unknown.map((what) => `not understood: ${what}`),
		''
	].join('\n');
}

test.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', async (name) => {
	const { sql, tree, outputs } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Golden;
	const query = queryOf(tree);
	expect(query).not.toBeNull();
	const lineage = readLineage(query ?? {}, tables, outputs);
	await expect(`${sql}\n\n${told(lineage)}`).toMatchFileSnapshot(join(folder, name.replace('.json', '.txt')));
});

test('files are those that a text names, without what an address asks and who asks it', () => {
	const constant = (value: unknown) => ({ class: 'CONSTANT', value: { value } });
	const call = (name: string, ...children: object[]) => ({ function_name: name, children });
	const list = call('list_value', constant('a.csv'), constant('https://me:pass@example.org/b.csv?key=1'));
	expect(filesOf(call('read_csv', list))).toEqual(['a.csv', 'https://example.org/b.csv']);
	expect(filesOf(call('read_json_auto', constant('a.json')))).toEqual(['a.json']);
	expect(filesOf(call('read_parquet', { class: 'COLUMN_REF' }))).toBeNull();
	expect(filesOf(call('range', constant('a.csv')))).toBeNull();
	expect(fileInPlaceOf('orders.csv.gz')).toBe('orders.csv.gz');
	expect(fileInPlaceOf('orders')).toBeNull();
});
