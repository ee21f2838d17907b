// The edge of the simulation of sync, as one page calls it.
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import type { WireRef } from '#core/sync/ref-record.ts';
import type { SyncNet } from '#lib/flows/sync-effects.ts';
import type { SyncServer } from './sync-server.ts';

export type SimulatedNet = {
	readonly server: SyncServer;
	/** Over a network that may lose it, or bring it twice. */
	readonly call: <T>(act: () => T) => Promise<Result<T, NetFailure>>;
	readonly now: () => number;
	/** Puts an object when it likes; null where it is put at once. */
	readonly late: ((act: () => void) => void) | null;
	/** The last entry of the membership log that the page is shown. */
	readonly seesTo: () => number;
	/** Told of each entry, with how many there were before it. */
	readonly onAppended: (before: number) => void;
	/** Told of each step that is taken, whoever learns of it. */
	readonly onWon: (ref: WireRef) => void;
};

export function simulatedNet({ server, call, now, late, seesTo, onAppended, onWon }: SimulatedNet): SyncNet {
	return {
		refs: () => call(() => server.refs()),
		refLog: (space, _token, after) => call(() => server.log(space, after)),
		members: (after) => call(() => server.members.filter(({ seq }) => seq > after && seq <= seesTo())),
		appendMember: (prev, entry, seen) =>
			call(() => {
				const before = server.members.length;
				const isLast = server.appendMember(prev, entry, seen);
				if (server.members.length > before) onAppended(before);
				return isLast;
			}),
		have: (space, ids) => call(() => server.have(space, ids, now())),
		put: (space, id, bytes) => {
			if (!late) return call(() => server.put(space, id, bytes, now()));
			late(() => server.put(space, id, bytes, now()));
			return Promise.resolve(ok(undefined));
		},
		get: async (space, id) => {
			const got = await call(() => server.objects.get(`${space}/${id}`)?.bytes ?? null);
			if (!got.ok) return got;
			return got.value ? ok(got.value) : err({ kind: 'object-lost', id });
		},
		moveRef: (ref) =>
			call(() => {
				const moved = server.move(ref);
				if (moved === 'won') onWon(ref);
				return moved;
			})
	};
}
