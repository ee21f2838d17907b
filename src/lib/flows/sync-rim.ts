// What the flows of sync need besides what all flows have.
import type { AuditEntry } from '../core/contract/audit.ts';
import type { Result } from '../core/result.ts';
import type { AuditTip } from '../core/sync/audit-chain.ts';
import type { NetFailure } from '../core/sync/failure.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { EdgeToken } from '../core/sync/workspace-code.ts';
import type { SlotRim } from '../crypto/key-slots.ts';
import type { SyncCrypto } from '../crypto/sync-crypto.ts';
import type { InboxRows } from '../db/inbox.ts';
import type { SyncProgressChannel } from '../db/sync-progress.ts';
import type { SyncRows } from '../db/sync.ts';
import type { TakenNames } from '../db/take-names.ts';
import type { ProgramsNet } from './programs-net.ts';
import type { SyncNet } from './sync-effects.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;

export type EdgeAccess = { readonly workspace: string; readonly token: EdgeToken };

export type TokenScope = {
	readonly verbs: readonly ('read' | 'write' | 'ref' | 'push' | 'share' | 'relay' | 'admin')[];
	/** Null is everywhere. */
	readonly spaces: readonly string[] | null;
	/** Null is for ever. */
	readonly expiresAtMs: number | null;
};

export type EdgeSlot = { readonly id: string; readonly sealed: Bytes; readonly writtenAtMs: number };
export type EdgeTokenUse = {
	readonly id: string;
	readonly createdAtMs: number;
	readonly lastUsedAtMs: number | null;
	readonly revokedAtMs: number | null;
};

/** What sets a workspace up, besides what syncs it. */
export type SyncEdge = SyncNet & {
	/** With the access's own token, of which `hash` is kept. */
	createWorkspace(genesis: Bytes, hash: string, invitation: string | null): Net<void>;
	createToken(id: string, hash: string, scope: TokenScope): Net<void>;
	/** Of all, with the times that the edge has seen. */
	tokens(): Net<readonly EdgeTokenUse[]>;
	/** Also of one that is none any more. */
	revokeToken(id: string): Net<void>;
	slots(): Net<readonly EdgeSlot[]>;
	/** What the workspace stores, and how much it may. */
	usage(): Net<{ readonly usedBytes: number; readonly quotaBytes: number; readonly objectCount: number }>;
	beginGc(cycle: string): Net<void>;
	/** Of up to a thousand objects. False when another cycle has begun since. */
	markLive(cycle: string, space: string, ids: readonly string[]): Net<boolean>;
	/** How many objects are dead now, and on their way out; null when another cycle has begun since. */
	endGc(cycle: string): Net<{ readonly dead: number; readonly condemned: number } | null>;
	/** The last entry of the audit log; null where it has none. */
	auditTip(): Net<AuditTip | null>;
	/** Oldest first. */
	audit(after: number): Net<readonly AuditEntry[]>;
	putSlot(id: string, sealed: Bytes): Net<void>;
	deleteSlot(id: string): Net<void>;
};

export type SyncRim = SlotRim & {
	readonly rows: SyncRows;
	readonly progress: SyncProgressChannel;
	/** Puts the whole workspace under another id key; see its note. */
	readonly takeNames: (taken: TakenNames) => Promise<Result<void, StoreFailure>>;
	readonly edge: (access: EdgeAccess) => SyncEdge;
	/** The same edge, as to what it keeps for other programs. */
	readonly programs: (access: EdgeAccess) => ProgramsNet;
	readonly inbox: InboxRows;
	readonly crypto: SyncCrypto;
};
