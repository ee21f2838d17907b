// Plain-object effects for flow tests: a real store on an in-memory IndexedDB, and an engine and reader that answer as told.
import 'fake-indexeddb/auto';
import { makeDeviceKey, openSecret, sealSecret } from '#lib/crypto/device-secret.ts';
import { deriveFrom, digest, hkdf } from '#lib/crypto/derive.ts';
import { exportIdKey, importIdKey, keyedHash, makeIdKey, sha256 } from '#lib/crypto/hash.ts';
import { syncCrypto } from '#lib/crypto/sync-crypto.ts';
import { fingerprintOf, newShareLink, sealShare, shareKeysOf } from '#lib/crypto/share.ts';
import { createAlertStore } from '#lib/db/alerts.ts';
import { createInboxRows } from '#lib/db/inbox.ts';
import { createEditionRows } from '#lib/db/editions.ts';
import { createFolders } from '#lib/db/folders.ts';
import { createLeases } from '#lib/db/leases.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { createModelStore } from '#lib/db/models.ts';
import { createRunStore } from '#lib/db/runs.ts';
import { createSketchStore } from '#lib/db/sketches.ts';
import { createShareRows } from '#lib/db/shares.ts';
import { createSourceSecretRows } from '#lib/db/source-secrets.ts';
import { createStore } from '#lib/db/store.ts';
import { createSyncProgress } from '#lib/db/sync-progress.ts';
import { createSyncRows } from '#lib/db/sync.ts';
import { takeNames } from '#lib/db/take-names.ts';
import { createUpgrade } from '#lib/db/upgrade.ts';
import type { Effects, IngestSession } from '#lib/flows/effects.ts';
import type { ShareRim } from '#lib/flows/share-net.ts';
import type { SyncRim } from '#lib/flows/sync-rim.ts';
import type { SourceRim } from '#lib/flows/source-rim.ts';
import { DatabaseEdge } from '#lib/remote/database-edge.ts';
import { ShareEdge } from '#lib/remote/share-edge.ts';
import { SyncEdge } from '#lib/remote/sync-edge.ts';
import { createJobs } from '#lib/flows/jobs.ts';
import { QueryCache } from '#lib/flows/query-cache.ts';
import { createCheck } from '#workers/check/check.ts';
import { createCutter } from '#workers/cutter/cutter.ts';
import type { ModelApi } from '#workers/model/api.ts';
import { createOnnx } from '#workers/onnx/onnx.ts';
import { createScript } from '#workers/script/script.ts';
import type { IngestApi } from '#workers/ingest/api.ts';
import type { EngineApi, WrittenTable } from '#workers/engine/api.ts';
import { err, ok } from '#core/result.ts';
import type { Lineage } from '#core/version/version.ts';
import { loadNodeRuntime } from '../onnx-runtime.ts';
import { parquetOf } from './parquet.ts';
import { MemoryPrograms } from '../memory-programs.ts';

let stores = 0;

/** Trainings have tests of their own, in Node and in Chromium. */
const noTrainer: ModelApi = {
	train: () => Promise.resolve(err({ kind: 'model-crashed', reason: 'there is none' })),
	predict: () => Promise.resolve(err({ kind: 'model-crashed', reason: 'there is none' })),
	answer: () => Promise.resolve(err({ kind: 'model-crashed', reason: 'there is none' })),
	dependence: () => Promise.resolve(err({ kind: 'model-crashed', reason: 'there is none' })),
	stop: () => Promise.resolve(),
	cancel: () => Promise.resolve()
};

/** Nobody answers. */
const noEdge: SyncRim['edge'] = (access) =>
	new SyncEdge(() => Promise.reject(new TypeError('offline')), access, digest);

const noPasskeys: SyncRim['passkeys'] = {
	isSupported: () => Promise.resolve(false),
	make: () => Promise.resolve(err({ kind: 'passkeys-unsupported' })),
	use: () => Promise.resolve(err({ kind: 'passkeys-unsupported' }))
};

/** As good as a stretched passphrase, for a test that has no time. */
async function hkdfOf(passphrase: string, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
	return hkdf(await deriveFrom(new TextEncoder().encode(passphrase)), salt, new Uint8Array(), 32);
}

export type TestEffects = Effects & { readonly db: WorkspaceDb; readonly ended: () => number };

export function testEffects(
	parts: {
		ingest?: Partial<IngestApi>;
		engine?: Partial<EngineApi>;
		edge?: SyncRim['edge'];
		passkeys?: SyncRim['passkeys'];
		programs?: SyncRim['programs'];
		shares?: ShareRim['edge'];
		databases?: SourceRim['databases'];
	} = {},
	name = `weir-test-${stores++}`
): TestEffects {
	const db = new WorkspaceDb(name);
	const leases = createLeases(name);
	let clock = 1_700_000_000_000;
	let ids = 0;
	let ended = 0;
	const now = (): number => clock++;
	const ingest: IngestApi = {
		guess: () => Promise.resolve(err({ kind: 'cancelled' })),
		read: (input) =>
			Promise.resolve(
				ok({
					table: tableOf(input.name),
					rejects: null,
					options: { ...csvOptions },
					notes: [],
					sha256: '0'.repeat(64),
					engine: 'test engine'
				})
			),
		download: () => Promise.resolve(err({ kind: 'cancelled' })),
		ask: () => Promise.resolve(err({ kind: 'cancelled' })),
		askFile: () => Promise.resolve(err({ kind: 'cancelled' })),
		unpack: () => Promise.resolve(err({ kind: 'cancelled' })),
		...parts.ingest
	};
	const startIngest = (): IngestSession => ({
		api: ingest,
		end: () => {
			ended++;
		},
		giveBack: () => undefined
	});
	return {
		db,
		ended: () => ended,
		engine: { ...silentEngine, ...parts.engine },
		engineState: () => 'ready',
		watchEngine: () => () => undefined,
		startIngest,
		startScript: () => ({ api: createScript(), end: () => undefined, giveBack: () => undefined }),
		cutter: createCutter(),
		check: createCheck(),
		leases,
		alone: (what, work) =>
			navigator.locks.request(`${name}:${what}`, { ifAvailable: true }, (lock) => (lock ? work() : null)),
		store: createStore(db, leases),
		sketches: createSketchStore(db),
		runs: createRunStore(db),
		alerts: createAlertStore(db),
		models: createModelStore(db),
		sync: {
			rows: createSyncRows(db),
			progress: createSyncProgress(name),
			takeNames: (taken) => takeNames(db, taken),
			edge: parts.edge ?? noEdge,
			programs: parts.programs ?? new MemoryPrograms().programs,
			inbox: createInboxRows(db),
			crypto: syncCrypto,
			passkeys: parts.passkeys ?? noPasskeys,
			stretch: async (passphrase, salt) => ok(await hkdfOf(passphrase, salt))
		},
		sharing: {
			edge: parts.shares ?? ((access) => new ShareEdge(() => Promise.reject(new TypeError('offline')), access, digest)),
			rows: createShareRows(db),
			origin: 'https://weir.example',
			newLink: newShareLink,
			keysOf: shareKeysOf,
			seal: sealShare,
			fingerprintOf,
			fileParts: () => Promise.resolve(ok({ script: 'draw()', style: 'a{}', scriptHash: 'S=', styleHash: 'T=' }))
		},
		sources: {
			secrets: createSourceSecretRows(db),
			makeKey: makeDeviceKey,
			seal: sealSecret,
			open: openSecret,
			buckets: new Map(),
			databases:
				parts.databases ??
				(() =>
					new DatabaseEdge({ workspace: '', token: { id: '', secret: '' } }, () =>
						Promise.reject(new TypeError('offline'))
					))
		},
		editions: createEditionRows(db),
		trainer: noTrainer,
		startOnnx: () => ({ api: createOnnx(loadNodeRuntime), end: () => undefined, giveBack: () => undefined }),
		notifier: {
			browser: () => err({ kind: 'notifications-not-allowed' }),
			webhook: () => Promise.resolve(err({ kind: 'webhook-unreadable' })),
			mail: () => Promise.resolve(err({ kind: 'mail-not-connected' }))
		},
		folders: createFolders(db),
		pickFolder: null,
		upgrade: createUpgrade(db),
		jobs: createJobs(now),
		queries: new QueryCache((id) => void parts.engine?.release?.(id)),
		keyedHash,
		makeIdKey,
		exportIdKey,
		importIdKey,
		sha256,
		now,
		random: () => 0.5,
		sleep: () => Promise.resolve(),
		lock: (_name, _mayWait, work) => work(),
		killEngine: () => undefined,
		randomId: () => `id-${ids++}`,
		fetchSample: (file) => Promise.resolve(err({ kind: 'sample-unavailable', file })),
		persisted: () => Promise.resolve(false),
		persist: () => Promise.resolve(false),
		usedBytes: () => Promise.resolve(null)
	};
}

/** A table of one column chunk whose bytes are the text. */
export function tableOf(text: string, sizeBytes = 0): WrittenTable {
	const bytes = new Uint8Array(Math.max(sizeBytes, text.length));
	bytes.set(new TextEncoder().encode(text).subarray(0, bytes.length));
	return {
		schema: [{ name: 'a', type: 'BIGINT' }],
		statistics: [{ column: 'a', nullCount: 0, min: '1', max: '2' }],
		rowCount: 2,
		files: [{ rowCount: 2, blob: parquetOf([[bytes]]) }]
	};
}

export const lineage: Lineage = {
	operation: 'sql',
	source: null,
	options: null,
	sql: 'select 1',
	inputs: [],
	engine: 'test engine'
};

const csvOptions = {
	format: 'parquet',
	compression: 'none',
	csv: null,
	json: null,
	excel: null,
	columns: [{ source: 'a', name: 'a', type: 'BIGINT' }]
} as const;

const cancelled = () => Promise.resolve(err({ kind: 'cancelled' } as const));
const silentEngine: EngineApi = {
	open: () => Promise.resolve(ok({ version: 'test engine' })),
	run: cancelled,
	answer: cancelled,
	shapes: cancelled,
	browse: cancelled,
	view: cancelled,
	window: cancelled,
	arrow: cancelled,
	profile: cancelled,
	describe: cancelled,
	write: cancelled,
	recut: (_id, { files }) => Promise.resolve(ok(files)),
	split: cancelled,
	statistics: () => Promise.resolve(ok([])),
	copy: cancelled,
	append: cancelled,
	register: () => Promise.resolve(),
	unregister: () => Promise.resolve(),
	load: cancelled,
	unload: () => Promise.resolve(),
	cancel: () => Promise.resolve(),
	release: () => Promise.resolve()
};
