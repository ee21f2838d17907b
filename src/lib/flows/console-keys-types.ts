// What `window.weir` offers for the keys and devices of a synced workspace.
import type { Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { AuditLog } from './sync-audit.ts';
import type { DeviceTold } from './sync-devices.ts';
import type { AskToJoinInput, Asking } from './sync-enrol.ts';
import type { RotateInput } from './sync-rotate.ts';
import type { NewOpener, SlotTold } from './sync-slots.ts';
import type { Opener } from './sync-unlock.ts';

type Answer<T> = Promise<
	Result<T, SyncFailure | { readonly kind: 'invalid-argument'; readonly argument: string; readonly expected: string }>
>;

export type KeysConsole = {
	/** The keys go from this device, in all tabs; sync waits until it is unlocked, and datasets stay. */
	lockKeys(options?: { readonly keepsSlots?: boolean }): Answer<void>;
	/** By the passphrase, the words, or a passkey. */
	unlockKeys(opener: Opener): Answer<void>;
	/** The ways into the workspace, as the edge has them. */
	keySlots(): Answer<readonly SlotTold[]>;
	/** A new passphrase or new words in the place of those of before, or a passkey besides. */
	changeKey(input: NewOpener): Answer<void>;
	removeKey(slot: string): Answer<void>;
	/** The devices of the workspace, with the times at which the edge has seen them. */
	devices(): Answer<readonly DeviceTold[]>;
	/** What was done to the workspace on the edge, newest first, and whether the log is the one that this device knew; 200 entries, left out. */
	auditLog(options?: { readonly newest?: number }): Answer<AuditLog>;
	/** From now on this device goes on from the log as `auditLog` showed it last, though it was cut or changed. */
	acceptAudit(tip: AuditLog['tip']): Answer<void>;
	renameDevice(device: string, name: string): Answer<void>;
	/** Ends a device's access and gives the workspace new keys; answers its new code. */
	rotateKeys(input: RotateInput): Answer<string>;
	/** A code by which another device may ask to join, for ten minutes. */
	enrolCode(): Answer<string>;
	/** Who asks by it: waits until somebody does. */
	askingDevice(code: string, options?: { readonly signal?: AbortSignal }): Answer<Asking>;
	/** Hands the keys to the device whose words were compared. */
	letIn(code: string, words: readonly string[], opener: Opener): Answer<void>;
	/** Nobody joins by this code any more. */
	endEnrol(code: string): Answer<void>;
	/** On the new device, which must be empty: asks, and joins once it is let in. */
	askToJoin(input: AskToJoinInput): Answer<string>;
};
