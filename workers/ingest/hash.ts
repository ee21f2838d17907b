// SHA-256 of a blob of any size, read in slices.
import { createSHA256 } from 'hash-wasm';
import { readSlices } from './source.ts';

export async function hashBlob(blob: Blob): Promise<string> {
	const sha = await createSHA256();
	for await (const { bytes } of readSlices(blob)) sha.update(bytes);
	return sha.digest('hex');
}
