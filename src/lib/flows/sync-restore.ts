// Gives a server back what it lost of the workspace itself: its first entry, the membership log, key slots and tokens. All of it is kept on
// every device as it was signed or sealed, so nothing is made anew, and other devices find what they know.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { membersAt } from '../core/sync/member-log.ts';
import { parseWorkspaceCode } from '../core/sync/workspace-code.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects } from './sync-effects.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { ownerEdge } from './sync-open.ts';
import type { SyncEdge } from './sync-rim.ts';
import type { SyncRun } from './sync-run.ts';

const HOUR_MS = 3_600_000;

type Restored = Promise<Result<void, SyncFailure>>;

/** Does nothing where nothing is missing. Fails as `forked` where the server has another log than was seen. */
export async function restoreWorkspace(
	{ account, effects: opened }: SyncRun,
	invitation: string | null,
	effects: Effects
): Restored {
	const { rows, crypto } = effects.sync;
	const known = await rows.members();
	if (!known.ok) return known;
	const wires = known.value.flatMap(({ wire, hash }) => (wire ? [{ wire, hash }] : []));
	const [genesis] = wires;
	// An earlier Weir kept no signed entries: then the workspace has to be left and made anew.
	if (!genesis || wires.length < known.value.length) return ok(undefined);
	const edge = await ownEdge(opened, effects);
	let told = await edge.members(0);
	if (!told.ok && told.error.kind === 'edge-access-refused') {
		const owner = await opened.keys.token('owner', epochOf(known.value));
		const made = await edge.createWorkspace(genesis.wire, await crypto.tokenHash(owner.secret), invitation);
		if (!made.ok) return made;
		told = await edge.members(0);
	}
	if (!told.ok) return told;
	const appended = await restoreMembers(wires, told.value, edge);
	if (!appended.ok) return appended;
	const slots = await restoreSlots(edge, effects);
	if (!slots.ok) return slots;
	if (opened.signal.aborted) return err({ kind: 'cancelled' });
	return restoreTokens(account, edge, effects);
}

type SignedBefore = { readonly wire: Uint8Array<ArrayBuffer>; readonly hash: string };

/** What the log of the server lacks of what was verified here. */
async function restoreMembers(
	wires: readonly SignedBefore[],
	told: readonly { readonly hash: string }[],
	edge: SyncEdge
): Restored {
	for (const [at, { hash }] of told.entries())
		if (wires[at] && wires[at].hash !== hash) return err({ kind: 'forked', atSeq: at + 1 });
	for (let at = told.length; at < wires.length; at++) {
		const entry = wires[at];
		const appended = entry ? await edge.appendMember(wires[at - 1]?.hash ?? '', entry.wire) : ok(true);
		if (!appended.ok) return appended;
		if (!appended.value) return err({ kind: 'edge-busy', retryAfterMs: null });
	}
	return ok(undefined);
}

async function restoreSlots(edge: SyncEdge, effects: Effects): Restored {
	const there = await edge.slots();
	if (!there.ok) return there;
	const kept = await effects.sync.rows.slots();
	if (!kept.ok) return kept;
	if (there.value.length > 0) return ok(undefined);
	for (const sealed of kept.value?.sealed ?? []) {
		const put = await edge.putSlot(effects.randomId(), sealed);
		if (!put.ok) return put;
	}
	return ok(undefined);
}

async function restoreTokens({ token, code }: SyncAccount, edge: SyncEdge, { sync }: Effects): Restored {
	const own = await edge.createToken(token.id, await sync.crypto.tokenHash(token.secret), {
		verbs: ['read', 'write', 'ref'],
		spaces: null,
		expiresAtMs: null
	});
	if (!own.ok) return own;
	const finder = parseWorkspaceCode(code);
	if (!finder.ok) return finder;
	const { id, secret } = finder.value.token;
	return edge.createToken(id, await sync.crypto.tokenHash(secret), { verbs: ['read'], spaces: [], expiresAtMs: null });
}

/** Whether this device has a token again: it is a member still, and the server lost the one it had. One that was revoked stays so. */
export async function regainAccess({ account, effects: opened }: SyncRun, effects: Effects): Promise<boolean> {
	const edge = await ownEdge(opened, effects);
	// Whoever filled the server anew may have known less of the members than this device, which knows of itself at least.
	const [known, told] = [await effects.sync.rows.members(), await edge.members(0)];
	if (!known.ok || !told.ok) return false;
	const wires = known.value.flatMap(({ wire, hash }) => (wire ? [{ wire, hash }] : []));
	const isKept = wires.length === known.value.length && (await restoreMembers(wires, told.value, edge)).ok;
	const members = isKept ? await readMembers({ ...opened, net: edge }) : err({ kind: 'edge-access-refused' } as const);
	if (!members.ok) return false;
	const log = members.value.map(({ entry }) => entry);
	if (!membersAt(log, log.length).has(account.device.id)) return false;
	return (await restoreTokens(account, edge, effects)).ok;
}

/** Remembers the key slots as the server has them, now and then. What goes wrong with it is no matter of the sync. */
export async function keepSlots({ account }: Pick<SyncRun, 'account'>, effects: Effects): Promise<void> {
	const { rows, edge } = effects.sync;
	const kept = await rows.slots();
	if (!kept.ok || (kept.value && Math.abs(effects.now() - kept.value.atMs) < HOUR_MS)) return;
	const { workspace, token } = account;
	const told = await edge({ workspace, token }).slots();
	if (told.ok && told.value.length > 0)
		await rows.saveSlots({ atMs: effects.now(), sealed: told.value.map(({ sealed }) => sealed) });
}

/** With the token that every device of the workspace can make. */
export async function ownEdge(opened: SyncEffects, effects: Effects): Promise<SyncEdge> {
	const members = await effects.sync.rows.members();
	return ownerEdge(opened, members.ok ? epochOf(members.value) : 1, effects);
}
