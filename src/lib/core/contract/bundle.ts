// Several objects in one body, one after another: 32 bytes of id, the length as 4 bytes big-endian, the bytes.
import { fromBase64Url, toBase64Url } from '../base64url.ts';

export type Bundled = { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> };

/** Each is a file of its own on the edge, and a request may ask for no more than fifty where the platform gives least. */
export const BUNDLE_OBJECTS = 40;
const ID_BYTES = 32;
export const FRAME_BYTES = ID_BYTES + 4;

export function encodeBundle(objects: readonly Bundled[]): Uint8Array<ArrayBuffer> {
	const sizeBytes = objects.reduce((sum, { bytes }) => sum + FRAME_BYTES + bytes.length, 0);
	const bundle = new Uint8Array(sizeBytes);
	const view = new DataView(bundle.buffer);
	let at = 0;
	for (const { id, bytes } of objects) {
		bundle.set(fromBase64Url(id) ?? new Uint8Array(ID_BYTES), at);
		view.setUint32(at + ID_BYTES, bytes.length);
		bundle.set(bytes, at + FRAME_BYTES);
		at += FRAME_BYTES + bytes.length;
	}
	return bundle;
}

/** Views of `bundle`. Null for what is no bundle: cut off, of too many objects, or with one twice. */
export function parseBundle(bundle: Uint8Array<ArrayBuffer>): readonly Bundled[] | null {
	const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
	const byId = new Map<string, Bundled>();
	for (let at = 0; at < bundle.length;) {
		if (at + FRAME_BYTES > bundle.length || byId.size === BUNDLE_OBJECTS) return null;
		const id = toBase64Url(bundle.subarray(at, at + ID_BYTES));
		const start = at + FRAME_BYTES;
		const end = start + view.getUint32(at + ID_BYTES);
		if (end > bundle.length || byId.has(id)) return null;
		byId.set(id, { id, bytes: bundle.subarray(start, end) });
		at = end;
	}
	return [...byId.values()];
}
