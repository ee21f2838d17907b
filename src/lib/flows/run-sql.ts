// Runs SQL over the catalogue: names are bound to versions first, and failures point into the text as it was written.
import { err, ok, type Result } from '../core/result.ts';
import type { ResultId, VersionId } from '../core/ids.ts';
import { keyPairs, pairColumns } from '../core/diff/column-pairs.ts';
import { pairedRelations, type PairedRelations } from '../core/diff/paired-relations.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { bindVersions, type BoundSql } from '../core/sql/bind-versions.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Column } from '../core/version/version.ts';
import type { RunInput, RunOutcome, RunProgress } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import type { UpgradeEffects } from './upgrade-workspace.ts';
import { catalogueEntries, listDatasets, type CatalogueItem } from './list-datasets.ts';
import { pairVersions } from './pair-versions.ts';

export type RunSqlInput = {
	/** Names the run and the rows it leaves in the engine; `release` them there. */
	readonly id: ResultId;
	readonly sql: string;
	readonly params?: readonly SqlParam[];
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: RunProgress) => void;
};

export type RunSqlFailure = SqlFailure | StoreFailure;
export type RunSqlOutcome = RunOutcome & { readonly inputs: readonly VersionId[] };

/** `items`: the catalogue as it was read a moment ago; it is read when there is none. */
export async function runSql(
	input: RunSqlInput,
	effects: Effects,
	items?: readonly CatalogueItem[]
): Promise<Result<RunSqlOutcome, RunSqlFailure>> {
	const bound = await (items ? bindAmong(input.sql, items, effects) : bindSql(input.sql, effects));
	if (!bound.ok) return bound;
	const onProgress = input.onProgress ?? ((): void => undefined);
	const outcome = await whileCancellable(input.id, input.signal, effects, () =>
		effects.engine.run(runInput(input, bound.value), onProgress)
	);
	return outcome.ok ? ok({ ...outcome.value, inputs: bound.value.inputs }) : atOriginal(outcome, bound.value);
}

/** The few rows of a text, of which nothing is held. `items`: as of `runSql`. */
export async function answerSql(
	input: Pick<RunSqlInput, 'id' | 'sql' | 'signal'>,
	effects: Effects,
	items?: readonly CatalogueItem[]
): Promise<Result<readonly Record<string, unknown>[], RunSqlFailure>> {
	const bound = await (items ? bindAmong(input.sql, items, effects) : bindSql(input.sql, effects));
	if (!bound.ok) return bound;
	const answered = await whileCancellable(input.id, input.signal, effects, () =>
		effects.engine.answer(runInput(input, bound.value))
	);
	return answered.ok ? ok(decodeRows(answered.value)) : atOriginal(answered, bound.value);
}

/** Column names and types of a text, without running it. */
export async function describeSql(
	input: RunSqlInput,
	effects: Effects
): Promise<Result<readonly Column[], RunSqlFailure>> {
	const bound = await bindSql(input.sql, effects);
	if (!bound.ok) return bound;
	const columns = await effects.engine.describe(runInput(input, bound.value));
	return columns.ok ? columns : atOriginal(columns, bound.value);
}

export async function bindSql(sql: string, effects: UpgradeEffects): Promise<Result<BoundSql, RunSqlFailure>> {
	const items = await listDatasets(effects);
	return items.ok ? bindAmong(sql, items.value, effects) : items;
}

/** As `bindSql`, over a catalogue that is given. */
export async function bindAmong(
	sql: string,
	items: readonly CatalogueItem[],
	effects: UpgradeEffects
): Promise<Result<BoundSql, RunSqlFailure>> {
	const entries = catalogueEntries(items);
	const bound = bindVersions(sql, entries);
	if (!bound.ok || bound.value.diffs.length === 0) return bound;
	// What a comparison must read is told by its versions' segments, which the text alone does not name.
	const versions = new Map(items.flatMap(({ reached }) => reached.map((version) => [version.id, version])));
	const paired = new Map<string, PairedRelations>();
	for (const call of bound.value.diffs) {
		const [from, to] = [versions.get(call.from), versions.get(call.to)];
		if (!from || !to) continue;
		const pairs = pairColumns(from.schema, to.schema, call.renames);
		const { keys, missing } = keyPairs(pairs, call.key);
		if (missing.length > 0) continue;
		const pairing = await pairVersions({ from, to }, pairs, keys, effects);
		if (!pairing.ok) return pairing;
		paired.set(JSON.stringify(call), pairedRelations({ from, to }, pairs, pairing.value));
	}
	return bindVersions(sql, entries, (call) => paired.get(JSON.stringify(call)) ?? null);
}

export function runInput(input: Pick<RunSqlInput, 'id' | 'params'>, bound: BoundSql): RunInput {
	return { id: input.id, sql: bound.sql, params: input.params ?? [], relations: bound.relations };
}

/** The engine's position, moved to the text before names were bound. */
export function atOriginal<F extends { readonly kind: string }>(
	failed: { readonly ok: false; readonly error: F },
	bound: Pick<BoundSql, 'toOriginal'>
): { readonly ok: false; readonly error: F } {
	const { error } = failed;
	if (error.kind !== 'sql-error' || !('position' in error) || typeof error.position !== 'number') return failed;
	return err({ ...error, position: bound.toOriginal(error.position) });
}

/** Runs `work`, cancelling it in the engine when the signal says so. */
export async function whileCancellable<T, F>(
	id: ResultId,
	signal: AbortSignal | undefined,
	effects: Pick<Effects, 'engine'>,
	work: () => Promise<Result<T, F>>
): Promise<Result<T, F | { readonly kind: 'cancelled' }>> {
	if (signal?.aborted) return err({ kind: 'cancelled' });
	const cancel = (): void => void effects.engine.cancel(id);
	signal?.addEventListener('abort', cancel, { once: true });
	try {
		return await work();
	} finally {
		signal?.removeEventListener('abort', cancel);
	}
}
