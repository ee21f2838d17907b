// What running work needs of the store, told to every tab: a lock for as long as it runs, which ends with the tab at the latest.
import { versionId, type VersionId } from '#core/ids.ts';

/** `end` settles when every tab can know of it. */
export type Lease = { end(): Promise<void> };

export type Leases = {
	/** No tab collects these versions until the lease is ended. One that was collected before cannot be read. */
	hold(versions: readonly VersionId[]): Promise<Lease>;
	/** Runs `work` while no lease begins, with the versions that are needed. */
	whileNoneBegins<T>(work: (needed: ReadonlySet<VersionId>) => Promise<T>): Promise<T>;
};

/** `name` is the workspace's. */
export function createLeases(name: string): Leases {
	const gate = `${name}:leases`;
	const prefix = `${name}:needs:`;
	return {
		hold: (versions) => {
			const ids = [...new Set(versions)];
			if (ids.length === 0) return Promise.resolve({ end: () => Promise.resolve() });
			return navigator.locks.request(gate, { mode: 'shared' }, () => holdLock(prefix + ids.join(' ')));
		},
		whileNoneBegins: (work) =>
			navigator.locks.request(gate, async () => {
				const { held = [] } = await navigator.locks.query();
				const names = held.flatMap((lock) => (lock.name?.startsWith(prefix) ? [lock.name.slice(prefix.length)] : []));
				return work(new Set(names.flatMap((ids) => ids.split(' ')).map(versionId)));
			})
	};
}

/** Resolves once the lock is held. */
async function holdLock(name: string): Promise<Lease> {
	const ended = Promise.withResolvers<undefined>();
	const begun = Promise.withResolvers<undefined>();
	const gone = navigator.locks.request(name, { mode: 'shared' }, () => {
		begun.resolve(undefined);
		return ended.promise;
	});
	await Promise.race([begun.promise, gone]);
	return {
		end: async () => {
			ended.resolve(undefined);
			await gone;
		}
	};
}
