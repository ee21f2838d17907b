// Incidents and the deliveries of their notices in IndexedDB: what is to be said is stored with what it is about, before it is said.
import { err, ok, type Result } from '#core/result.ts';
import { goesOn, type AlertHistory, type SeenEvidence } from '#core/alert/alert-history.ts';
import type { Delivery } from '#core/alert/delivery.ts';
import type { Incident, Silence } from '#core/alert/incident.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { storeFailure } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

export type AlertState = {
	/** Those that go on. */
	readonly incidents: readonly Incident[];
	readonly silences: readonly Silence[];
	readonly seen: SeenEvidence;
};

export type AlertStore = {
	state(): Promise<Result<AlertState, StoreFailure>>;
	/** Newest first, those that go on before. */
	incidents(limit: number): Promise<Result<readonly Incident[], StoreFailure>>;
	/** All of it or nothing. `after` is what goes on, `closed` what has ended. */
	commit(change: AlertChange): Promise<Result<void, StoreFailure>>;
	/** Those of an id that is there already stay as they are. */
	post(deliveries: readonly Delivery[]): Promise<Result<void, StoreFailure>>;
	saveSilences(silences: readonly Silence[]): Promise<Result<void, StoreFailure>>;
	/** Newest first. */
	deliveries(limit: number): Promise<Result<readonly Delivery[], StoreFailure>>;
	delivery(id: string): Promise<Result<Delivery | null, StoreFailure>>;
	waiting(): Promise<Result<readonly Delivery[], StoreFailure>>;
	/** As it stands when it is written; null when it is not there. `change` may wait for nothing. */
	changeDelivery(id: string, change: (delivery: Delivery) => Delivery): Promise<Result<Delivery | null, StoreFailure>>;
	/** Those to the page that nobody has seen yet are seen. */
	markSeen(atMs: number): Promise<Result<void, StoreFailure>>;
	/** Told after any tab, this one too, wrote. Returns the stop function. */
	watch(onChange: () => void): () => void;
};

export type AlertChange = {
	readonly before: readonly Incident[];
	readonly after: readonly Incident[];
	readonly closed: readonly Incident[];
	readonly deliveries: readonly Delivery[];
	readonly seen: SeenEvidence;
};

const SILENCES = 'alert-silences';
const SEEN = 'alert-evidence';
const KEPT_INCIDENTS = 1000;
const KEPT_DELIVERIES = 1000;

export function createAlertStore(db: WorkspaceDb): AlertStore {
	const channel = new BroadcastChannel(channelOf(db));
	const listeners = new Set<() => void>();
	const tell = (): void => {
		for (const listener of listeners) listener();
	};
	channel.onmessage = tell;
	const write = async <T>(work: () => PromiseLike<T>): Promise<Result<T, StoreFailure>> => {
		const written = await attempt(work);
		if (written.ok) {
			channel.postMessage('changed');
			tell();
		}
		return written;
	};
	return {
		state: () =>
			attempt(() =>
				db.transaction('r', [db.incidents, db.settings], async () => ({
					incidents: (await db.incidents.toArray()).filter(goesOn),
					...(await readSettings(db))
				}))
			),
		incidents: (limit) =>
			attempt(async () => {
				const rows = await db.incidents.orderBy('sinceMs').reverse().toArray();
				return [...rows.filter(goesOn), ...rows.filter((one) => !goesOn(one))].slice(0, limit);
			}),
		commit: ({ before, after, closed, deliveries, seen }) =>
			write(() =>
				db.transaction('rw', [db.incidents, db.deliveries, db.settings], async () => {
					const kept = new Set([...after, ...closed].map(({ id }) => id));
					await db.incidents.bulkDelete(before.filter(({ id }) => !kept.has(id)).map(({ id }) => id));
					await db.incidents.bulkPut([...after, ...closed]);
					await db.deliveries.bulkPut([...deliveries]);
					await db.settings.put({ key: SEEN, value: seen });
					await forgetOld(db);
				})
			),
		post: (deliveries) =>
			write(() =>
				db.transaction('rw', [db.incidents, db.deliveries], async () => {
					for (const delivery of deliveries)
						if (!(await db.deliveries.get(delivery.id))) await db.deliveries.add(delivery);
					await forgetOld(db);
				})
			),
		saveSilences: (silences) =>
			write(async () => {
				await db.settings.put({ key: SILENCES, value: silences });
			}),
		deliveries: (limit) => attempt(() => db.deliveries.orderBy('createdAtMs').reverse().limit(limit).toArray()),
		delivery: (id) => attempt(async () => (await db.deliveries.get(id)) ?? null),
		waiting: () => attempt(() => db.deliveries.where('state').equals('waiting').sortBy('createdAtMs')),
		changeDelivery: (id, change) =>
			write(() =>
				db.transaction('rw', db.deliveries, async () => {
					const stored = await db.deliveries.get(id);
					if (!stored) return null;
					const changed = change(stored);
					await db.deliveries.put(changed);
					return changed;
				})
			),
		markSeen: (seenAtMs) =>
			write(async () => {
				await db.deliveries
					.filter(({ notice, seenAtMs: before }) => notice.channel.kind === 'page' && before === null)
					.modify({ seenAtMs });
			}),
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

async function readSettings(db: WorkspaceDb): Promise<Pick<AlertHistory, 'silences' | 'seen'>> {
	const [silences, seen] = [await db.settings.get(SILENCES), await db.settings.get(SEEN)];
	return {
		silences: (silences?.value as readonly Silence[] | undefined) ?? [],
		seen: (seen?.value as SeenEvidence | undefined) ?? {}
	};
}

/** Inside a transaction over its tables and the settings. */
export async function allAlerts(db: WorkspaceDb): Promise<AlertHistory> {
	const [incidents, deliveries] = [await db.incidents.toArray(), await db.deliveries.toArray()];
	return { incidents, deliveries, ...(await readSettings(db)) };
}

/** Inside a transaction over its tables and the settings. Silences and evidence are taken over where there are none. */
export async function restoreAlerts(db: WorkspaceDb, history: AlertHistory): Promise<void> {
	const { incidents, deliveries, silences, seen } = history;
	await db.incidents.bulkPut([...incidents]);
	await db.deliveries.bulkPut([...deliveries]);
	const there = await readSettings(db);
	if (there.silences.length === 0 && silences.length > 0) await db.settings.put({ key: SILENCES, value: silences });
	if (Object.keys(there.seen).length === 0) await db.settings.put({ key: SEEN, value: seen });
	await forgetOld(db);
}

/** To every tab, this one too, that incidents came by another way than this store. */
export function tellAlertsChanged(db: WorkspaceDb): void {
	const channel = new BroadcastChannel(channelOf(db));
	channel.postMessage('changed');
	channel.close();
}

function channelOf({ name }: WorkspaceDb): string {
	return `${name}:alerts`;
}

/** Inside a transaction over both tables. What goes on, and what waits, stays. */
async function forgetOld(db: WorkspaceDb): Promise<void> {
	if ((await db.incidents.count()) > KEPT_INCIDENTS) {
		const rows = await db.incidents.orderBy('sinceMs').reverse().toArray();
		const old = rows.slice(KEPT_INCIDENTS).filter((one) => !goesOn(one));
		await db.incidents.bulkDelete(old.map(({ id }) => id));
	}
	if ((await db.deliveries.count()) > KEPT_DELIVERIES) {
		const rows = await db.deliveries.orderBy('createdAtMs').reverse().toArray();
		const old = rows.slice(KEPT_DELIVERIES).filter(({ state }) => state !== 'waiting');
		await db.deliveries.bulkDelete(old.map(({ id }) => id));
	}
}

async function attempt<T>(work: () => PromiseLike<T>): Promise<Result<T, StoreFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		return err(storeFailure(error, 0));
	}
}
