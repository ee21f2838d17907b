// Sends a notice as e-mail by the edge, and says in the words of deliveries why it did not go.
import type { DeliveryFailure } from '#core/alert/delivery.ts';
import { notifyEmail } from '#core/contract/notify-email.ts';
import { err, ok, type Result } from '#core/result.ts';
import { callApi, type CallApiFailure, type Fetch } from './call-api.ts';

type Mail = {
	readonly to: readonly string[];
	readonly subject: string;
	readonly text: string;
	readonly id: string;
};

export async function sendMail(fetch: Fetch, mail: Mail): Promise<Result<void, DeliveryFailure>> {
	const sent = await callApi(fetch, notifyEmail, { ...mail, to: [...mail.to] });
	return sent.ok ? ok(undefined) : err(deliveryFailure(sent.error));
}

function deliveryFailure(failure: CallApiFailure): DeliveryFailure {
	switch (failure.kind) {
		case 'mail-not-connected':
		case 'recipient-not-allowed':
			return { kind: failure.kind };
		case 'too-many-requests':
			return { kind: 'too-many-mails' };
		case 'mail-failed':
			return { kind: 'mail-failed', stage: failure.stage, code: failure.code };
		default:
			return { kind: 'edge-unreachable' };
	}
}
