// Everything a flow may touch besides its input: the rim, the clock, randomness. Plain objects, so tests pass their own.
import type { CheckApi } from '#workers/check/api.ts';
import type { EngineApi } from '#workers/engine/api.ts';
import type { CutterApi } from '#workers/cutter/api.ts';
import type { IngestApi } from '#workers/ingest/api.ts';
import type { ModelApi } from '#workers/model/api.ts';
import type { Result } from '../core/result.ts';
import type { AlertStore } from '../db/alerts.ts';
import type { Folders } from '../db/folders.ts';
import type { Leases } from '../db/leases.ts';
import type { ModelStore } from '../db/models.ts';
import type { RunStore } from '../db/runs.ts';
import type { SketchStore } from '../db/sketches.ts';
import type { Store } from '../db/store.ts';
import type { Upgrade } from '../db/upgrade.ts';
import type { OnnxSession } from '../threads/onnx-session.ts';
import type { ScriptSession } from '../threads/script-session.ts';
import type { Jobs } from './jobs.ts';
import type { QueryCache } from './query-cache.ts';
import type { Lock } from './runner-effects.ts';
import type { EditionRows } from '../db/editions.ts';
import type { ShareRim } from './share-net.ts';
import type { Notifier } from './send-notices.ts';
import type { SourceRim } from './source-rim.ts';
import type { SyncRim } from './sync-rim.ts';

/**
 * An ingest worker for one import. `end` terminates it, and its pending calls fail with `cancelled`; `giveBack` keeps it
 * for the next import, once this one has ended well.
 */
export type IngestSession = { readonly api: IngestApi; end(): void; giveBack(): void };

export type EngineState = 'starting' | 'ready' | 'restarting' | 'failed';

export type SampleUnavailable = { readonly kind: 'sample-unavailable'; readonly file: string };

export type Effects = {
	readonly engine: EngineApi;
	readonly engineState: () => EngineState;
	readonly watchEngine: (listener: (state: EngineState) => void) => () => void;
	readonly startIngest: () => IngestSession;
	readonly startScript: () => ScriptSession;
	readonly startOnnx: () => OnnxSession;
	/** Trains models, and says what the trainer's own form of one says of rows. */
	readonly trainer: ModelApi;
	readonly cutter: CutterApi;
	readonly check: CheckApi;
	readonly store: Store;
	readonly sketches: SketchStore;
	/** What running work needs of the store, told to every tab. */
	readonly leases: Leases;
	/** Runs `work` unless another tab is at what the name says; null then. */
	readonly alone: <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
	readonly runs: RunStore;
	readonly alerts: AlertStore;
	readonly models: ModelStore;
	readonly sync: SyncRim;
	readonly sharing: ShareRim;
	readonly sources: SourceRim;
	readonly editions: EditionRows;
	readonly notifier: Notifier;
	/** Folders of the machine that are watched. */
	readonly folders: Folders;
	/** Asks a person for a folder; null when there is none, or the browser cannot. */
	readonly pickFolder: (() => Promise<FileSystemDirectoryHandle | null>) | null;
	readonly upgrade: Upgrade;
	readonly jobs: Jobs;
	/** What is kept of named queries. */
	readonly queries: QueryCache;
	/** HMAC-SHA-256 of the bytes under the key, base64url. */
	readonly keyedHash: (key: CryptoKey, bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
	/** SHA-256, hex. */
	readonly sha256: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
	readonly makeIdKey: () => Promise<CryptoKey>;
	readonly exportIdKey: (key: CryptoKey) => Promise<Uint8Array<ArrayBuffer>>;
	readonly importIdKey: (bytes: Uint8Array<ArrayBuffer>) => Promise<CryptoKey>;
	readonly now: () => number;
	/** 0 ≤ x < 1. */
	readonly random: () => number;
	/** Ends early when the signal aborts. */
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
	/** Across tabs. */
	readonly lock: Lock;
	/** Ends the engine's thread, as a crash would. */
	readonly killEngine: () => void;
	/** 128 random bits, base64url. */
	readonly randomId: () => string;
	/** A shipped sample by its file name under `/samples/`. */
	readonly fetchSample: (file: string) => Promise<Result<Blob, SampleUnavailable>>;
	/** Whether the browser promised to keep this origin's storage; `persist` asks for it. */
	readonly persisted: () => Promise<boolean>;
	readonly persist: () => Promise<boolean>;
	/** Bytes this origin uses; null when the browser does not say. There is no honest figure for what is free. */
	readonly usedBytes: () => Promise<number | null>;
};
