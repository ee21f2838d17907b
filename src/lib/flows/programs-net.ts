// The edge as to what it keeps for other programs: inboxes, the tokens of programs, and what is published.
import type { QueryRefused } from '../core/query/publish-failure.ts';
import type { QueryPlan } from '../core/query/query-plan.ts';
import type { QueryStatement } from '../core/query/query-statement.ts';
import type { Result } from '../core/result.ts';
import type { NetFailure } from '../core/sync/failure.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;

/** How a service signs what it posts. */
export const hookSignatures = ['none', 'github', 'stripe', 'standard'] as const;
export type HookSignature = (typeof hookSignatures)[number];

export type EdgeInbox = {
	readonly space: string;
	readonly publicKey: string;
	readonly hook: HookSignature | null;
	readonly openedAtMs: number;
	readonly waiting: number;
	readonly waitingBytes: number;
};

export type EdgeItem = {
	readonly key: string;
	readonly sizeBytes: number;
	readonly receivedAtMs: number;
	readonly by: string | null;
	readonly sealedBy: 'sender' | 'edge';
	readonly claimedBy: string | null;
	readonly claimedAtMs: number | null;
	readonly takenAtMs: number | null;
	readonly isDiscarded: boolean;
};

/** Of another program. */
export type ProgramToken = {
	readonly id: string;
	readonly verbs: readonly string[];
	readonly spaces: readonly string[] | null;
	readonly label: string | null;
	readonly createdAtMs: number;
	readonly lastUsedAtMs: number | null;
	readonly expiresAtMs: number | null;
	readonly revokedAtMs: number | null;
};

export type EdgePublication = {
	readonly publication: string;
	readonly name: string;
	readonly file: string;
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly columns: readonly string[];
	readonly publishedAtMs: number;
};

export type EdgeQuery = {
	readonly publication: string;
	/** Its part of the address. */
	readonly query: string;
	readonly title: string;
	readonly description: string | null;
	/** Of its plan or statement. */
	readonly hash: string;
	readonly publishedAtMs: number;
};
type NewQuery = Pick<EdgeQuery, 'publication' | 'query' | 'title' | 'description'> & {
	readonly plan: QueryPlan | QueryStatement;
};

export type ProgramMay = 'push' | 'read';

type NewHook = { readonly hash: string; readonly signed: HookSignature; readonly secret: string };
type NewProgramToken = {
	readonly id: string;
	readonly hash: string;
	/** What it may, in one dataset alone. */
	readonly may: ProgramMay;
	readonly space: string;
	readonly expiresAtMs: number | null;
	/** Its name, sealed. */
	readonly label: string;
};

/** What devices may do with their own token. */
export type ProgramsNet = {
	inboxes(): Net<readonly EdgeInbox[]>;
	items(space: string, waiting: 'only' | 'all'): Net<readonly EdgeItem[]>;
	/** Those that are this device's afterwards. */
	claim(space: string, keys: readonly string[], from: string | null): Net<readonly string[]>;
	/** Null when it is gone. */
	item(space: string, key: string): Net<Bytes | null>;
	settle(space: string, keys: readonly string[], outcome: 'taken' | 'discarded'): Net<readonly string[]>;
	publications(): Net<readonly EdgePublication[]>;
	queries(): Net<readonly EdgeQuery[]>;
	/** From here on with the owner's token. */
	openInbox(space: string, publicKey: string, hook: NewHook | null): Net<void>;
	/** Of an inbox that is open; its address stays. */
	rekeyInbox(space: string, publicKey: string): Net<void>;
	closeInbox(space: string): Net<void>;
	createToken(token: NewProgramToken): Net<void>;
	/** Those that may do this and no more, in some dataset, but for those that were revoked. */
	tokens(may: ProgramMay): Net<readonly ProgramToken[]>;
	revokeToken(id: string): Net<void>;
	putFile(publication: string, file: string, bytes: Bytes): Net<void>;
	publish(publication: string, file: string, name: string): Net<void>;
	unpublish(publication: string): Net<void>;
	putQuery(query: NewQuery): Promise<Result<void, NetFailure | QueryRefused>>;
	removeQuery(publication: string, query: string): Net<void>;
};
