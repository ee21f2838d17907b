// The edge as a sync asks it: again where it cannot now, later each time, and never faster than was allowed.
import { backOffMs } from '../core/sync/back-off.ts';
import type { NetFailure } from '../core/sync/failure.ts';
import { fullBucket, takeBytes } from '../core/sync/token-bucket.ts';
import type { Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import type { SyncNet } from './sync-effects.ts';

type Timing = Pick<Effects, 'sleep' | 'random' | 'now'>;

const TRIES = 6;
const LONGEST_WAIT_MS = 120_000;

export async function patiently<T>(
	ask: () => Promise<Result<T, NetFailure>>,
	{ sleep, random }: Pick<Effects, 'sleep' | 'random'>,
	signal: AbortSignal
): Promise<Result<T, NetFailure>> {
	for (let tries = 1; ; tries++) {
		const answer = await ask();
		if (answer.ok || answer.error.kind !== 'edge-busy' || tries === TRIES || signal.aborted) return answer;
		const { retryAfterMs } = answer.error;
		// Nobody waits so long for one request: the next sync does.
		if (retryAfterMs !== null && retryAfterMs > LONGEST_WAIT_MS) return answer;
		await sleep(backOffMs(tries, retryAfterMs, random()), signal);
	}
}

/** As `net`, patient. What was refused stays refused; nothing is asked twice that was answered. */
export function patientNet(
	net: SyncNet,
	{ sleep, random }: Pick<Timing, 'sleep' | 'random'>,
	signal: AbortSignal
): SyncNet {
	const again = <T>(ask: () => Promise<Result<T, NetFailure>>): Promise<Result<T, NetFailure>> =>
		patiently(ask, { sleep, random }, signal);
	return {
		refs: () => again(() => net.refs()),
		refLog: (space, token, after) => again(() => net.refLog(space, token, after)),
		members: (after) => again(() => net.members(after)),
		appendMember: (prev, entry, seen) => again(() => net.appendMember(prev, entry, seen)),
		have: (space, ids) => again(() => net.have(space, ids)),
		put: (space, id, bytes) => again(() => net.put(space, id, bytes)),
		get: (space, id) => again(() => net.get(space, id)),
		moveRef: (ref) => again(() => net.moveRef(ref))
	};
}

/** As `net`, with bytes of objects up and down within a rate; null is any. */
export function cappedNet(
	net: SyncNet,
	bytesPerSecond: number | null,
	{ sleep, now }: Timing,
	signal: AbortSignal
): SyncNet {
	if (bytesPerSecond === null) return net;
	let bucket = fullBucket(bytesPerSecond, now());
	const pay = async (sizeBytes: number): Promise<void> => {
		const taken = takeBytes(bucket, sizeBytes, now());
		bucket = taken.bucket;
		if (taken.waitMs > 0) await sleep(taken.waitMs, signal);
	};
	return {
		...net,
		put: async (space, id, bytes) => {
			await pay(bytes.length);
			return net.put(space, id, bytes);
		},
		get: async (space, id) => {
			// How long it is is known afterwards: what comes next waits for it.
			await pay(0);
			const got = await net.get(space, id);
			if (got.ok) bucket = takeBytes(bucket, got.value.length, now()).bucket;
			return got;
		}
	};
}
