// The bytes of objects, streamed to the object store, which checks them against their hash as they arrive.
import { err, ok, type Result } from '#core/result.ts';
import type { Incoming } from '../read-request.ts';

export type WriteObjectFailure =
	{ readonly kind: 'digest-mismatch' } | { readonly kind: 'unavailable'; readonly stores: ['objects'] };

export async function writeObject(
	bucket: R2Bucket,
	key: string,
	{ stream, sizeBytes }: Incoming,
	digest: string
): Promise<Result<void, WriteObjectFailure>> {
	const sha256 = Uint8Array.from(atob(digest), (character) => character.charCodeAt(0));
	try {
		const fixed = new FixedLengthStream(sizeBytes);
		// Where it breaks, writing what it was piped to breaks too.
		const [written] = await Promise.all([bucket.put(key, fixed.readable, { sha256 }), stream.pipeTo(fixed.writable)]);
		return written === null ? err({ kind: 'unavailable', stores: ['objects'] }) : ok(undefined);
	} catch (error) {
		// R2 says it with an error of this number (BadDigest).
		if (error instanceof Error && /\(10037\)/.test(error.message)) return err({ kind: 'digest-mismatch' });
		console.error(error);
		return err({ kind: 'unavailable', stores: ['objects'] });
	}
}
