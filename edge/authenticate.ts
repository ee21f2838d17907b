// Whose request it is: a token of a workspace, or whoever runs the edge. Tells nobody why a token is not one, but whoever has the secret of
// one that was revoked.
import type { Endpoint, Verb } from '#core/contract/endpoint.ts';
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { hashOf, hashOfText, isEqualHash } from './bytes.ts';
import { appendAudit } from './d1/audit.ts';
import { countRequest } from './d1/rate-limits.ts';
import { readToken, type Token } from './d1/tokens.ts';
import type { Env } from './env.ts';
import { limitsOf } from './limits.ts';
import type { Permits } from './permits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Requests with wrong tokens an address may make in a minute. */
const WRONG_PER_MINUTE = 60;
/** Denials an hour that are told in the audit log of a workspace. */
const TOLD_PER_HOUR = 100;
/** What a token that is not there is compared with. */
const NO_HASH = 'A'.repeat(43);

export type Asked = { readonly endpoint: Endpoint; readonly address: () => Promise<string>; readonly nowMs: number };

export async function authenticate(
	env: Env,
	authorization: string | undefined,
	permits: Permits,
	asked: Asked
): Promise<Result<Token, ApiFailure>> {
	const [, id = '', secret = ''] =
		/^Bearer weir1\.([\w-]{22})\.([\w-]{42}[AEIMQUYcgkosw048])$/i.exec(authorization ?? '') ?? [];
	if (id === '') return err(await wrong(env, asked));
	const [token, hash] = await Promise.all([readToken(env.DB, id), hashOfText(secret)]);
	const isRight = isEqualHash(hash, token?.hash ?? NO_HASH);
	const { nowMs } = asked;
	if (!token || !isRight || isOver(token, nowMs)) {
		const failure = await wrong(env, asked, token);
		const isRevoked = isRight && token !== null && token.revokedAtMs !== null && failure.kind === 'unauthorized';
		return err(isRevoked ? { kind: 'token-revoked' } : failure);
	}
	const retryAfterSeconds = await permits.take(env.DB, id, limitsOf(env).requestsPerMinute, nowMs);
	return retryAfterSeconds === null ? ok(token) : err({ kind: 'too-many-requests', retryAfterSeconds });
}

function isOver({ revokedAtMs, expiresAtMs }: Token, nowMs: number): boolean {
	return revokedAtMs !== null || (expiresAtMs !== null && expiresAtMs <= nowMs);
}

/** What runs the edge may see. Null: this edge shows it to nobody. */
export async function isOperator(env: Env, authorization: string | undefined): Promise<boolean | null> {
	if (!env.METRICS_TOKEN) return null;
	return isSameSecret(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '', env.METRICS_TOKEN);
}

/** Of two texts of any length, by their hashes. */
export async function isSameSecret(given: string, expected: string): Promise<boolean> {
	const encoder = new TextEncoder();
	const [a, b] = await Promise.all([hashOf(encoder.encode(given)), hashOf(encoder.encode(expected))]);
	return isEqualHash(a, b);
}

/** Where the scope of a token ends; what lies beyond is as if it were not there. */
export function isWithin(token: Token, verb: Verb, request: Readonly<Record<string, unknown>>): boolean {
	const { workspace, space, token: ref } = request as Readonly<Record<string, string | undefined>>;
	return (
		token.workspace === workspace &&
		token.verbs.includes(verb) &&
		(space === undefined || token.spaces === null || token.spaces.includes(space)) &&
		(verb !== 'ref' || token.refs === null || (ref !== undefined && token.refs.includes(ref)))
	);
}

/**
 * Written down for the owner of the token, not of what it reached for. For a token that is none the same is asked of the database, and
 * nothing written: how long an answer takes does not tell whether there is such a token.
 */
export async function tellDenial(env: Env, token: Token | null, { endpoint, nowMs }: Asked): Promise<void> {
	const limit = { perWindow: TOLD_PER_HOUR, windowMs: HOUR_MS };
	const workspace = token?.workspace ?? 'nobody';
	const isTooMany = (await countRequest(env.DB, `denied:${workspace}`, limit, nowMs)) !== null;
	const told = { actor: token?.id ?? '', action: 'access-denied', subject: endpoint.name, atMs: nowMs } as const;
	await appendAudit(env.DB, workspace, told, token !== null && !isTooMany);
}

/** Without a third argument: what was sent looks like no token at all. */
async function wrong(env: Env, asked: Asked, token?: Token | null): Promise<ApiFailure> {
	if (token !== undefined) await tellDenial(env, token, asked);
	const { address, nowMs } = asked;
	const limit = { perWindow: WRONG_PER_MINUTE, windowMs: MINUTE_MS };
	const retryAfterSeconds = await countRequest(env.DB, `wrong:${await address()}`, limit, nowMs);
	return retryAfterSeconds === null ? { kind: 'unauthorized' } : { kind: 'too-many-requests', retryAfterSeconds };
}
