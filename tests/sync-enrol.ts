// Devices of the simulation of sync become members, and give a server back that it lost who is one.
import { encodeEntry, encodeProven } from '#core/sync/member-log.ts';
import { joinSigned } from '#core/sync/ref-record.ts';
import type { SyncDevice } from './sync-device.ts';
import type { SyncServer } from './sync-server.ts';
import { createToyKeys } from './sync-toy-keys.ts';

/** Each device signs itself in, with the proof of the root key. */
export async function enrolAll(
	devices: readonly SyncDevice[],
	server: SyncServer,
	workspace: string,
	random: () => number
): Promise<void> {
	for (const { name, signs } of devices) {
		const keys = createToyKeys(name, signs, random);
		const device = { id: name, signs, name: await keys.sealName(name, name, 1) };
		const prev = server.members.at(-1)?.hash ?? '';
		const entry = {
			workspace,
			seq: server.members.length + 1,
			prev,
			by: name,
			change: { kind: 'add' as const, device }
		};
		const content = encodeProven(entry, await keys.prove(encodeEntry(entry), 1));
		server.appendMember(prev, joinSigned(content, await keys.sign(content)));
	}
}

/** As `restoreWorkspace` does, whose own test it has. */
export function restoreMembers({ members }: SyncDevice, server: SyncServer): void {
	for (const { wire } of members.slice(server.members.length))
		if (wire) server.appendMember(server.members.at(-1)?.hash ?? '', wire);
}
