// Opens a dataset's version, or the rows it refused, for a grid: nothing is read until a window is asked for.
import type { ResultId } from '../core/ids.ts';
import { err, type Result } from '../core/result.ts';
import type { Relation, ResultShape } from '../core/sql/relation.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { numberOf, type CatalogueItem } from './list-datasets.ts';
import type { RunSqlFailure } from './run-sql.ts';

export type BrowseInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	/** Any version that a branch or tag reaches; null for the head. */
	readonly version: Version | null;
	readonly rows: 'data' | 'rejects';
};

export async function browseDataset(
	input: BrowseInput,
	effects: Pick<Effects, 'engine'>
): Promise<Result<ResultShape, RunSqlFailure>> {
	return effects.engine.browse(input.id, relationOf(input));
}

/** Copies the head into memory, so that queries on it skip Parquet. */
export async function loadDataset(
	item: CatalogueItem,
	effects: Pick<Effects, 'engine' | 'jobs'>
): Promise<Result<void, RunSqlFailure>> {
	const job = effects.jobs.start(`Load ${item.dataset.name} into memory`);
	const loaded = await effects.engine.load(relationOf({ item, version: null, rows: 'data' }));
	job.end(loaded.ok ? 'done' : 'failed');
	if (!loaded.ok && loaded.error.kind === 'out-of-memory') return err({ kind: 'out-of-memory' });
	return loaded;
}

export async function unloadDataset(item: CatalogueItem, effects: Pick<Effects, 'engine'>): Promise<void> {
	await effects.engine.unload(item.version.id);
}

export function relationOf({ item, version, rows }: Omit<BrowseInput, 'id'>): Relation {
	const { name } = item.dataset;
	const wanted = version ?? item.version;
	const number = numberOf(wanted, item);
	const at = number === null ? wanted.id.slice(0, 12) : `v${number}`;
	const isHead = wanted.id === item.version.id;
	if (rows === 'rejects') {
		return { name: isHead ? `${name}@rejects` : `${name}@${at}@rejects`, version: wanted.id, rows };
	}
	return { name: isHead ? name : `${name}@${at}`, version: wanted.id, rows };
}
