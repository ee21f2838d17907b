// Puts the real rim behind the flows. Only the app's layout imports it.
import type { DeliveryFailure } from './core/alert/delivery.ts';
import type { Failure } from './core/failure.ts';
import { ok, err, type Result } from './core/result.ts';
import { makeDeviceKey, openSecret, sealSecret } from './crypto/device-secret.ts';
import { digest } from './crypto/derive.ts';
import { exportIdKey, importIdKey, keyedHash, makeIdKey, randomId, sha256 } from './crypto/hash.ts';
import { passkeys } from './crypto/passkeys.ts';
import { fingerprintOf, newShareLink, sealShare, shareKeysOf } from './crypto/share.ts';
import { syncCrypto } from './crypto/sync-crypto.ts';
import { createAlertStore } from './db/alerts.ts';
import { createEditionRows } from './db/editions.ts';
import { createFolders } from './db/folders.ts';
import { createInboxRows } from './db/inbox.ts';
import { createLeases } from './db/leases.ts';
import { createModelStore } from './db/models.ts';
import { WorkspaceDb } from './db/schema.ts';
import { createRunStore } from './db/runs.ts';
import { createSketchStore } from './db/sketches.ts';
import { createShareRows } from './db/shares.ts';
import { createSourceSecretRows } from './db/source-secrets.ts';
import { createStore } from './db/store.ts';
import { createSyncProgress } from './db/sync-progress.ts';
import { createSyncRows } from './db/sync.ts';
import { takeNames } from './db/take-names.ts';
import { createUpgrade } from './db/upgrade.ts';
import { createConsole } from './flows/console.ts';
import type { WeirConsole } from './flows/console-types.ts';
import type { Effects } from './flows/effects.ts';
import { keepLooking } from './flows/keep-looking.ts';
import { keepSyncing } from './flows/keep-syncing.ts';
import { leaseEngine } from './flows/lease-engine.ts';
import { createJobs } from './flows/jobs.ts';
import { QueryCache } from './flows/query-cache.ts';
import type { Fetch } from './remote/call-api.ts';
import { postWebhook } from './remote/post-webhook.ts';
import { readReportFile } from './remote/read-report-file.ts';
import { sendMail } from './remote/send-mail.ts';
import { DatabaseEdge } from './remote/database-edge.ts';
import { ProgramsEdge } from './remote/programs-edge.ts';
import { ShareEdge } from './remote/share-edge.ts';
import { SyncEdge } from './remote/sync-edge.ts';
import { createCheckHost } from './threads/check-host.ts';
import { createCutterHost } from './threads/cutter-host.ts';
import { createEngineHost } from './threads/engine-host.ts';
import { createIngestSessions } from './threads/ingest-session.ts';
import { createKeysHost } from './threads/keys-host.ts';
import { createModelHost } from './threads/model-host.ts';
import { createNotifyHost } from './threads/notify-host.ts';
import { createOnnxSessions } from './threads/onnx-session.ts';
import { createScriptSessions } from './threads/script-session.ts';
import { trustedScriptUrl } from './threads/trusted.ts';
import reportFileUrl from 'virtual:report-file';

/**
 * Opening a reader for the first import takes as much of the machine as opening the page: who asks something at once is not to
 * wait for it. Whoever imports sooner sees a preview, which opens one too.
 */
const WARM_AFTER_MS = 5000;

/** Longer than the edge waits for a mail server or a webhook. */
const EDGE_TIMEOUT_MS = 40_000;

export type Composed = {
	readonly effects: Effects;
	readonly console: WeirConsole;
	/** Told of every scheduled run that could not even begin. */
	readonly onScheduleFailure: (listener: (failure: Failure) => void) => void;
	/** Told when somebody presses a notification of the browser about an alert. */
	readonly onAlertPressed: (listener: () => void) => void;
};

export function compose(): Composed {
	const engine = createEngineHost();
	const ingest = createIngestSessions(() => engine.compiled());
	engine.watch((state) => {
		if (state === 'ready') setTimeout(() => ingest.warm(), WARM_AFTER_MS);
	});
	const notify = createNotifyHost();
	const askEdge: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(EDGE_TIMEOUT_MS) });
	let press: () => void = () => undefined;
	const now = (): number => Date.now();
	const db = new WorkspaceDb();
	const leases = createLeases(db.name);
	const queries = new QueryCache((id) => void engine.api.release(id));
	// The rows were in the engine that is gone.
	engine.watch((state) => {
		if (state === 'restarting' || state === 'failed') queries.clear();
	});
	const rim: Effects = {
		engine: engine.api,
		leases,
		alone: (name, work) =>
			navigator.locks.request(`${db.name}:${name}`, { ifAvailable: true }, (lock) => (lock ? work() : null)),
		engineState: () => engine.state(),
		watchEngine: (listener) => engine.watch(listener),
		startIngest: () => ingest.start(),
		startScript: createScriptSessions(),
		startOnnx: createOnnxSessions(),
		trainer: createModelHost().api,
		cutter: createCutterHost(),
		check: createCheckHost().api,
		store: createStore(db, leases),
		sketches: createSketchStore(db),
		runs: createRunStore(db),
		alerts: createAlertStore(db),
		models: createModelStore(db),
		sync: {
			rows: createSyncRows(db),
			progress: createSyncProgress(db.name),
			takeNames: (taken) => takeNames(db, taken),
			edge: (access) => new SyncEdge(askEdge, access, digest),
			programs: (access) => new ProgramsEdge(askEdge, access, digest),
			inbox: createInboxRows(db),
			crypto: syncCrypto,
			passkeys,
			stretch: createKeysHost().stretch
		},
		sharing: {
			edge: (access) => new ShareEdge(askEdge, access, digest),
			rows: createShareRows(db),
			origin: location.origin,
			newLink: newShareLink,
			keysOf: shareKeysOf,
			seal: sealShare,
			fingerprintOf,
			fileParts: () => readReportFile((...asked) => fetch(...asked), reportFileUrl)
		},
		sources: {
			secrets: createSourceSecretRows(db),
			makeKey: makeDeviceKey,
			seal: sealSecret,
			open: openSecret,
			buckets: new Map(),
			databases: (access) => new DatabaseEdge(access, (...asked) => fetch(...asked))
		},
		editions: createEditionRows(db),
		notifier: {
			browser: (note) => showNote(note, () => press()),
			webhook: async (post) => {
				const posted = await notify.post(post.url, post.body, post.id);
				if (posted.ok || posted.error.kind !== 'webhook-unreadable') return posted;
				return postWebhook(askEdge, post);
			},
			mail: (mail) => sendMail(askEdge, mail)
		},
		folders: createFolders(db),
		pickFolder: folderPicker(),
		upgrade: createUpgrade(db),
		jobs: createJobs(now),
		queries,
		keyedHash,
		sha256,
		makeIdKey,
		exportIdKey,
		importIdKey,
		now,
		random: () => Math.random(),
		sleep,
		lock: async (name, mayWait, work) =>
			navigator.locks.request(`weir ${name}`, { ifAvailable: !mayWait }, (held) => (held ? work() : ('busy' as const))),
		killEngine: () => engine.kill(),
		randomId,
		fetchSample: async (file) => {
			try {
				const response = await fetch(`/samples/${encodeURIComponent(file)}`);
				return response.ok ? ok(await response.blob()) : err({ kind: 'sample-unavailable', file });
			} catch (error) {
				// Offline, and not kept by the service worker yet.
				if (error instanceof TypeError) return err({ kind: 'sample-unavailable', file });
				throw error;
			}
		},
		persisted: () => navigator.storage.persisted(),
		persist: () => navigator.storage.persist(),
		usedBytes: async () => (await navigator.storage.estimate()).usage ?? null
	};
	const effects: Effects = { ...rim, engine: leaseEngine(rim.engine, rim) };
	const console = createConsole(effects);
	let tell: (failure: Failure) => void = () => undefined;
	engine.watch((state) => {
		if (state === 'ready') keepSchedules(console, effects, (failure) => tell(failure));
	});
	keepAlerts(effects);
	const syncSoon = keepSyncing(effects);
	effects.store.watch(syncSoon);
	addEventListener('online', syncSoon);
	return {
		effects,
		console,
		onScheduleFailure: (listener) => (tell = listener),
		onAlertPressed: (listener) => (press = listener)
	};
}

/** How often the page looks for runs that are due; a cron pattern has no finer grain than a minute. */
const SCHEDULE_MS = 20_000;

/** Goes on with what a closed page left, then runs what is due, for as long as the page is open. */
const keepSchedules = once((console: WeirConsole, effects: Effects, tell: (failure: Failure) => void) => {
	let isLooking = true;
	/** Looked at every few seconds, the same failure is told once. */
	let told = '';
	const look = async (): Promise<void> => {
		if (isLooking) return;
		isLooking = true;
		const ran = await console.runDue();
		const failure = ran.ok ? '' : JSON.stringify(ran.error);
		if (!ran.ok && failure !== told) tell(ran.error);
		told = failure;
		// Many versions at once are one look.
		setTimeout(() => (isLooking = false), 1000);
	};
	void console.resumeRuns().then(() => {
		isLooking = false;
		return look();
	});
	setInterval(() => void look(), SCHEDULE_MS);
	effects.store.watch(() => void look());
});

/** Every page looks and sends, one at a time: soon after something has changed, when time alone changes something, and now and then. */
function keepAlerts(effects: Effects): void {
	const look = keepLooking(effects);
	effects.store.watch(look);
	effects.runs.watch(look);
	effects.alerts.watch(look);
}

function showNote(
	{ title, text, id }: { readonly title: string; readonly text: string; readonly id: string },
	onPress: () => void
): Result<void, DeliveryFailure> {
	if (typeof Notification === 'undefined' || Notification.permission !== 'granted')
		return err({ kind: 'notifications-not-allowed' });
	const note = new Notification(title, { body: text, tag: id });
	note.onclick = () => {
		focus();
		onPress();
	};
	return ok(undefined);
}

function once<A extends readonly unknown[]>(work: (...args: A) => void): (...args: A) => void {
	let isDone = false;
	return (...args) => {
		if (isDone) return;
		isDone = true;
		work(...args);
	};
}

/** Null where the browser has none: only Chromium does. */
function folderPicker(): Effects['pickFolder'] {
	const show = (globalThis as { showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle> }).showDirectoryPicker;
	if (!show) return null;
	return async () => {
		try {
			return await show.call(globalThis);
		} catch (error) {
			// Closed without a choice.
			if (error instanceof DOMException && error.name === 'AbortError') return null;
			throw error;
		}
	};
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) return resolve();
		// A longer delay than a timer can have fires at once.
		const timer = setTimeout(end, Math.min(ms, 2 ** 31 - 1));
		function end(): void {
			clearTimeout(timer);
			signal.removeEventListener('abort', end);
			resolve();
		}
		signal.addEventListener('abort', end, { once: true });
	});
}

/**
 * Registers the service worker of the built site and tells when a newer one waits.
 *
 * The new one takes over when `update` is called, never by itself; the page then reloads.
 */
export async function registerServiceWorker(onWaiting: (update: () => void) => void): Promise<void> {
	if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
	const registration = await navigator.serviceWorker.register(trustedScriptUrl('/service-worker.js'), {
		type: 'module',
		scope: '/'
	});
	const offer = (): void => {
		const { waiting } = registration;
		if (!waiting || !navigator.serviceWorker.controller) return;
		onWaiting(() => {
			navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
			waiting.postMessage('update');
		});
	};
	offer();
	registration.addEventListener('updatefound', () => {
		registration.installing?.addEventListener('statechange', offer);
	});
}
