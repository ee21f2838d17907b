// Lets SQL read the registry of models: its rows become files of the engine for as long as a query runs.
import {
	eventRow,
	metricRows,
	runRow,
	versionRow,
	type RegistryTableName
} from '../core/model/registry/registry-tables.ts';
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { bindRegistry } from '../core/sql/registry-sql.ts';
import type { Rewritten } from '../core/sql/rewrite.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

type RegistryEffects = Pick<Effects, 'engine' | 'models' | 'store'>;

/** `use` gets a text in which the registry's tables are read from files. */
export async function withRegistry<T, F>(
	{ id, sql }: { readonly id: ResultId; readonly sql: string },
	effects: RegistryEffects,
	use: (rewritten: Rewritten) => Promise<Result<T, F>>
): Promise<Result<T, F | StoreFailure>> {
	const asItIs = { sql, toOriginal: (position: number) => position };
	if (!/\bmodel_(runs|metrics|versions|events)\b/i.test(sql)) return use(asItIs);
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	const taken = new Set(datasets.value.map(({ name }) => name.toLowerCase()));
	const fileOf = (table: RegistryTableName): string => `${table}-${id}.ndjson`;
	const bound = bindRegistry(sql, (name) => taken.has(name), fileOf);
	try {
		for (const table of bound.tables) {
			const rows = await rowsOf(table, effects);
			if (!rows.ok) return rows;
			const lines = rows.value.map((row) => `${JSON.stringify(row)}\n`);
			await effects.engine.register(fileOf(table), new Blob(lines));
		}
		return await use(bound);
	} finally {
		for (const table of bound.tables) await effects.engine.unregister(fileOf(table));
	}
}

async function rowsOf(
	table: RegistryTableName,
	{ models }: RegistryEffects
): Promise<Result<readonly Readonly<Record<string, unknown>>[], StoreFailure>> {
	if (table === 'model_versions' || table === 'model_events') {
		const registry = await models.registry();
		if (!registry.ok) return registry;
		const { versions, events, models: registered } = registry.value;
		return ok(table === 'model_events' ? events.map(eventRow) : versions.map((one) => versionRow(one, registered)));
	}
	const runs = await models.runs();
	if (!runs.ok) return runs;
	if (table === 'model_runs') return ok(runs.value.map(runRow));
	const rows: Readonly<Record<string, unknown>>[] = [];
	for (const { id } of runs.value) {
		const metrics = await models.metrics(id);
		if (!metrics.ok) return metrics;
		for (const one of metrics.value) rows.push(...metricRows(one));
	}
	return ok(rows);
}
