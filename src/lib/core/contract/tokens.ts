// Tokens: who may call for a workspace. `Authorization: Bearer weir1.<id>.<secret>`, both base64url, the secret of 32 bytes; the edge
// keeps the SHA-256 of those bytes alone.
import { array, boolean, maxLength, minLength, nullable, object, picklist, pipe } from 'valibot';
import { endpoint } from './endpoint.ts';
import { hashId, randomId, sealed, timeMs } from './wire.ts';

const verb = picklist(['read', 'write', 'ref', 'push', 'share', 'relay', 'admin']);

/** What a token may do, and where: null means everywhere. */
const scope = {
	verbs: pipe(array(verb), minLength(1), maxLength(7)),
	spaces: nullable(pipe(array(randomId), maxLength(100))),
	/** The only refs that it may move. */
	refs: nullable(pipe(array(hashId), maxLength(100))),
	/** From then on it is unknown. */
	expiresAtMs: nullable(timeMs)
};
/** Its name, sealed. */
const label = nullable(sealed(512));

export const listTokens = endpoint({
	name: 'listTokens',
	summary: 'Lists the tokens of a workspace, those that were revoked too, without their secrets, which nobody has.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/tokens',
	access: 'admin',
	request: object({ workspace: randomId }),
	response: object({
		tokens: array(
			object({
				id: randomId,
				...scope,
				label,
				createdAtMs: timeMs,
				/** To the minute; null: never. */
				lastUsedAtMs: nullable(timeMs),
				revokedAtMs: nullable(timeMs)
			})
		)
	}),
	failures: []
});

export const createToken = endpoint({
	name: 'createToken',
	summary: 'Makes a token that may do no more than the one it is made with.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/tokens',
	access: 'admin',
	/** `hash` is the SHA-256 of the secret's 32 bytes, which stay with whoever made it. */
	request: object({ workspace: randomId, id: randomId, hash: hashId, ...scope, label }),
	response: object({ isRepeated: boolean() }),
	failures: ['scope-exceeded', 'limit-reached']
});

export const revokeToken = endpoint({
	name: 'revokeToken',
	summary: 'Ends a token: the next request with it is not answered.',
	method: 'DELETE',
	path: '/api/v1/workspaces/{workspace}/tokens/{id}',
	access: 'admin',
	request: object({ workspace: randomId, id: randomId }),
	response: object({ isRepeated: boolean() }),
	failures: []
});
