// Posts a notice to a webhook for a page that may not read its answer.
import { boolean, maxLength, object, pipe, regex, string } from 'valibot';
import { endpoint } from './endpoint.ts';

export const notifyWebhook = endpoint({
	name: 'notifyWebhook',
	summary:
		'Posts JSON to an address of a host that this edge may post to. An `id` that was taken before is not posted again. `webhooks-not-connected` when the edge posts to none.',
	method: 'POST',
	path: '/api/v1/notify/webhook',
	access: 'anyone',
	request: object({
		/** 16 to 100 letters, digits, `-` and `_`; goes with it as `Idempotency-Key`. */
		id: pipe(string(), regex(/^[A-Za-z0-9_-]{16,100}$/)),
		url: pipe(string(), maxLength(2000), regex(/^https?:\/\/[^\s]+$/)),
		/** The JSON as a text. */
		body: pipe(string(), maxLength(200_000))
	}),
	/** `isRepeated`: it had been taken before, and was not posted now. */
	response: object({ isRepeated: boolean() }),
	failures: ['webhooks-not-connected', 'recipient-not-allowed', 'too-many-requests', 'webhook-failed']
});
