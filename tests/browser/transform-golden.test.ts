// Walks the golden folder of recipes: each checked, compiled and run through `window.weir`, as a person would.
import { afterAll, expect, test } from 'vitest';
import type { Result } from '#core/result.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';

type Expected = {
	readonly columns?: readonly string[];
	readonly rows?: readonly (readonly unknown[])[];
	readonly rejects?: readonly (readonly unknown[])[];
	/** Where a recipe is refused: kind, or `line:column what`. */
	readonly failure?: string;
};

const recipes = import.meta.glob<string>('../golden/transform/*/recipe.yaml', {
	query: '?raw',
	import: 'default',
	eager: true
});
const tables = import.meta.glob<string>('../golden/transform/*/*.sql', {
	query: '?raw',
	import: 'default',
	eager: true
});
const expectations = import.meta.glob<Expected>('../golden/transform/*/expected.json', {
	import: 'default',
	eager: true
});

// Other files leave parts behind, some of them damaged on purpose.
await new WorkspaceDb().delete();
const { console: weir, effects } = compose();
afterAll(async () => {
	for (const { name } of valueOf(await weir.datasets())) await weir.remove(name);
	for (const id of await indexedDB.databases()) if (id.name === 'weir') await effects.store.collect();
});

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const plain = (cell: unknown): unknown => {
	if (typeof cell === 'bigint') return Number(cell);
	return cell instanceof Date ? cell.toISOString() : cell;
};

async function rowsOf(sql: string): Promise<readonly (readonly unknown[])[]> {
	const answer = valueOf(await weir.sql(sql));
	const rows = await answer.rows();
	await answer.release();
	return rows.map((row) => answer.columns.map(({ name }) => plain(row[name])));
}

async function outcome(name: string): Promise<Expected & { readonly sql: string }> {
	const recipe = recipes[`../golden/transform/${name}/recipe.yaml`] ?? '';
	for (const [path, sql] of Object.entries(tables)) {
		const [, folder, table = ''] = /([^/]+)\/([^/]+)\.sql$/.exec(path) ?? [];
		if (folder === name && table !== 'expected') valueOf(await weir.save(table, sql));
	}
	const sql = await weir.recipeSql(recipe);
	const ran = await weir.runRecipe(recipe, { output: 'output of a recipe' });
	const made = sql.ok ? sql.value : '';
	if (!ran.ok) {
		const { error } = ran;
		if (error.kind !== 'recipe-problems') return { sql: made, failure: error.kind };
		const told = error.problems.map(({ line, column, what, ...facts }) => {
			const near = 'nearest' in facts ? facts.nearest : 'candidates' in facts ? facts.candidates[0] : null;
			return `${line}:${column} ${what}${near ? `, did you mean ${near}` : ''}`;
		});
		return { sql: made, failure: told.join('; ') };
	}
	const shape = valueOf(await weir.describe('FROM "output of a recipe"'));
	const rejects = ran.value.rejectCount > 0 ? await rowsOf('FROM "output of a recipe"@rejects ORDER BY line') : null;
	return {
		sql: made,
		columns: shape.map((column) => `${column.name} ${column.type}`),
		rows: await rowsOf('FROM "output of a recipe"'),
		...(rejects ? { rejects } : {})
	};
}

const names = Object.keys(recipes).map((path) => /([^/]+)\/recipe\.yaml$/.exec(path)?.[1] ?? '');

test.each(names)('%s gives the SQL a person would write, and its rows', async (name) => {
	for (const { name: dataset } of valueOf(await weir.datasets())) await weir.remove(dataset);
	const { sql, ...found } = await outcome(name);
	expect(found).toEqual(expectations[`../golden/transform/${name}/expected.json`]);
	expect(`${sql}\n`.trimStart()).toBe(tables[`../golden/transform/${name}/expected.sql`] ?? '');
});
