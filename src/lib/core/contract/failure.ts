// What the edge answers instead of success: `{ "error": { "kind": … } }`, facts only, nothing about its insides.
import {
	array,
	integer,
	literal,
	nullable,
	number,
	object,
	picklist,
	pipe,
	string,
	variant,
	type InferOutput
} from 'valibot';

export const apiFailureSchema = variant('kind', [
	object({ kind: literal('not-found'), path: string() }),
	/** `fields` names what was missing or wrong, never the values given. */
	object({ kind: literal('invalid-request'), fields: array(string()) }),
	object({ kind: literal('unavailable'), stores: array(picklist(['database', 'objects'])) }),
	/** No mail server is set for this edge. */
	object({ kind: literal('mail-not-connected') }),
	/** No host is set that this edge posts to. */
	object({ kind: literal('webhooks-not-connected') }),
	/** What the address answered; null when it did not. */
	object({ kind: literal('webhook-failed'), status: nullable(pipe(number(), integer())) }),
	/** It may not write to one of the addresses. */
	object({ kind: literal('recipient-not-allowed') }),
	object({ kind: literal('too-many-requests') }),
	/** `stage` of the talk with the mail server, and the code it answered; null when it did not. */
	object({
		kind: literal('mail-failed'),
		stage: picklist(['connect', 'tls', 'login', 'sender', 'recipient', 'text']),
		code: nullable(pipe(number(), integer()))
	}),
	object({ kind: literal('internal') })
]);

export const failureAnswerSchema = object({ error: apiFailureSchema });

export type ApiFailure = InferOutput<typeof apiFailureSchema>;

export const statusByKind = {
	'not-found': 404,
	'invalid-request': 400,
	unavailable: 503,
	'mail-not-connected': 503,
	'webhooks-not-connected': 503,
	'webhook-failed': 502,
	'recipient-not-allowed': 403,
	'too-many-requests': 429,
	'mail-failed': 502,
	internal: 500
} as const satisfies Record<ApiFailure['kind'], number>;
