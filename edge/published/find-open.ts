// What is published under an address, for anybody: counted by who asks, and with what tells whether it is another version now.
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { findPublished, type Published } from '../d1/publications.ts';
import { countRequest } from '../d1/rate-limits.ts';
import type { Env } from '../env.ts';
import { READS_PER_MINUTE } from '../limits.ts';

type Open = {
	readonly published: Published;
	readonly headers: { readonly ETag: string; readonly 'Cache-Control': string };
	/** It is what the asker has. */
	readonly isUnchanged: boolean;
};
type Call = {
	readonly address: () => Promise<string>;
	readonly nowMs: number;
	readonly notFound: Extract<ApiFailure, { kind: 'not-found' }>;
};

export async function findOpen(
	{ publication, unless }: { readonly publication: string; readonly unless?: string | undefined },
	env: Env,
	{ address, nowMs, notFound }: Call
): Promise<Result<Open, Extract<ApiFailure, { kind: 'not-found' | 'too-many-requests' }>>> {
	const limit = { perWindow: READS_PER_MINUTE, windowMs: 60_000 };
	const retryAfterSeconds = await countRequest(env.DB, `published:${await address()}`, limit, nowMs);
	if (retryAfterSeconds !== null) return err({ kind: 'too-many-requests', retryAfterSeconds });
	const published = await findPublished(env.DB, publication);
	if (!published) return err(notFound);
	const tag = `"${published.file}"`;
	// Kept by whoever asks, and asked about each time: another version is seen at once.
	const headers = { ETag: tag, 'Cache-Control': 'public, no-cache' };
	const tags = (unless ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
	return ok({ published, headers, isUnchanged: tags.includes(tag) || tags.includes('*') });
}
