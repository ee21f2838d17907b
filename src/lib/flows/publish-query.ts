// Opens a named query to everybody beside the version that it reads: what leaves is a plan, which the edge answers without an engine.
import { toBase64Url } from '../core/base64url.ts';
import type { Failure } from '../core/failure.ts';
import { resultId } from '../core/ids.ts';
import { derivePlan, tableOf } from '../core/query/derive-plan.ts';
import { parseQuery } from '../core/query/parse-query.ts';
import type { PlanProblem } from '../core/query/plan-problem.ts';
import { canonicalPlan, type QueryPlan } from '../core/query/query-plan.ts';
import { ROWS } from '../core/contract/published.ts';
import { err, ok, type Result } from '../core/result.ts';
import { utf16Position } from '../core/sql/duckdb-error.ts';
import type { Effects } from './effects.ts';
import { findDataset, listDatasets, type CatalogueItem } from './list-datasets.ts';
import { findDocument } from './list-documents.ts';
import type { EdgeQuery, ProgramsNet } from './programs-net.ts';
import { pathOf, publicationOf } from './publish-version.ts';
import { bindAmong } from './run-sql.ts';
import { treeOf } from './sql-tree.ts';
import { itemNamed } from './step-inputs.ts';
import { accountOf, openSync, ownerAccess } from './sync-open.ts';

/** `text` stands in for what is kept under the name. */
export type PublishQueryInput = {
	readonly name: string;
	readonly text?: string | undefined;
	/** The name under which it is published, where it has another by now: it takes that one's place, and its address. */
	readonly inPlaceOf?: string | undefined;
};

/** What everybody could ask for. */
export type QueryPublication = {
	readonly name: string;
	readonly description: string | null;
	readonly dataset: string;
	readonly plan: QueryPlan;
	/** As the edge names the plan. */
	readonly hash: string;
};

export type ShownQuery = EdgeQuery & { readonly path: string };

/** Fails: query-unpublishable, with every clause that the edge does not answer */
export async function planQueryPublication(
	{ name, text }: PublishQueryInput,
	effects: Effects
): Promise<Result<QueryPublication, Failure>> {
	const planned = await planOf(name, text, effects);
	if (!planned.ok) return planned;
	const { item, plan, description } = planned.value;
	const digits = await effects.sha256(new TextEncoder().encode(JSON.stringify(plan)));
	const hash = toBase64Url(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
	return ok({ name, description, dataset: item.dataset.name, plan, hash });
}

/** The path to ask: `…`, `…/rows`. It stays the same when another plan or version takes the place of this one. */
export async function publishQuery(
	{ name, text, inPlaceOf }: PublishQueryInput,
	effects: Effects
): Promise<Result<ShownQuery, Failure>> {
	const planned = await planOf(name, text, effects);
	if (!planned.ok) return planned;
	const { item, plan, description, sql } = planned.value;
	const place = await placeOf(item, effects);
	if (!place.ok) return place;
	const { owner, publication, isOpen } = place.value;
	if (!isOpen) return err({ kind: 'dataset-unpublished', query: name, dataset: item.dataset.name });
	const there = await owner.queries();
	if (!there.ok) return there;
	const beside = there.value.filter((one) => one.publication === publication);
	const earlier = beside.find(({ title }) => title === inPlaceOf);
	if (inPlaceOf !== undefined && !earlier) return err({ kind: 'query-unpublished', query: inPlaceOf });
	const query = earlier?.query ?? addressFor(name, beside);
	const put = await owner.putQuery({ publication, query, title: name, description, plan });
	if (!put.ok) {
		if (put.error.kind !== 'plan-refused') return err(put.error);
		const { part, name: named, reason } = put.error;
		const problems = [{ code: 'misfit', part, name: named, reason } as const];
		return err({ kind: 'query-unpublishable', query: name, sql, problems });
	}
	const listed = await listPublishedQueries(effects);
	if (!listed.ok) return listed;
	const shown = listed.value.find((one) => one.publication === publication && one.query === query);
	return shown ? ok(shown) : err({ kind: 'query-unpublished', query: name });
}

export async function listPublishedQueries(effects: Effects): Promise<Result<readonly ShownQuery[], Failure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const { workspace, token } = account.value;
	const listed = await effects.sync.programs({ workspace, token }).queries();
	if (!listed.ok) return listed;
	return ok(listed.value.map((one) => ({ ...one, path: `${pathOf(one.publication)}/queries/${one.query}` })));
}

/** All that is published under the name. */
export async function withdrawQuery(name: string, effects: Effects): Promise<Result<void, Failure>> {
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const { workspace, owner: token } = access.value;
	const owner = effects.sync.programs({ workspace, token });
	const listed = await owner.queries();
	if (!listed.ok) return listed;
	const named = listed.value.filter(({ title }) => title === name);
	if (named.length === 0) return err({ kind: 'query-unpublished', query: name });
	for (const { publication, query } of named) {
		const removed = await owner.removeQuery(publication, query);
		if (!removed.ok) return removed;
	}
	return ok(undefined);
}

/** Whether a version of the dataset is published, which a query could be asked of. */
export async function isDatasetPublished(dataset: string, effects: Effects): Promise<Result<boolean, Failure>> {
	const item = await findDataset(dataset, effects);
	if (!item.ok) return item;
	const place = await placeOf(item.value, effects);
	return place.ok ? ok(place.value.isOpen) : place;
}

type Place = { readonly owner: ProgramsNet; readonly publication: string; readonly isOpen: boolean };

async function placeOf({ dataset }: CatalogueItem, effects: Effects): Promise<Result<Place, Failure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const opened = await openSync(account.value, effects, new AbortController().signal, () => undefined);
	if (!opened.ok) return opened;
	const { workspace, owner: token } = access.value;
	const owner = effects.sync.programs({ workspace, token });
	const publication = await publicationOf(dataset, opened.value.keys);
	const open = await owner.publications();
	if (!open.ok) return open;
	return ok({ owner, publication, isOpen: open.value.some((one) => one.publication === publication) });
}

type Planned = Pick<QueryPublication, 'name' | 'description' | 'plan'> & {
	readonly item: CatalogueItem;
	readonly sql: string;
};

async function planOf(name: string, given: string | undefined, effects: Effects): Promise<Result<Planned, Failure>> {
	const found = given === undefined ? await findDocument('query', name, effects) : null;
	if (found && !found.ok) return found;
	const parsed = parseQuery(given ?? found?.value.version.text ?? '');
	if (!parsed.ok) return parsed;
	const query = parsed.value;
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const bound = await bindAmong(query.sql, items.value, effects);
	if (!bound.ok) return bound;
	const { sql, toOriginal } = bound.value;
	const id = resultId(`plan-${effects.randomId()}`);
	const tree = await treeOf(sql, id, effects);
	if (!tree.ok) return tree;
	const positionOf = (location: unknown): number | null => {
		const isPlace = typeof location === 'number' && location < Number.MAX_SAFE_INTEGER;
		return isPlace ? toOriginal(utf16Position(sql, location, 'utf-8')) : null;
	};
	const refused = (problems: readonly PlanProblem[]): Result<never, Failure> =>
		err({ kind: 'query-unpublishable', query: name, sql: query.sql, problems });
	if (!tree.value) return refused([{ code: 'beyond', clause: 'set', position: null }]);
	const table = tableOf(tree.value);
	const item = table === null ? undefined : itemNamed(table, items.value);
	const plan = derivePlan({
		tree: tree.value,
		columns: item?.version.schema ?? [],
		query,
		maxRows: ROWS,
		positionOf
	});
	// A version that is named is not the one that is published.
	if (!item) return refused(nothingRead(plan.ok ? [] : plan.error));
	return plan.ok
		? ok({ name, description: query.description, plan: canonicalPlan(plan.value), item, sql: query.sql })
		: refused(plan.error);
}

/** Without columns of a dataset there is more that cannot be said than helps. */
function nothingRead(problems: readonly PlanProblem[]): readonly PlanProblem[] {
	const beyond = problems.filter((one) => one.code === 'beyond' && one.clause !== 'condition');
	return beyond.length > 0 ? beyond : [{ code: 'beyond', clause: 'from', position: null }];
}

/** The one that the name has already, or a free one of plain letters. */
function addressFor(name: string, there: readonly EdgeQuery[]): string {
	const own = there.find(({ title }) => title === name);
	if (own) return own.query;
	const letters = name
		.normalize('NFKD')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 80);
	const plain = letters === '' ? 'query' : letters;
	const taken = new Set(there.map(({ query }) => query));
	let [address, number] = [plain, 2];
	while (taken.has(address)) address = `${plain}-${number++}`;
	return address;
}
