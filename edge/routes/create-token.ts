// POST /api/v1/workspaces/{workspace}/tokens.
import type { createToken } from '#core/contract/tokens.ts';
import { err, ok } from '#core/result.ts';
import { countTokens, createToken as create, type Scope } from '../d1/tokens.ts';
import { MAX_TOKENS } from '../limits.ts';
import type { Handler } from '../mount.ts';

export const answerCreateToken: Handler<typeof createToken> = async (request, env, { token, nowMs }) => {
	if (!covers(token, request)) return err({ kind: 'scope-exceeded' });
	if ((await countTokens(env.DB, request.workspace)) >= MAX_TOKENS)
		return err({ kind: 'limit-reached', of: 'tokens', limit: MAX_TOKENS });
	const made = await create(env.DB, request, token.id, nowMs);
	// Another one has the id. That says nothing of whose it is: nobody meets 128 random bits by chance.
	return made === null ? err({ kind: 'invalid-request', fields: ['id'] }) : ok({ isRepeated: made === 'repeated' });
};

function covers(own: Scope, asked: Scope): boolean {
	return (
		asked.verbs.every((verb) => own.verbs.includes(verb)) &&
		isSubset(own.spaces, asked.spaces) &&
		isSubset(own.refs, asked.refs) &&
		(own.expiresAtMs === null || (asked.expiresAtMs !== null && asked.expiresAtMs <= own.expiresAtMs))
	);
}

/** Null is everything. */
function isSubset(own: readonly string[] | null, asked: readonly string[] | null): boolean {
	return own === null || (asked?.every((one) => own.includes(one)) ?? false);
}
