// Opens a named query to everybody beside the published versions that it reads, as a plan or, where it is more than one, as its statement.
import { toBase64Url } from '../core/base64url.ts';
import type { Failure } from '../core/failure.ts';
import type { PlanProblem } from '../core/query/plan-problem.ts';
import type { QueryPlan } from '../core/query/query-plan.ts';
import { canonicalStatement, type QueryStatement } from '../core/query/query-statement.ts';
import type { QueryRefused } from '../core/query/publish-failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { NetFailure } from '../core/sync/failure.ts';
import type { Column } from '../core/version/version.ts';
import { draftQuery, type QueryDraft } from './draft-query.ts';
import type { Effects } from './effects.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { EdgeQuery, ProgramsNet } from './programs-net.ts';
import { pathOf, publicationOf } from './publish-version.ts';
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
	/** All that it reads; it is published beside the first. `isPublished` is null where nobody tells, as while sync is off. */
	readonly datasets: readonly { readonly name: string; readonly isPublished: boolean | null }[];
	/** As the edge names the plan or the statement; null where it is not known where its datasets are published. */
	readonly hash: string | null;
} & (
	| { readonly way: 'plan'; readonly plan: QueryPlan }
	| {
			readonly way: 'statement';
			/** Its SQL comes to the server as it is. */
			readonly statement: Omit<QueryStatement, 'datasets'>;
			readonly columns: readonly Column[];
			/** Why it is no plan, clause by clause; at least one. */
			readonly because: readonly PlanProblem[];
	  }
);

export type ShownQuery = EdgeQuery & { readonly path: string };

/** Fails: query-unpublishable, with all for which no server could answer it */
export async function planQueryPublication(
	input: PublishQueryInput,
	effects: Effects
): Promise<Result<QueryPublication, Failure>> {
	const drafted = await draftQuery(input, effects);
	if (!drafted.ok) return drafted;
	const draft = drafted.value;
	const { name, description, reads } = draft;
	const hosting = await hostingOf(reads, input, effects);
	const hosts = hosting.ok ? hosting.value.hosts : reads.map(({ dataset }) => ({ name: dataset.name, isOpen: null }));
	const kept =
		draft.way === 'plan' ? draft.plan : hosting.ok ? statementAt(draft.statement, hosting.value.hosts) : null;
	const shared = {
		...{ name, description },
		datasets: hosts.map((host) => ({ name: host.name, isPublished: host.isOpen })),
		hash: kept && (await hashOf(kept, effects))
	};
	return ok(
		draft.way === 'plan'
			? { ...shared, way: draft.way, plan: draft.plan }
			: { ...shared, way: draft.way, statement: draft.statement, columns: draft.columns, because: draft.because }
	);
}

/** The path to ask: `…`, `…/rows`. It stays the same when another plan or version takes the place of this one. */
export async function publishQuery(input: PublishQueryInput, effects: Effects): Promise<Result<ShownQuery, Failure>> {
	const { name, inPlaceOf } = input;
	const drafted = await draftQuery(input, effects);
	if (!drafted.ok) return drafted;
	const draft = drafted.value;
	const hosting = await hostingOf(draft.reads, input, effects);
	if (!hosting.ok) return hosting;
	const { owner, hosts, queries } = hosting.value;
	const closed = hosts.filter(({ isOpen }) => !isOpen);
	if (closed.length > 0)
		return err({ kind: 'dataset-unpublished', query: name, datasets: closed.map((host) => host.name) });
	const publication = hosts[0]?.publication ?? '';
	const beside = queries.filter((one) => one.publication === publication);
	const earlier = beside.find(({ title }) => title === inPlaceOf);
	if (inPlaceOf !== undefined && !earlier) return err({ kind: 'query-unpublished', query: inPlaceOf });
	const query = earlier?.query ?? addressFor(name, beside);
	const plan = draft.way === 'plan' ? draft.plan : statementAt(draft.statement, hosts);
	const put = await owner.putQuery({ publication, query, title: name, description: draft.description, plan });
	if (!put.ok) return err(putFailure(put.error, draft));
	const listed = await listPublishedQueries(effects);
	if (!listed.ok) return listed;
	const shown = listed.value.find((one) => one.publication === publication && one.query === query);
	return shown ? ok(shown) : err({ kind: 'query-unpublished', query: name });
}

function putFailure(failure: NetFailure | QueryRefused, draft: QueryDraft): Failure {
	const { name: query, sql } = draft;
	switch (failure.kind) {
		case 'plan-refused': {
			const { part, name, reason } = failure;
			return { kind: 'query-unpublishable', query, sql, problems: [{ code: 'misfit', part, name, reason }] };
		}
		case 'engine-missing':
			return { kind: 'engine-missing', query, sql, because: draft.way === 'statement' ? draft.because : [] };
		case 'statement-refused':
			return { ...failure, query, sql };
		case 'engine-busy':
		case 'engine-limit':
			return { ...failure, query };
		case 'dataset-withdrawn':
			return { kind: 'dataset-unpublished', query, datasets: [failure.dataset] };
		default:
			return failure;
	}
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

type Host = { readonly name: string; readonly publication: string; readonly isOpen: boolean };
type Hosting = {
	readonly owner: ProgramsNet;
	/** Of all datasets that are read; that beside which it is published already is the first. */
	readonly hosts: readonly Host[];
	readonly queries: readonly EdgeQuery[];
};

async function hostingOf(
	reads: readonly CatalogueItem[],
	{ name, inPlaceOf = name }: PublishQueryInput,
	effects: Effects
): Promise<Result<Hosting, Failure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const opened = await openSync(account.value, effects, new AbortController().signal, () => undefined);
	if (!opened.ok) return opened;
	const { keys } = opened.value;
	const { workspace, owner: token } = access.value;
	const owner = effects.sync.programs({ workspace, token });
	const open = await owner.publications();
	if (!open.ok) return open;
	const queries = await owner.queries();
	if (!queries.ok) return queries;
	const shown = new Set(open.value.map(({ publication }) => publication));
	const hosts = await Promise.all(
		reads.map(async ({ dataset }): Promise<Host> => {
			const publication = await publicationOf(dataset, keys);
			return { name: dataset.name, publication, isOpen: shown.has(publication) };
		})
	);
	const homes = new Set(queries.value.filter(({ title }) => title === inPlaceOf).map(({ publication }) => publication));
	const home = hosts.find(({ publication }) => homes.has(publication)) ?? hosts[0];
	return ok({
		owner,
		hosts: hosts.toSorted((one, other) => Number(other === home) - Number(one === home)),
		queries: queries.value
	});
}

function statementAt(statement: Omit<QueryStatement, 'datasets'>, hosts: readonly Host[]): QueryStatement {
	const datasets = hosts.map(({ name, publication }) => ({ name, publication }));
	return canonicalStatement({ ...statement, datasets });
}

async function hashOf(kept: QueryPlan | QueryStatement, effects: Effects): Promise<string> {
	const digits = await effects.sha256(new TextEncoder().encode(JSON.stringify(kept)));
	return toBase64Url(Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
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
