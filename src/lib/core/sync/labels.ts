// What every key and every hash is for, as bytes. Each label says the whole of what it is bound to, so that nothing fits elsewhere.
import { encodeCanonical } from '../encoding.ts';
import type { KeySlot } from './key-slot.ts';

export type KeyPurpose =
	/** Of a space's key: what HMAC keys of ids, and what keys of objects come from. */
	| 'id'
	| 'seal'
	/** The HMAC key of the tokens by which the server knows refs. */
	| 'token'
	/** Of the root key: what proves membership, and the owner's token. */
	| 'member'
	| 'owner'
	/** Of the root key: what the key pair of the inboxes comes from. */
	| 'inbox';

/** HKDF's `info`. `scope` is a space, or what else of the workspace is sealed by its own keys. */
export function keyLabel(
	purpose: KeyPurpose,
	workspace: string,
	scope: string,
	epoch: number
): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/key/v1', purpose, workspace, scope, epoch]);
}

/** Of a key slot's own key: all of the slot but what it holds. */
export function slotLabel({ workspace, slot, stretch, salt }: Omit<KeySlot, 'secrets'>): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/slot-key/v1', workspace, slot, stretch, salt]);
}

/** HKDF's `info` for the key of one object; its salt is the object's id. */
export function objectLabel(type: number): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/object/v1', type]);
}

/** HKDF's `info` for the HMAC key of ids of one type. */
export function idLabel(type: number): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/id/v1', type]);
}
