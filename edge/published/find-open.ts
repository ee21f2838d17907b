// What is published under an address, for anybody: counted by who asks, and with what tells whether it is another version now.
import type { ApiFailure } from '#core/contract/failure.ts';
import { isStatement } from '#core/query/query-statement.ts';
import { err, ok, type Result } from '#core/result.ts';
import { hashOf } from '../bytes.ts';
import { findPublished, type Published } from '../d1/publications.ts';
import { findQuery, type StoredQuery } from '../d1/published-queries.ts';
import { countRequest } from '../d1/rate-limits.ts';
import type { Env } from '../env.ts';
import { READS_PER_MINUTE } from '../limits.ts';
import { findSources, type StatementSource, type Withdrawn } from './run-statement.ts';

type Open = {
	readonly published: Published;
	readonly headers: { readonly ETag: string; readonly 'Cache-Control': string };
	/** It is what the asker has. */
	readonly isUnchanged: boolean;
};
type Asked = { readonly publication: string; readonly unless?: string | undefined };
type Refusal = Extract<ApiFailure, { kind: 'not-found' | 'too-many-requests' }>;
type Call = {
	readonly address: () => Promise<string>;
	readonly nowMs: number;
	readonly notFound: Extract<ApiFailure, { kind: 'not-found' }>;
};

export async function findOpen(
	{ publication, unless }: Asked,
	env: Env,
	{ address, nowMs, notFound }: Call
): Promise<Result<Open, Refusal>> {
	const limit = { perWindow: READS_PER_MINUTE, windowMs: 60_000 };
	const retryAfterSeconds = await countRequest(env.DB, `published:${await address()}`, limit, nowMs);
	if (retryAfterSeconds !== null) return err({ kind: 'too-many-requests', retryAfterSeconds });
	const published = await findPublished(env.DB, publication);
	if (!published) return err(notFound);
	return ok({ published, ...taggedBy(published.file, unless) });
}

type OpenQuery = Open & {
	readonly asked: StoredQuery;
	readonly version: string;
	/** Of a statement: all that it reads. */
	readonly sources: readonly StatementSource[];
};

/** The same of a named query beside it. Its version is another one when a published version that it reads or the plan is. */
export async function findOpenQuery(
	{ publication, query, unless }: Asked & { readonly query: string },
	env: Env,
	call: Call
): Promise<Result<OpenQuery, Refusal | Withdrawn>> {
	const open = await findOpen({ publication }, env, call);
	if (!open.ok) return open;
	const asked = await findQuery(env.DB, publication, query);
	if (!asked) return err(call.notFound);
	const { published } = open.value;
	const { plan } = asked;
	const sources = isStatement(plan) ? await findSources(env.DB, plan, published.workspace) : ok([]);
	if (!sources.ok) return sources;
	const files = isStatement(plan) ? sources.value.map((one) => one.published.file) : [published.file];
	const version = await hashOf(new TextEncoder().encode([...files, asked.hash].join('.')));
	return ok({ published, asked, version, sources: sources.value, ...taggedBy(version, unless) });
}

function taggedBy(version: string, unless = ''): Pick<Open, 'headers' | 'isUnchanged'> {
	const tag = `"${version}"`;
	// Kept by whoever asks, and asked about each time: another version is seen at once.
	const headers = { ETag: tag, 'Cache-Control': 'public, no-cache' };
	const tags = unless.split(',').map((one) => one.trim().replace(/^W\//, ''));
	return { headers, isUnchanged: tags.includes(tag) || tags.includes('*') };
}
