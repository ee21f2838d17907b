// Everything a flow may touch besides its input: the rim, the clock, randomness. Plain objects, so tests pass their own.
import type { EngineApi } from '#workers/engine/api.ts';
import type { IngestApi } from '#workers/ingest/api.ts';
import type { DatasetId, PartId, VersionId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import type { Dataset, Operation, Version } from '#core/version/version.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';

/** What storage can answer besides success. */
export type StoreFailure =
	| { readonly kind: 'storage-full'; readonly neededBytes: number }
	| { readonly kind: 'newer-format'; readonly stored: number; readonly known: number }
	| { readonly kind: 'name-taken'; readonly name: string }
	| { readonly kind: 'unknown-dataset'; readonly name: string }
	/** Somebody else changed the dataset since it was read. */
	| { readonly kind: 'moved'; readonly name: string }
	| { readonly kind: 'nothing-to-undo' }
	| { readonly kind: 'nothing-to-redo' }
	| { readonly kind: 'storage-unavailable'; readonly reason: string };

/** The whole of one local commit; lands in one strict transaction or not at all. */
export type Commit = {
	readonly kind: Operation['kind'];
	/** The dataset as the committer read it; null to create. */
	readonly before: Dataset | null;
	readonly after: Dataset | null;
	readonly version: Version | null;
	readonly parts: ReadonlyMap<PartId, Blob>;
	readonly atMs: number;
};

export type Store = {
	datasets(): Promise<readonly Dataset[]>;
	version(id: VersionId): Promise<Version | null>;
	/** Newest first. */
	versions(dataset: DatasetId): Promise<readonly Version[]>;
	commit(commit: Commit): Promise<Result<Operation, StoreFailure>>;
	undo(atMs: number): Promise<Result<Operation, StoreFailure>>;
	redo(atMs: number): Promise<Result<Operation, StoreFailure>>;
	operations(): Promise<readonly Operation[]>;
	profiles(version: VersionId): Promise<readonly ColumnProfile[]>;
	saveProfile(version: VersionId, profile: ColumnProfile): Promise<void>;
	/** Told after any tab, this one too, changed the catalogue. Returns the stop function. */
	watch(onChange: () => void): () => void;
	setting(key: string): Promise<unknown>;
	saveSetting(key: string, value: unknown): Promise<void>;
	/** HMAC-SHA-256 key of this workspace for part and version ids; made on first use. */
	idKey(): Promise<CryptoKey>;
};

/** An ingest worker of its own for one import; `end` terminates it, and its pending calls fail with `cancelled`. */
export type IngestSession = { readonly api: IngestApi; end(): void };

export type Effects = {
	readonly engine: EngineApi;
	readonly startIngest: () => IngestSession;
	readonly store: Store;
	/** HMAC-SHA-256 of the bytes under the key, base64url. */
	readonly keyedHash: (key: CryptoKey, bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
	/** SHA-256, hex. */
	readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
	readonly now: () => number;
	/** 128 random bits, base64url. */
	readonly randomId: () => string;
	/** Reads a shipped sample by its path under `/samples/`. */
	readonly fetchSample: (path: string) => Promise<Result<Blob, { readonly kind: 'sample-unavailable'; readonly path: string }>>;
	/** Whether the browser promised to keep this origin's storage; `persist` asks for it. */
	readonly persisted: () => Promise<boolean>;
	readonly persist: () => Promise<boolean>;
};
