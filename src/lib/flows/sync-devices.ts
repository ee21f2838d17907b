// The devices of a workspace, and their names.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { membersAt } from '../core/sync/member-log.ts';
import type { Effects } from './effects.ts';
import { appendEntry, epochOf, readMembers } from './sync-members.ts';
import { changingKeys } from './sync-change-keys.ts';
import { ownerEdge, readingKeys } from './sync-open.ts';

export type DeviceTold = {
	readonly id: string;
	readonly name: string;
	readonly isThis: boolean;
	/** As the edge has seen it; null where it has not. */
	readonly joinedAtMs: number | null;
	readonly lastSeenAtMs: number | null;
};

/** As the membership log has them, with the times of the edge. */
export async function listDevices(effects: Effects): Promise<Result<readonly DeviceTold[], SyncFailure>> {
	return readingKeys(effects, async (open) => {
		const members = await readMembers(open);
		if (!members.ok) return members;
		const edge = await ownerEdge(open, epochOf(members.value), effects);
		const tokens = await edge.tokens();
		if (!tokens.ok) return tokens;
		const log = members.value.map(({ entry }) => entry);
		const told: DeviceTold[] = [];
		for (const { id, name: sealed } of membersAt(log, log.length).values()) {
			const name = await open.keys.openName(id, sealed);
			// A device's token has its id.
			const token = tokens.value.find((one) => one.id === id);
			told.push({
				id,
				name: name.ok ? name.value : id,
				isThis: id === open.device,
				joinedAtMs: token?.createdAtMs ?? null,
				lastSeenAtMs: token?.lastUsedAtMs ?? null
			});
		}
		return ok(told);
	});
}

export async function renameDevice(id: string, name: string, effects: Effects): Promise<Result<void, SyncFailure>> {
	return changingKeys('Rename a device', effects, async (open) => {
		const read = await readMembers(open);
		if (!read.ok) return read;
		const edge = await ownerEdge(open, epochOf(read.value), effects);
		const renamed = await appendEntry<SyncFailure>(
			async (log, epoch) => {
				if (!membersAt(log, log.length).has(id)) return err({ kind: 'unknown-device', device: id });
				return ok({ kind: 'rename', device: id, name: await open.keys.sealName(id, name, epoch) });
			},
			{ ...open, net: edge }
		);
		if (!renamed.ok) return renamed;
		if (id !== open.device) return ok(undefined);
		return effects.sync.rows.changeAccount((account) => ({ ...account, device: { id, name } }));
	});
}
