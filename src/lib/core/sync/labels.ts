// What every key and every hash is for, as bytes. Each label says the whole of what it is bound to, so that nothing fits elsewhere.
import { encodeCanonical } from '../encoding.ts';
import type { KeySlot } from './key-slot.ts';

export type KeyPurpose =
	/** Of a space's key: what HMAC keys of ids, and what keys of objects come from. */
	| 'id'
	| 'seal'
	/** The HMAC key of the tokens by which the server knows refs. */
	| 'token'
	/** Of the root key: what proves membership and slots, and the tokens of the owner and of who looks for a workspace. */
	| 'member'
	| 'slot'
	| 'owner'
	| 'finder'
	/** That a root key is the one that an epoch began with. */
	| 'check'
	/** A space's key from the second epoch on, alike on all devices. */
	| 'space'
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
export function slotLabel(of: Omit<KeySlot, 'secrets'>): Uint8Array<ArrayBuffer> {
	const { workspace, slot, stretch, salt, credential, made } = of;
	if (!made) return encodeCanonical(['weir/slot-key/v1', workspace, slot, stretch, salt]);
	return encodeCanonical(['weir/slot-key/v2', workspace, slot, stretch, salt, credential, made]);
}

/** What a passkey answers to: its secret is of this workspace and this slot alone. */
export function passkeyLabel(workspace: string, salt: Uint8Array): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/passkey/v1', workspace, salt]);
}

/** HPKE's `info` of a root key that is given to a device. */
export function grantLabel(workspace: string, epoch: number, by: string, device: string): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/grant/v1', workspace, epoch, by, device]);
}

/** HKDF's `info` for the key of one object; its salt is the object's id. */
export function objectLabel(type: number): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/object/v1', type]);
}

/** HKDF's `info` for the HMAC key of ids of one type. */
export function idLabel(type: number): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/id/v1', type]);
}

/** HKDF's `info` for what comes from the secret of an enrolment: the space of its messages, their names, and the key that seals them. */
export function enrolLabel(of: 'space' | 'request' | 'answer' | 'seal', workspace: string): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/enrol/v1', of, workspace]);
}

/** HPKE's `info` of the secrets that a device is given; `words` are of its request. */
export function enrolGrantLabel(workspace: string, words: readonly string[]): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/enrol-grant/v1', workspace, words]);
}
