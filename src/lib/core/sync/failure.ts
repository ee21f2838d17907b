// Why a sync did not come to its end. Nothing was overwritten, here or there.
import type { DocumentKind } from '../document/document.ts';
import type { StoreFailure } from '../version/store-failure.ts';
import type { KeysCrashed, PasskeyFailure, SlotFailure } from './key-slot.ts';
import type { BrokenObject } from './sealed-object.ts';
import type { Distrust } from './trust.ts';

/** What the edge, or the way to it, answers instead of what was asked. */
export type NetFailure =
	/** Nobody answers. */
	| { readonly kind: 'edge-unreachable' }
	/** What answers is no edge, or one of another protocol; null where it was no answer at all. */
	| { readonly kind: 'edge-unreadable'; readonly status: number | null }
	/** It cannot now; it may later. */
	| { readonly kind: 'edge-busy'; readonly retryAfterMs: number | null }
	/** It does not know this device's token, or not for this: it was revoked, or the server lost what it had. */
	| { readonly kind: 'edge-access-refused' }
	/** This device was in the workspace, and was removed. */
	| { readonly kind: 'device-removed' }
	| { readonly kind: 'edge-invitation-needed' }
	| {
			readonly kind: 'edge-full';
			readonly quotaBytes: number;
			readonly usedBytes: number;
			readonly sizeBytes: number;
	  }
	| { readonly kind: 'edge-limit-reached'; readonly of: string; readonly limit: number }
	/** It says that it does not have what a ref that it shows needs. */
	| { readonly kind: 'object-lost'; readonly id: string };

/** The keys are not at hand, until the workspace is unlocked. */
export type KeysClosed =
	| { readonly kind: 'keys-locked' }
	/** They were changed on another device, which could not give the new ones to this one. */
	| { readonly kind: 'keys-outdated' };

/** What is not done with keys, devices and slots. */
export type KeysRefusal =
	| { readonly kind: 'unknown-device'; readonly device: string }
	| { readonly kind: 'unknown-slot'; readonly slot: string }
	/** Leaving is done by the device itself, removing by another one. */
	| { readonly kind: 'device-is-this' }
	/** Two ways to open the workspace stay, and of these a passphrase and words. */
	| { readonly kind: 'slot-needed' }
	| { readonly kind: 'no-passkey' }
	/** A new slot did not read back as it was written; the old one stays. */
	| { readonly kind: 'slot-not-kept' }
	| { readonly kind: 'invalid-enrol-code' }
	| { readonly kind: 'enrol-over' };
/** The server has it, and this browser does not; `because` is the kind of failure for which it cannot come now. */
export type VersionElsewhere = {
	readonly kind: 'version-elsewhere';
	readonly dataset: string;
	readonly version: string;
	readonly because: string;
};

/** What only sync fails of. */
export type SyncOnlyFailure =
	| NetFailure
	| BrokenObject
	| Distrust
	/** A record that no member of the workspace signed. */
	| { readonly kind: 'forged'; readonly atSeq: number }
	| SlotFailure
	| KeysCrashed
	| PasskeyFailure
	| KeysClosed
	| KeysRefusal
	| { readonly kind: 'sync-off' }
	| { readonly kind: 'sync-on' }
	| { readonly kind: 'sync-busy' }
	/** It is not as the server has it, and so cannot go from here. */
	| { readonly kind: 'sync-waits'; readonly dataset: string }
	| VersionElsewhere
	| { readonly kind: 'keys-unsupported' }
	| { readonly kind: 'passphrase-too-short'; readonly least: number }
	| { readonly kind: 'invalid-words'; readonly why: 'count' | 'word' | 'checksum'; readonly word: string | null }
	| { readonly kind: 'invalid-workspace-code' }
	/** No two devices changed the document at one time. */
	| { readonly kind: 'nothing-to-settle'; readonly document: DocumentKind; readonly name: string }
	/** A device that joins takes the names of the workspace over, and so must have nothing of its own. */
	| { readonly kind: 'workspace-not-empty' };

export type SyncFailure = SyncOnlyFailure | StoreFailure | { readonly kind: 'cancelled' };

/** Of one dataset. */
export type SpaceFailure =
	| NetFailure
	| Extract<KeysClosed, { kind: 'keys-outdated' }>
	| StoreFailure
	| BrokenObject
	| Distrust
	| Extract<SyncOnlyFailure, { kind: 'forged' }>
	| { readonly kind: 'cancelled' };
