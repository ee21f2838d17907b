// Named queries beside publications, as rows.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listQueries } from '#core/contract/published-queries.ts';
import type { QueryPlan } from '#core/query/query-plan.ts';
import type { QueryStatement } from '#core/query/query-statement.ts';
import { auditIfChanged } from './audit.ts';

export type QueryAddress = { readonly workspace: string; readonly publication: string; readonly query: string };
type ListedQuery = AnswerOf<typeof listQueries>['queries'][number];
type NewQuery = QueryAddress & {
	readonly title: string;
	readonly description: string | null;
	readonly plan: string;
	readonly hash: string;
};
export type StoredQuery = Pick<NewQuery, 'title' | 'description' | 'hash'> & {
	readonly plan: QueryPlan | QueryStatement;
	readonly publishedAtMs: number;
};

/** `full`: the workspace has so many. What is there as it would be put stays untouched. */
export async function writeQuery(
	db: D1Database,
	{ workspace, publication, query, title, description, plan, hash }: NewQuery,
	{ limit, actor, nowMs }: { readonly limit: number; readonly actor: string; readonly nowMs: number }
): Promise<'written' | 'same' | 'full'> {
	const told = { actor, action: 'published', subject: `${publication}.${query}`, atMs: nowMs } as const;
	const [written, , found] = await db.batch<{ readonly hash: string }>([
		db
			.prepare(
				`INSERT INTO published_queries (publication, query, workspace, title, description, plan, hash, published_at_ms)
				SELECT p.id, ?3, p.workspace, ?4, ?5, ?6, ?7, ?8 FROM publications p WHERE p.id = ?2 AND p.workspace = ?1
				AND (SELECT count(*) FROM published_queries WHERE workspace = ?1 AND NOT (publication = ?2 AND query = ?3)) < ?9
				ON CONFLICT (publication, query) DO UPDATE
				SET title = ?4, description = ?5, plan = ?6, hash = ?7, published_at_ms = ?8
				WHERE title <> ?4 OR description IS NOT ?5 OR hash <> ?7`
			)
			.bind(workspace, publication, query, title, description, plan, hash, nowMs, limit),
		auditIfChanged(db, workspace, told),
		db
			.prepare('SELECT hash FROM published_queries WHERE workspace = ?1 AND publication = ?2 AND query = ?3')
			.bind(workspace, publication, query)
	]);
	if (written?.meta.changes) return 'written';
	return found?.results[0]?.hash === hash ? 'same' : 'full';
}

/** False: there was none. */
export async function deleteQuery(
	db: D1Database,
	{ workspace, publication, query }: QueryAddress,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'unpublished', subject: `${publication}.${query}`, atMs: nowMs } as const;
	const [removed] = await db.batch([
		db
			.prepare('DELETE FROM published_queries WHERE workspace = ?1 AND publication = ?2 AND query = ?3')
			.bind(workspace, publication, query),
		auditIfChanged(db, workspace, told)
	]);
	return removed?.meta.changes !== 0;
}

export async function readQueries(db: D1Database, workspace: string): Promise<ListedQuery[]> {
	const rows = await db
		.prepare(
			`SELECT publication, query, title, description, hash, published_at_ms AS publishedAtMs
			FROM published_queries WHERE workspace = ? ORDER BY published_at_ms, publication, query`
		)
		.bind(workspace)
		.all<ListedQuery>();
	return rows.results;
}

export async function findQuery(db: D1Database, publication: string, query: string): Promise<StoredQuery | null> {
	const row = await db
		.prepare(
			`SELECT title, description, plan, hash, published_at_ms AS publishedAtMs
			FROM published_queries WHERE publication = ? AND query = ?`
		)
		.bind(publication, query)
		.first<Omit<StoredQuery, 'plan'> & { readonly plan: string }>();
	// As `writeQuery` was given it, which its endpoint's schema has read.
	return row && { ...row, plan: JSON.parse(row.plan) as StoredQuery['plan'] };
}
