// The edge as a reader asks it: open once, then fetch, and go on where a download broke.
import type { RequestOf } from '#core/contract/endpoint.ts';
import { openShare, SHARE_BYTES } from '#core/contract/shares.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { ReadShareFailure } from '#core/share/failure.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { callApi, type Fetch } from './call-api.ts';
import { netFailure } from './net-failure.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type ReadFailure = NetFailure | Extract<ReadShareFailure, { kind: 'share-closed' | 'share-guarded' }>;

/** How often a broken download is gone on with. */
const TRIES = 4;

/** Counts a view, but for a lease that was sent before. Answers how many bytes there are. */
export async function openAtEdge(
	fetch: Fetch,
	request: RequestOf<typeof openShare>
): Promise<Result<{ readonly sizeBytes: number }, ReadFailure>> {
	const opened = await callApi(fetch, openShare, request);
	if (opened.ok) return opened;
	if (opened.error.kind === 'not-found') return err({ kind: 'share-closed' });
	if (opened.error.kind === 'too-many-requests')
		return err({ kind: 'share-guarded', retryAfterMs: opened.error.retryAfterSeconds * 1000 });
	return err(netFailure(opened.error));
}

type Download = {
	readonly share: string;
	readonly lease: string;
	readonly sizeBytes: number;
	/** 0..1. */
	readonly onProgress: (ratio: number) => void;
};

/** The sealed bytes. What broke is gone on with from where it broke, within the lease. */
export async function fetchSealed(
	fetch: typeof globalThis.fetch,
	{ share, lease, sizeBytes, onProgress }: Download
): Promise<Result<Bytes, ReadFailure>> {
	if (sizeBytes > SHARE_BYTES) return err({ kind: 'edge-unreadable', status: null });
	const bytes = new Uint8Array(sizeBytes);
	let at = 0;
	for (let tries = 0; tries < TRIES && at < sizeBytes; tries++) {
		const headers = { 'share-lease': lease, ...(at > 0 && { range: `bytes=${at}-` }) };
		try {
			const answer = await fetch(`/api/v1/shares/${share}`, { headers });
			if (answer.status === 404) return err({ kind: 'share-closed' });
			if (answer.status !== (at > 0 ? 206 : 200) || !answer.body)
				return err({ kind: 'edge-unreadable', status: answer.status });
			const reader = answer.body.getReader();
			for (;;) {
				const { done, value } = await reader.read();
				if (done) break;
				if (at + value.length > sizeBytes) return err({ kind: 'edge-unreadable', status: answer.status });
				bytes.set(value, at);
				at += value.length;
				onProgress(at / sizeBytes);
			}
		} catch (error) {
			// The network broke: what is here stays, and the next try goes on from it.
			if (!(error instanceof TypeError)) throw error;
		}
	}
	return at === sizeBytes ? ok(bytes) : err({ kind: 'edge-unreachable' });
}
