// A notice on its way: recorded before it is sent, tried again until it is there or given up.
import type { RetryPolicy } from '../pipeline/pipeline.ts';
import { retryDelayMs } from '../pipeline/retry.ts';
import type { Notice } from './incident.ts';

export type DeliveryAttempt = {
	readonly atMs: number;
	/** Null of one that went through. */
	readonly failure: DeliveryFailure | null;
};

export type DeliveryFailure =
	/** It answered that it does not take it. */
	| { readonly kind: 'webhook-refused'; readonly status: number }
	/** No answer that a page may read: no network, nobody there, or a server that does not allow pages of others (CORS). */
	| { readonly kind: 'webhook-unreadable' }
	| { readonly kind: 'notifications-not-allowed' }
	| { readonly kind: 'mail-not-connected' }
	| { readonly kind: 'recipient-not-allowed' }
	| { readonly kind: 'mail-failed'; readonly stage: string; readonly code: number | null }
	| { readonly kind: 'too-many-mails' }
	/** The edge did not answer, or not as agreed. */
	| { readonly kind: 'edge-unreachable' }
	| { readonly kind: 'sender-crashed' };

export type Delivery = {
	/** Goes with every attempt, so that whoever receives it twice can tell. */
	readonly id: string;
	readonly notice: Notice;
	/** Of the notice, for a look-up. */
	readonly incidents: readonly string[];
	readonly state: 'waiting' | 'delivered' | 'given-up';
	readonly attempts: readonly DeliveryAttempt[];
	/** Of the next attempt; null when there is none. */
	readonly dueAtMs: number | null;
	readonly createdAtMs: number;
	readonly deliveredAtMs: number | null;
	/** Of one to the page: when somebody saw it. */
	readonly seenAtMs: number | null;
};

/** Over about half a day. */
export const DELIVERY_RETRY: RetryPolicy = {
	attempts: 10,
	delayMs: 2000,
	factor: 4,
	maxDelayMs: 4 * 3_600_000,
	jitter: 'full'
};

export function newDelivery(id: string, notice: Notice): Delivery {
	const isHere = notice.channel.kind === 'page';
	return {
		id,
		notice,
		incidents: notice.incidents.map((incident) => incident.id),
		// What is stored is in the page.
		state: isHere ? 'delivered' : 'waiting',
		attempts: [],
		dueAtMs: isHere ? null : notice.atMs,
		createdAtMs: notice.atMs,
		deliveredAtMs: isHere ? notice.atMs : null,
		seenAtMs: null
	};
}

/** `random` is in 0 ≤ x < 1. */
export function afterAttempt(delivery: Delivery, attempt: DeliveryAttempt, random: number): Delivery {
	const attempts = [...delivery.attempts, attempt];
	const { failure, atMs } = attempt;
	if (failure === null) return { ...delivery, attempts, state: 'delivered', dueAtMs: null, deliveredAtMs: atMs };
	const failures = attempts.filter((one) => one.failure !== null).length;
	const delayMs = isLasting(failure) ? null : retryDelayMs(DELIVERY_RETRY, failures, random);
	return delayMs === null
		? { ...delivery, attempts, state: 'given-up', dueAtMs: null }
		: { ...delivery, attempts, dueAtMs: atMs + delayMs };
}

/** At once, and then as often as a new one. */
export function again(delivery: Delivery, nowMs: number): Delivery {
	return { ...delivery, state: 'waiting', attempts: [], dueAtMs: nowMs };
}

/** What is wrong with the request itself stays wrong. */
function isLasting(failure: DeliveryFailure): boolean {
	if (failure.kind === 'notifications-not-allowed' || failure.kind === 'recipient-not-allowed') return true;
	if (failure.kind !== 'webhook-refused') return false;
	const { status } = failure;
	return status < 500 && status !== 408 && status !== 425 && status !== 429;
}
