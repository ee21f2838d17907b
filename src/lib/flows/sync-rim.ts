// What the flows of sync need besides what all flows have.
import type { Result } from '../core/result.ts';
import type { NetFailure } from '../core/sync/failure.ts';
import type { EdgeToken } from '../core/sync/workspace-code.ts';
import type { StretchPassphrase } from '../crypto/key-slots.ts';
import type { SyncCrypto } from '../crypto/sync-crypto.ts';
import type { InboxRows } from '../db/inbox.ts';
import type { SyncRows } from '../db/sync.ts';
import type { ProgramsNet } from './programs-net.ts';
import type { SyncNet } from './sync-effects.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;

export type EdgeAccess = { readonly workspace: string; readonly token: EdgeToken };

export type TokenScope = {
	readonly verbs: readonly ('read' | 'write' | 'ref' | 'admin')[];
	/** Null is everywhere. */
	readonly spaces: readonly string[] | null;
};

/** What sets a workspace up, besides what syncs it. */
export type SyncEdge = SyncNet & {
	/** With the access's own token, of which `hash` is kept. */
	createWorkspace(genesis: Bytes, hash: string, invitation: string | null): Net<void>;
	createToken(id: string, hash: string, scope: TokenScope): Net<void>;
	slots(): Net<readonly Bytes[]>;
	putSlot(id: string, sealed: Bytes): Net<void>;
};

export type SyncRim = {
	readonly rows: SyncRows;
	readonly edge: (access: EdgeAccess) => SyncEdge;
	/** The same edge, as to what it keeps for other programs. */
	readonly programs: (access: EdgeAccess) => ProgramsNet;
	readonly inbox: InboxRows;
	readonly crypto: SyncCrypto;
	readonly stretch: StretchPassphrase;
};
