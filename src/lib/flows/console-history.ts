// What `weir.history` answers: the history of a dataset as plain facts, each version with its sources.
import { inBatches } from '../core/batches.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { HistoryFacts, VersionFacts } from './console-version-types.ts';
import {
	addedBytes,
	datasetHistory,
	traceLineage,
	type HistoryRow,
	type LineageTrace,
	type PartsBySegment
} from './dataset-history.ts';
import type { Effects } from './effects.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';

/** Versions whose sizes are looked up at once. */
const BATCH = 200;

export async function historyFacts(
	name: string,
	effects: Effects
): Promise<Result<readonly HistoryFacts[], StoreFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const item = items.value.find(({ dataset }) => dataset.name.toLowerCase() === name.toLowerCase());
	if (!item) return err({ kind: 'unknown-dataset', name });
	const { rows } = datasetHistory(item);
	const facts: HistoryFacts[] = [];
	const known: PartsBySegment = new Map();
	for (const some of inBatches(rows, BATCH)) {
		const sizes = await addedBytes(some, item, known, effects);
		if (!sizes.ok) return sizes;
		for (const row of some) {
			const trace = await traceLineage(row.version, items.value, effects);
			if (!trace.ok) return trace;
			facts.push(factsOf(row, sizes.value.get(row.version.id) ?? null, trace.value));
		}
	}
	return ok(facts);
}

/** What `weir.versions` answers. */
export function versionFacts({ history, line }: CatalogueItem): readonly VersionFacts[] {
	const numbers = new Map(line.map(({ id }, at) => [id, at + 1]));
	return history.map((version) => {
		const { id, message, author, createdAtMs, table, schema, statistics, lineage, contentHash, layout } = version;
		const { rowCount, sizeBytes } = table;
		const facts = { message, author: author ?? null, createdAtMs, rowCount, sizeBytes };
		return { id, number: numbers.get(id) ?? 0, ...facts, schema, statistics, lineage, contentHash, layout };
	});
}

function factsOf(
	{ version, number, branches, tags, change, rejectCount, collectedAtMs }: HistoryRow,
	added: number | null,
	{ sources }: LineageTrace
): HistoryFacts {
	const { id, parents, message, author, createdAtMs, table, lineage, contentHash } = version;
	return {
		id,
		number,
		parents,
		collectedAtMs,
		branches,
		tags,
		message,
		author: author ?? null,
		createdAtMs,
		rowCount: table.rowCount,
		rowDelta: change.rowDelta,
		columnChanges: change.columns,
		sizeBytes: table.sizeBytes,
		addedBytes: added,
		rejectCount,
		lineage,
		sources,
		contentHash
	};
}
