// Posts a notice by the edge, where the page itself may not read the answer of an address.
import type { DeliveryFailure } from '#core/alert/delivery.ts';
import { notifyWebhook } from '#core/contract/notify-webhook.ts';
import { err, ok, type Result } from '#core/result.ts';
import { callApi, type Fetch } from './call-api.ts';

type Post = { readonly url: string; readonly body: string; readonly id: string };

/** Fails: webhook-refused by the address · webhook-unreadable, when the edge does not post there either */
export async function postWebhook(fetch: Fetch, post: Post): Promise<Result<void, DeliveryFailure>> {
	const posted = await callApi(fetch, notifyWebhook, post);
	if (posted.ok) return ok(undefined);
	const { error } = posted;
	if (error.kind === 'webhook-failed' && error.status !== null)
		return err({ kind: 'webhook-refused', status: error.status });
	return err({ kind: 'webhook-unreadable' });
}
