// The one kind of transaction that changes the catalogue: over all its tables, strict, and told to every tab.
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { Refused, storeFailure } from './failures.ts';
import { modelTables } from './models.ts';
import { FIRST_FORMAT, STORED_FORMAT, type WorkspaceDb } from './schema.ts';

/** Some engines leave a request of an aborted transaction without any event, so no wait is for ever. */
const TRANSACTION_TIMEOUT_MS = 60_000;

type Changes = {
	/** All of `work` or nothing; `neededBytes` is what it stores. */
	readonly change: <T>(neededBytes: number, work: () => Promise<T>) => Promise<Result<T, StoreFailure>>;
	/** Told after any tab, this one too, changed the catalogue. Returns the stop function. */
	readonly watch: (onChange: () => void) => () => void;
};

export function createChanges(db: WorkspaceDb): Changes {
	const channel = new BroadcastChannel(`${db.name}:catalogue`);
	const listeners = new Set<() => void>();
	const tell = (): void => {
		for (const listener of listeners) listener();
	};
	channel.onmessage = tell;
	const changed = <T>(value: T): Result<T, StoreFailure> => {
		channel.postMessage('changed');
		tell();
		return ok(value);
	};
	const change = async <T>(neededBytes: number, work: () => Promise<T>): Promise<Result<T, StoreFailure>> => {
		try {
			const tables = [
				db.packs,
				db.places,
				db.segments,
				db.versions,
				db.collected,
				db.datasets,
				db.operations,
				db.profiles,
				db.settings,
				db.workingCopies,
				db.runs,
				db.attempts,
				db.outputs,
				db.pieces,
				db.documents,
				db.documentVersions,
				db.verdicts,
				db.sketches,
				db.incidents,
				db.deliveries,
				...modelTables(db)
			];
			const transaction = db.transaction('rw', tables, async () => {
				await refuseNewerFormat(db);
				return work();
			});
			return changed(await withTimeout(transaction));
		} catch (error) {
			return err(error instanceof Refused ? error.failure : storeFailure(error, neededBytes));
		}
	};
	return {
		change,
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

export async function read<T>(work: () => PromiseLike<T>): Promise<Result<T, StoreFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		return err(storeFailure(error, 0));
	}
}

export function withTimeout<T>(work: PromiseLike<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			reject(new Refused({ kind: 'storage-unavailable', reason: 'the transaction did not end' }));
		}, TRANSACTION_TIMEOUT_MS);
		work.then(resolve, reject);
		const stop = (): void => clearTimeout(timer);
		work.then(stop, stop);
	});
}

export async function refuseNewerFormat(db: WorkspaceDb): Promise<void> {
	const stored = (await db.settings.get('format'))?.value;
	if (typeof stored === 'number' && stored > STORED_FORMAT) {
		throw new Refused({ kind: 'newer-format', stored, known: STORED_FORMAT });
	}
	if (stored === undefined) await db.settings.put({ key: 'format', value: FIRST_FORMAT });
	else if (typeof stored !== 'number' || stored < FIRST_FORMAT)
		throw new Refused({ kind: 'storage-unavailable', reason: 'it is being upgraded' });
}
