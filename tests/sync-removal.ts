// A device is removed in the simulation of sync, as the flow does it: where all is now is what counts, then the entry of the log.
import { epochAt, membersAt } from '#core/sync/member-log.ts';
import type { VersionId } from '#core/ids.ts';
import { rootsOf, stateOf } from '#core/sync/space-state.ts';
import { ancestorIds } from '#core/version/history.ts';
import type { SyncEffects } from '#lib/flows/sync-effects.ts';
import { readMembers } from '#lib/flows/sync-members.ts';
import { appendRotation } from '#lib/flows/sync-removal.ts';
import { syncWorkspace } from '#lib/flows/sync-workspace.ts';
import type { SyncDevice } from './sync-device.ts';
import { toyHash, toyRoot } from './sync-toy-keys.ts';

const utf8 = new TextEncoder();

/** What a device did after it was removed, which is nobody's but its own. */
export class LateWork {
	readonly versions = new Set<VersionId>();
	readonly texts: string[] = [];

	/** Where it is taken for work of the workspace all the same. */
	problemsOf({ name, others, datasets, versions }: SyncDevice): readonly string[] {
		const taken = this.texts.filter((text) => others.texts.has(text)).map((text) => `the text “${text}”`);
		for (const dataset of datasets.values())
			for (const id of ancestorIds(rootsOf(stateOf(dataset)), [...versions.values()]))
				if (this.versions.has(id)) taken.push(id);
		return taken.map((what) => `${name} took ${what} of a removed device`);
	}
}

/** Whether it is removed now; a network that fails is tried again by whoever asked. */
export async function removeDevice(removes: string, effects: SyncEffects): Promise<boolean> {
	const synced = await syncWorkspace(effects, () => undefined);
	if (!synced.ok) return false;
	const members = await readMembers(effects);
	if (!members.ok) return false;
	const log = members.value.map(({ entry }) => entry);
	const devices = membersAt(log, log.length);
	if (!devices.has(removes)) return true;
	const root = toyRoot(epochAt(log, log.length) + 1);
	const grants = [...devices.keys()]
		.filter((id) => id !== removes)
		.map((device) => ({ device, key: new Uint8Array(), sealed: utf8.encode(root) }));
	const change = { kind: 'rotate' as const, removes, check: checkOf(root), grants };
	const appended = await appendRotation(change, members.value, effects.net, effects);
	return appended.ok && appended.value;
}

function checkOf(root: string): Uint8Array<ArrayBuffer> {
	return utf8.encode(toyHash('check', root)).slice(0, 32);
}
