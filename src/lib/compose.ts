// Puts the real rim behind the flows. Only the root layout imports it.
import { ok, err } from './core/result.ts';
import { exportIdKey, importIdKey, keyedHash, makeIdKey, randomId, sha256 } from './crypto/hash.ts';
import { createLeases } from './db/leases.ts';
import { WorkspaceDb } from './db/schema.ts';
import { createStore } from './db/store.ts';
import { createUpgrade } from './db/upgrade.ts';
import { createConsole } from './flows/console.ts';
import type { WeirConsole } from './flows/console-types.ts';
import type { Effects } from './flows/effects.ts';
import { leaseEngine } from './flows/lease-engine.ts';
import { createJobs } from './flows/jobs.ts';
import { createCutterHost } from './threads/cutter-host.ts';
import { createEngineHost } from './threads/engine-host.ts';
import { createIngestSessions } from './threads/ingest-session.ts';
import { startScript } from './threads/script-session.ts';
import { trustedScriptUrl } from './threads/trusted.ts';

/**
 * Opening a reader for the first import takes as much of the machine as opening the page: who asks something at once is not to
 * wait for it. Whoever imports sooner sees a preview, which opens one too.
 */
const WARM_AFTER_MS = 5000;

export type Composed = { readonly effects: Effects; readonly console: WeirConsole };

export function compose(): Composed {
	const engine = createEngineHost();
	const ingest = createIngestSessions(() => engine.compiled());
	engine.watch((state) => {
		if (state === 'ready') setTimeout(() => ingest.warm(), WARM_AFTER_MS);
	});
	const now = (): number => Date.now();
	const db = new WorkspaceDb();
	const leases = createLeases(db.name);
	const rim: Effects = {
		engine: engine.api,
		leases,
		alone: (name, work) =>
			navigator.locks.request(`${db.name}:${name}`, { ifAvailable: true }, (lock) => (lock ? work() : null)),
		engineState: () => engine.state(),
		watchEngine: (listener) => engine.watch(listener),
		startIngest: () => ingest.start(),
		startScript,
		cutter: createCutterHost(),
		store: createStore(db, leases),
		upgrade: createUpgrade(db),
		jobs: createJobs(now),
		keyedHash,
		sha256,
		makeIdKey,
		exportIdKey,
		importIdKey,
		now,
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
	return { effects, console: createConsole(effects) };
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
