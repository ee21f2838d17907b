// What a statement reads, told by the engine's parse trees: those of the lineage of columns serve here too.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { queryOf } from '#core/lineage/tree.ts';
import { readStatement } from '#core/query/read-statement.ts';
import { triedValues } from '#core/query/tried.ts';
import type { Parameter } from '#core/query/named-query.ts';

const folder = join(import.meta.dirname, '../golden/lineage');
const pure = new Set(['sum', 'max', 'avg', 'count_star', 'upper', 'list_value', 'list_transform']);

function readsOf(tree: unknown, known = pure): ReturnType<typeof readStatement> {
	return readStatement({
		tree: queryOf(tree) ?? {},
		datasetNamed: (name) => (['t', 'u', 'v'].includes(name) ? name : null),
		columns: new Set(),
		pure: known,
		positionOf: () => null
	});
}

function golden(name: string): { readonly sql: string; readonly tree: unknown } {
	return JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReturnType<typeof golden>;
}

test.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
	'each dataset of %s is found, and no name that WITH gives',
	(name) => {
		const { sql, tree } = golden(name);
		const named = [...sql.matchAll(/(?:FROM|JOIN|PIVOT|,) ([tuv])\b(?!\.)/g)].map(([, table]) => table);
		const { datasets, problems } = readsOf(tree);
		expect(datasets).toEqual([...new Set(named)]);
		const isElsewhere = sql.includes('elsewhere');
		expect(problems).toEqual(isElsewhere ? [{ code: 'no-dataset', name: 'elsewhere', position: null }] : []);
	}
);

test('a function is refused once for each place of it, unless the engine says that it depends on its arguments alone', () => {
	const { tree } = golden('group.json');
	const changing = (name: string) => ({ code: 'changing', name, position: null });
	expect(readsOf(tree, new Set(['max'])).problems).toEqual([
		changing('sum()'),
		changing('count_star()'),
		changing('sum()')
	]);
});

test('a parameter is tried with what it may be', () => {
	const base: Omit<Parameter, 'name' | 'type'> = {
		...{ isList: false, description: null, default: null, isRequired: true },
		...{ allowed: null, min: null, max: null }
	};
	const tried = triedValues([
		{ ...base, name: 'share', type: 'decimal', min: '0.9' },
		{ ...base, name: 'kind', type: 'text', allowed: ['sun', 'rain'] },
		{ ...base, name: 'days', type: 'date', isList: true },
		{ ...base, name: 'count', type: 'integer', default: '7', max: '9' }
	]);
	expect(Object.fromEntries(tried)).toEqual({ share: '0.9', kind: 'sun', days: ['2024-02-29'], count: '7' });
});
