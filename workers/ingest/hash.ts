// SHA-256 of a blob of any size, read in slices.
import { createSHA256 } from 'hash-wasm';

const SLICE_BYTES = 2 * 1024 * 1024;

export async function hashBlob(blob: Blob): Promise<string> {
	const sha = await createSHA256();
	for (let at = 0; at < blob.size; at += SLICE_BYTES) {
		sha.update(new Uint8Array(await blob.slice(at, at + SLICE_BYTES).arrayBuffer()));
	}
	return sha.digest('hex');
}
