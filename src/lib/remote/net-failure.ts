// What the edge answers, as those who sync and share are told of it.
import type { NetFailure } from '#core/sync/failure.ts';
import type { CallApiFailure } from './call-api.ts';

export function netFailure(failure: CallApiFailure): NetFailure {
	switch (failure.kind) {
		case 'unreachable':
			return { kind: 'edge-unreachable' };
		case 'unreadable-answer':
			// Of a proxy before it, too.
			return failure.status >= 500 || failure.status === 429
				? { kind: 'edge-busy', retryAfterMs: failure.retryAfterMs }
				: { kind: 'edge-unreadable', status: failure.status };
		case 'too-many-requests':
			return { kind: 'edge-busy', retryAfterMs: failure.retryAfterSeconds * 1000 };
		case 'unavailable':
		case 'internal':
			return { kind: 'edge-busy', retryAfterMs: null };
		case 'token-revoked':
			return { kind: 'device-removed' };
		case 'unauthorized':
		case 'not-found':
		case 'scope-exceeded':
			return { kind: 'edge-access-refused' };
		case 'invitation-needed':
			return { kind: 'edge-invitation-needed' };
		case 'quota-full': {
			const { quotaBytes, usedBytes, sizeBytes } = failure;
			return { kind: 'edge-full', quotaBytes, usedBytes, sizeBytes };
		}
		case 'limit-reached':
			return { kind: 'edge-limit-reached', of: failure.of, limit: failure.limit };
		default:
			return { kind: 'edge-unreadable', status: null };
	}
}
