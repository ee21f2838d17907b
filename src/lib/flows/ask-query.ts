// Asks a named query: its rows are those kept of the same values and versions, or are made once for all who ask meanwhile.
import type { ResultId } from '../core/ids.ts';
import { resultId } from '../core/ids.ts';
import { bindArguments, type BoundQuery, type InvalidArguments } from '../core/query/bind-arguments.ts';
import { unkeptReason, type Unkept } from '../core/query/cacheable.ts';
import type { NamedQuery, ParameterValue } from '../core/query/named-query.ts';
import { PURE_FUNCTIONS_SQL } from '../core/pipeline/repeatable.ts';
import { parseQuery, type InvalidQueryText } from '../core/query/parse-query.ts';
import type { QueryFailure } from '../core/query/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { RunProgress } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';
import { findDocument, listDocuments, type DocumentItem } from './list-documents.ts';
import { withVersions } from './load-version.ts';
import type { HeldRows } from './query-cache.ts';
import { runQuery, type RunQueryFailure } from './run-query.ts';
import { answerSql, atOriginal, bindAmong, type RunSqlFailure } from './run-sql.ts';
import { itemNamed } from './step-inputs.ts';
import { saveDocument, type SavedDocument } from './save-document.ts';

export type AskQueryFailure = RunQueryFailure | QueryFailure;

export type AskInput = {
	readonly name: string;
	/** Instead of what is kept under the name. */
	readonly text?: string | undefined;
	readonly values: Readonly<Record<string, unknown>>;
	/** Runs even where rows are kept, and keeps the new ones. */
	readonly isFresh?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onProgress?: (progress: RunProgress) => void;
};

/** Rows for one reader, who gives them back by `done`. */
export type Asked = {
	readonly query: NamedQuery;
	readonly held: HeldRows;
	readonly isFromCache: boolean;
	readonly unkept: Unkept | null;
	/** Names the text, the values and the versions. */
	readonly identity: string;
	readonly done: () => void;
};

/** What an ask would do; nothing runs. */
export type QueryPlan = {
	readonly sql: string;
	readonly params: readonly SqlParam[];
	readonly values: Readonly<Record<string, ParameterValue>>;
	readonly versions: readonly string[];
	readonly unkept: Unkept | null;
	readonly isKept: boolean;
};

export type QueryItem = { readonly item: DocumentItem; readonly query: NamedQuery | null };

export async function listQueries(effects: Effects): Promise<Result<readonly QueryItem[], StoreFailure>> {
	const items = await listDocuments('query', effects);
	if (!items.ok) return items;
	return ok(
		items.value.map((item) => {
			const parsed = parseQuery(item.version.text);
			return { item, query: parsed.ok ? parsed.value : null };
		})
	);
}

/** Keeps a query, or its next version; a text that cannot be read is refused. */
export async function defineQuery(
	input: { readonly name: string; readonly text: string; readonly message?: string | undefined },
	effects: Effects
): Promise<Result<SavedDocument, InvalidQueryText | StoreFailure>> {
	const parsed = parseQuery(input.text);
	return parsed.ok ? saveDocument({ kind: 'query', ...input }, effects) : parsed;
}

export async function askQuery(input: AskInput, effects: Effects): Promise<Result<Asked, AskQueryFailure>> {
	const found = await boundQuery(input, effects);
	if (!found.ok) return found;
	const { query, bound } = found.value;
	const asked = await withVersions(() => askOnce(input, query, bound, effects), input.signal, effects);
	return asked.ok ? asked : atOriginal(asked, bound);
}

export async function planQuery(
	input: Pick<AskInput, 'name' | 'text' | 'values'>,
	effects: Effects
): Promise<Result<QueryPlan, AskQueryFailure>> {
	const found = await boundQuery(input, effects);
	if (!found.ok) return found;
	const { query, bound } = found.value;
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const versions = await versionsOf(bound, items.value, effects);
	if (!versions.ok) return atOriginal(versions, bound);
	const reason = await reasonNot(query, items.value, undefined, effects);
	if (!reason.ok) return reason;
	const unkept = reason.value;
	const isKept = unkept === null && effects.queries.has(keyOf(bound), versions.value, effects.now());
	return ok({
		sql: bound.sql,
		params: bound.params,
		values: bound.values,
		versions: versions.value,
		unkept,
		isKept
	});
}

async function boundQuery(
	{ name, text, values }: Pick<AskInput, 'name' | 'text' | 'values'>,
	effects: Effects
): Promise<
	Result<{ readonly query: NamedQuery; readonly bound: BoundQuery }, InvalidQueryText | InvalidArguments | StoreFailure>
> {
	const found = text === undefined ? await findDocument('query', name, effects) : null;
	if (found && !found.ok) return found;
	const query = parseQuery(text ?? found?.value.version.text ?? '');
	if (!query.ok) return query;
	const bound = bindArguments(name, query.value, values);
	return bound.ok ? ok({ query: query.value, bound: bound.value }) : bound;
}

async function askOnce(
	{ isFresh = false, signal, onProgress }: AskInput,
	query: NamedQuery,
	bound: BoundQuery,
	effects: Effects
): Promise<Result<Asked, AskQueryFailure>> {
	const { queries } = effects;
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const versions = await versionsOf(bound, items.value, effects);
	if (!versions.ok) return versions;
	const reason = await reasonNot(query, items.value, signal, effects);
	if (!reason.ok) return reason;
	const unkept = reason.value;
	const key = keyOf(bound);
	const identity = identityOf({ ...bound, versions: versions.value });
	const answer = (held: HeldRows, isFromCache: boolean): Asked => {
		let isOpen = true;
		return {
			query,
			held,
			isFromCache,
			unkept,
			identity,
			done: () => {
				if (isOpen) queries.done(held);
				isOpen = false;
			}
		};
	};
	const kept = unkept === null && !isFresh ? queries.find(key, versions.value, effects.now()) : null;
	if (kept) {
		// An engine that was started again has none of the rows that the one before held.
		const first = await effects.engine.window(kept.id, 0, Math.min(1, kept.rowCount));
		if (first.ok) return ok(answer(kept, true));
		queries.done(kept);
		queries.lose(key, kept);
	}
	const id = resultId(`query-${effects.randomId()}`);
	// What is not kept is never shared either: each who asks wants rows of its own moment.
	const flight = unkept === null ? identity : id;
	const ran = await queries.once(flight, signal, async (stop) => {
		const outcome = await runQuery(
			{ id, sql: bound.sql, params: bound.params, signal: stop, ...(onProgress ? { onProgress } : {}) },
			effects,
			items.value
		);
		if (!outcome.ok) return releasing(id, outcome, effects);
		// Whoever asked has gone: nobody would give the rows back.
		if (stop.aborted) return releasing(id, err({ kind: 'cancelled' } as const), effects);
		const { columns, rowCount, elapsedMs, sizeBytes } = outcome.value;
		const held: HeldRows = { id, columns, rowCount, elapsedMs, sizeBytes, madeAtMs: effects.now() };
		// All who wait read it before it can go for the budget.
		const waiting = queries.land(flight);
		for (let reader = 0; reader < waiting; reader++) queries.read(held);
		if (unkept === null) queries.keep({ key, versions: versions.value, ttlMs: query.ttlMs }, held, held.madeAtMs);
		return ok(held);
	});
	return ran.ok ? ok(answer(ran.value, false)) : ran;
}

async function releasing<F>(id: ResultId, failed: F, effects: Effects): Promise<F> {
	await effects.engine.release(id);
	return failed;
}

/** The engine's functions that depend on their arguments alone, as it runs. */
export function pureFunctions(
	signal: AbortSignal | undefined,
	effects: Effects
): Promise<Result<ReadonlySet<string>, RunSqlFailure>> {
	return effects.queries.pure(async () => {
		const id = resultId(`functions-${effects.randomId()}`);
		const rows = await answerSql({ id, sql: PURE_FUNCTIONS_SQL, signal }, effects, []);
		return rows.ok ? ok(new Set(rows.value.map((row) => String(row['name'])))) : rows;
	});
}

/** Why its rows are not kept; null where they are. */
async function reasonNot(
	{ sql, ttlMs }: NamedQuery,
	items: readonly CatalogueItem[],
	signal: AbortSignal | undefined,
	effects: Effects
): Promise<Result<Unkept | null, RunQueryFailure>> {
	const pure = await pureFunctions(signal, effects);
	if (!pure.ok) return pure;
	// A name in quotes may have its version with it.
	const isDataset = (name: string): boolean =>
		[name, name.replace(/@[^@]*$/, '')].some((one) => itemNamed(one, items) !== undefined);
	return ok(unkeptReason(sql, ttlMs, { pure: pure.value, isDataset }));
}

/** Of every view that the engine is given for it. */
async function versionsOf(
	bound: BoundQuery,
	items: readonly CatalogueItem[],
	effects: Effects
): Promise<Result<readonly string[], SqlFailure | StoreFailure>> {
	const among = await bindAmong(bound.sql, items, effects);
	if (!among.ok) return among;
	return ok([...new Set(among.value.relations.map(({ version }) => version))].sort());
}

/** Names the text, the values and the versions of an ask. */
export function identityOf(plan: Pick<QueryPlan, 'sql' | 'params' | 'versions'>): string {
	return JSON.stringify([keyOf(plan), plan.versions]);
}

function keyOf({ sql, params }: Pick<BoundQuery, 'sql' | 'params'>): string {
	return JSON.stringify([sql, params.map(String)]);
}
