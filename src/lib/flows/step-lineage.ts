// Finds where a step's columns come from: the engine parses its query, and core reads the tree.
import { readLineage, unreadLineage } from '../core/lineage/read-query.ts';
import { functionLineage, type StepLineage } from '../core/lineage/step-lineage.ts';
import type { ResultId } from '../core/ids.ts';
import type { Work } from '../core/pipeline/pipeline.ts';
import { ok, type Result } from '../core/result.ts';
import { bindVersions } from '../core/sql/bind-versions.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import { readsNothing } from '../core/lineage/reads-nothing.ts';
import type { Column } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { catalogueEntries, type CatalogueItem } from './list-datasets.ts';
import { treeOf } from './sql-tree.ts';

/** Once the output's columns are known. */
export type LineageOf = (schema: readonly Column[] | null) => StepLineage;

/** A query that the engine gives no tree of says so in its lineage; a step fails by it only where the engine itself went. */
export async function lineageOf(
	input: {
		readonly work: Work;
		/** What it reads, as SQL. */
		readonly sql: string | null;
		/** Of functions that are called for it. */
		readonly code?: StepLineage['code'];
		readonly engine: string;
		readonly items: readonly CatalogueItem[];
		readonly id: ResultId;
	},
	effects: Pick<Effects, 'engine'>
): Promise<Result<LineageOf, SqlFailure>> {
	const { work, sql, code: called = null, engine, items, id } = input;
	const none = { sql, code: called, source: null, engine, inputs: {}, columns: null };
	if (work.kind === 'ingest') return ok((schema) => ({ ...none, source: sourceOf(work), schema }));
	const bound = sql === null ? null : bindVersions(sql, catalogueEntries(items));
	if (sql === null || !bound?.ok) return ok((schema) => ({ ...none, schema }));
	const tables = bound.value.relations.map(({ name, version }) => ({
		name,
		dataset: name.replace(/@[^@]*$/, ''),
		columns: items.flatMap(({ reached }) => reached).find((one) => one.id === version)?.schema ?? []
	}));
	const inputs = Object.fromEntries(tables.map(({ name, columns }) => [name, columns]));
	if (work.kind === 'transform' && work.rows.kind === 'function') {
		const { fn } = work.rows;
		const [given = { dataset: work.rows.input, columns: [] }] = tables;
		const code = { language: fn.language, source: fn.code };
		return ok((schema) => {
			const columns =
				schema &&
				functionLineage(
					fn,
					given,
					schema.map(({ name }) => name)
				);
			return { ...none, code, inputs, schema, columns };
		});
	}
	if (tables.length === 0 && readsNothing(sql))
		return ok((schema) => {
			const fields = (schema ?? []).map(({ name }) => ({ column: name, inputs: [] }));
			return { ...none, inputs, schema, columns: { fields, dataset: [], unknown: [] } };
		});
	const tree = await treeOf(bound.value.sql, id, effects);
	if (!tree.ok) return tree;
	return ok((schema) => {
		const outputs = schema?.map(({ name }) => name) ?? null;
		const columns = tree.value ? readLineage(tree.value, tables, outputs) : unreadLineage(tables, outputs);
		return { ...none, inputs, schema, columns };
	});
}

/** Queries of addresses may hold what is nobody's business. */
function sourceOf({ source }: Work & { readonly kind: 'ingest' }): StepLineage['source'] {
	if (source.kind === 'sample') return { namespace: 'weir-samples', name: source.sample };
	if (source.kind === 'file') return { namespace: `weir-folders:${source.folder}`, name: source.file };
	if (source.kind === 'connection') return { namespace: 'weir-connections', name: source.connection };
	if (source.kind !== 'url') return null;
	const [, namespace = 'address', name = '/'] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]+)([^?#]*)/i.exec(source.url) ?? [];
	return { namespace: namespace.replace(/\/\/[^@/]*@/, '//'), name: name || '/' };
}
