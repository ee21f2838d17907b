// POST /api/v1/hooks/{hook}.
import { fromBase64Url } from '#core/base64url.ts';
import type { ParsedRequestOf } from '#core/contract/endpoint.ts';
import type { postHook } from '#core/contract/inbox.ts';
import { err, ok } from '#core/result.ts';
import { hashOf, keyedHashOf } from '../bytes.ts';
import { findHook, type HookInbox } from '../d1/inboxes.ts';
import { countRequest } from '../d1/rate-limits.ts';
import { isSigned } from '../hook-signature.ts';
import { HOOKS_PER_MINUTE, READS_PER_MINUTE } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { readIncoming } from '../read-request.ts';
import { sealReceived } from '../seal-received.ts';

const MINUTE_MS = 60_000;

export const answerPostHook: Handler<typeof postHook> = async (request, env, { address, nowMs, notFound }) => {
	const { hook, type } = request;
	// Whoever tries addresses is slowed down before one is looked for.
	const tried = { perWindow: READS_PER_MINUTE, windowMs: MINUTE_MS };
	const wait = await countRequest(env.DB, `hooks:${await address()}`, tried, nowMs);
	if (wait !== null) return err({ kind: 'too-many-requests', retryAfterSeconds: wait });
	const hash = await hashOf(fromBase64Url(hook) ?? new Uint8Array());
	const inbox = await findHook(env.DB, hash);
	if (!inbox) return err(notFound);
	const limit = { perWindow: HOOKS_PER_MINUTE, windowMs: MINUTE_MS };
	const retryAfterSeconds = await countRequest(env.DB, `hook:${hash}`, limit, nowMs);
	if (retryAfterSeconds !== null) return err({ kind: 'too-many-requests', retryAfterSeconds });
	const bytes = await readIncoming(request.bytes);
	if (!bytes) return err({ kind: 'invalid-request', fields: ['content-length'] });
	if (!(await isSigned(inbox, request, bytes, nowMs))) return err({ kind: 'signature-refused' });
	const key = await deliveryKey(inbox, hook, request, bytes);
	const taken = await sealReceived(
		{ inbox, key, content: { type, name: null, bytes }, by: null, secret: hook },
		env,
		nowMs
	);
	return taken.ok ? ok({ isRepeated: taken.value.isRepeated }) : taken;
};

/**
 * What makes a delivery the same one when it comes again: what is signed and names it, where something is; what the service says,
 * where nothing is signed; and where it says nothing, each is of its own, since a sensor may well say the same twice.
 */
async function deliveryKey(
	{ signed }: HookInbox,
	hook: string,
	{ id, delivery, idempotency }: ParsedRequestOf<typeof postHook>,
	bytes: Uint8Array
): Promise<string> {
	const named = (text: string): Promise<string> => keyedHashOf(hook, new TextEncoder().encode(text));
	switch (signed) {
		case 'standard':
			return `hook:${await named(id ?? '')}`;
		case 'github':
		case 'stripe':
			return `hook:${await keyedHashOf(hook, bytes)}`;
		case 'none': {
			const said = idempotency ?? id ?? delivery;
			return `hook:${said === undefined ? crypto.randomUUID() : await named(said)}`;
		}
	}
}
