// What each key of a share is for, as bytes: nothing of one share, or of one purpose, fits another.
import { encodeCanonical } from '../encoding.ts';

/** `salt`: of the passphrase's stretching; `auth`: what the edge asks for; `key`: what seals the bundle. */
export type SharePurpose = 'salt' | 'auth' | 'key';

/** HKDF's `info`. */
export function shareLabel(purpose: SharePurpose, share: string): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/share/v1', purpose, share]);
}

/** What is authenticated of a sealed bundle besides its header. */
export function shareBound(share: string): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/share-object/v1', share]);
}
