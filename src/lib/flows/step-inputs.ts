// What the steps of a pipeline read, as facts about versions: what decides whether their outputs stand.
import type { IngestWork } from '../core/pipeline/pipeline.ts';
import type { FailureFacts, TableFacts } from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import { bindVersions } from '../core/sql/bind-versions.ts';
import type { Relation } from '../core/sql/relation.ts';
import type { Version } from '../core/version/version.ts';
import { catalogueEntries, type CatalogueItem } from './list-datasets.ts';
import type { Study } from './runner-effects.ts';

/** What an import reads: of an address, a file or a sample nothing that is stored. */
export function studyIngest(
	{ source, mode }: IngestWork,
	items: readonly CatalogueItem[],
	engine: string
): Result<Study, FailureFacts> {
	switch (source.kind) {
		case 'url':
			return ok({
				inputs: [],
				engine,
				unrepeatable: 'an address may answer something else',
				source: originOf(source.url)
			});
		case 'file':
			return ok({ inputs: [], engine, unrepeatable: 'a file may hold something else', source: null });
		case 'connection':
			return ok({ inputs: [], engine, unrepeatable: 'a source may have more by now', source: null });
		case 'sample':
			return ok({
				inputs: [],
				engine,
				unrepeatable: mode === 'replace' ? null : `${mode} depends on what is there`,
				source: `sample ${source.sample}`
			});
		case 'dataset': {
			const bound = bindVersions(`FROM ${quoteReference(source.dataset)}`, catalogueEntries(items));
			if (!bound.ok) return bound;
			const inputs = bound.value.relations.flatMap((relation) => factsOf(relation, items));
			if (inputs.length === 0) return err({ kind: 'unknown-dataset', name: source.dataset });
			return ok({ inputs, engine, unrepeatable: null, source: null });
		}
	}
}

/** Rows that were refused have no hash of their own: their version stands for them. */
export function factsOf(relation: Relation, items: readonly CatalogueItem[]): readonly TableFacts[] {
	for (const { reached } of items) {
		const version = reached.find(({ id }) => id === relation.version);
		if (!version) continue;
		const facts = tableFacts(relation.name, version);
		return [relation.rows === 'data' ? facts : { ...facts, contentHash: `${relation.rows} of ${version.id}` }];
	}
	return [];
}

export function tableFacts(dataset: string, { id, contentHash, table }: Version): TableFacts {
	return { dataset, version: id, contentHash, rowCount: table.rowCount, sizeBytes: table.sizeBytes };
}

export function itemNamed(name: string, items: readonly CatalogueItem[]): CatalogueItem | undefined {
	return items.find(({ dataset }) => dataset.name.toLowerCase() === name.toLowerCase());
}

function quoteReference(reference: string): string {
	const at = reference.indexOf('@');
	const name = (at < 0 ? reference : reference.slice(0, at)).replaceAll('"', '""');
	return `"${name}"${at < 0 ? '' : reference.slice(at)}`;
}

/** Queries are no part of a source's name: they may hold what is nobody's business. */
function originOf(url: string): string {
	return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(url)?.[0].replace(/\/\/[^@/]*@/, '//') ?? 'address';
}
