// What `weir.history` answers: the history of a dataset as plain facts, each version with its sources.
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { HistoryFacts } from './console-types.ts';
import { datasetHistory, traceLineage, type HistoryRow, type LineageTrace } from './dataset-history.ts';
import type { Effects } from './effects.ts';
import { listDatasets } from './list-datasets.ts';

export async function historyFacts(
	name: string,
	effects: Effects
): Promise<Result<readonly HistoryFacts[], StoreFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const item = items.value.find(({ dataset }) => dataset.name.toLowerCase() === name.toLowerCase());
	if (!item) return err({ kind: 'unknown-dataset', name });
	const history = await datasetHistory(item, effects);
	if (!history.ok) return history;
	const facts: HistoryFacts[] = [];
	for (const row of history.value.rows) {
		const trace = await traceLineage(row.version, items.value, effects);
		if (!trace.ok) return trace;
		facts.push(factsOf(row, trace.value));
	}
	return ok(facts);
}

function factsOf(
	{ version, number, branches, tags, change, addedBytes, rejectCount }: HistoryRow,
	{ sources }: LineageTrace
): HistoryFacts {
	const { id, parents, message, createdAtMs, table, lineage, contentHash } = version;
	return {
		id,
		number,
		parents,
		branches,
		tags,
		message,
		createdAtMs,
		rowCount: table.rowCount,
		rowDelta: change.rowDelta,
		columnChanges: change.columns,
		sizeBytes: table.sizeBytes,
		addedBytes,
		rejectCount,
		lineage,
		sources,
		contentHash
	};
}
