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
		await put(bucket, key, stream, sizeBytes, sha256);
		return ok(undefined);
	} catch (error) {
		// R2 says it with an error of this number (BadDigest).
		if (error instanceof Error && /\(10037\)/.test(error.message)) return err({ kind: 'digest-mismatch' });
		console.error(error);
		return err({ kind: 'unavailable', stores: ['objects'] });
	}
}

async function put(
	bucket: R2Bucket,
	key: string,
	stream: ReadableStream<Uint8Array>,
	sizeBytes: number,
	sha256: Uint8Array
): Promise<void> {
	// The development server runs this in Node, which has no streams of a known length.
	if (!('FixedLengthStream' in globalThis)) {
		await bucket.put(key, await new Response(stream).arrayBuffer(), { sha256 });
		return;
	}
	const fixed = new FixedLengthStream(sizeBytes);
	// Where one breaks, the other breaks too.
	await Promise.all([bucket.put(key, fixed.readable, { sha256 }), stream.pipeTo(fixed.writable)]);
}

/** Of an object that is here whole; false where the store did not take it. */
export async function putBytes(bucket: R2Bucket, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
	try {
		await bucket.put(key, bytes);
		return true;
	} catch (error) {
		console.error(error);
		return false;
	}
}
