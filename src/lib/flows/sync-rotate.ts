// Removes a device, or gives the workspace new keys without removing one: a new root key, which the remaining devices are given and the
// removed one is not, new slots around it, and every dataset's ref moved once under it.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { PASSPHRASE_MIN } from '../core/sync/key-slot.ts';
import { epochAt, membersAt, type Device, type Grant, type Rotation } from '../core/sync/member-log.ts';
import { parseWords } from '../core/sync/recovery-words.ts';
import { ROOT_BYTES, type Secrets } from '../core/sync/secrets.ts';
import type { Known } from '../crypto/key-slots.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects } from './sync-effects.ts';
import { readMembers } from './sync-members.ts';
import { changingKeys } from './sync-change-keys.ts';
import { accountOf, openSync, ownerEdge } from './sync-open.ts';
import type { SyncEdge } from './sync-rim.ts';
import { settleEpoch } from './sync-settle.ts';
import { appendRotation } from './sync-removal.ts';
import { openOf, writeSlots } from './sync-slots.ts';
import { syncWorkspace } from './sync-workspace.ts';

export type RotateInput = {
	/** A device's id; null removes none. */
	readonly removes: string | null;
	/** What opens the workspace now. */
	readonly passphrase: string;
	/** What opens it from then on, if it is to be another one: whoever has the removed device may know it. */
	readonly newPassphrase?: string | undefined;
	/** New ones, written down by then: those of before open nothing any more. */
	readonly words: string;
};

const TRIES = 5;

/** The new code of the workspace. */
export async function rotateKeys(input: RotateInput, effects: Effects): Promise<Result<string, SyncFailure>> {
	const words = parseWords(input.words);
	if (!words.ok) return words;
	const passphrase = input.newPassphrase ?? input.passphrase;
	if ([...passphrase].length < PASSPHRASE_MIN) return err({ kind: 'passphrase-too-short', least: PASSPHRASE_MIN });
	const to: readonly Known[] = [
		{ kind: 'passphrase', passphrase },
		{ kind: 'recovery', entropy: words.value }
	];
	const label = input.removes === null ? 'Change the keys' : 'Remove a device';
	return changingKeys(label, effects, async (open, account) => {
		// Where everything is now is what counts of the device that is removed.
		const before = await syncWorkspace(open, () => undefined);
		if (!before.ok) return before;
		const from: Known = { kind: 'passphrase', passphrase: input.passphrase };
		const begun = await begin({ removes: input.removes, from, to, account }, open, effects);
		if (!begun.ok) return begun;
		// What comes now may be gone on with by any device: the epoch has begun.
		const anew = await accountOf(effects);
		const opened = anew.ok ? await openSync(anew.value, effects, open.signal, open.moved) : anew;
		if (!opened.ok) return opened;
		const members = await readMembers(opened.value);
		if (!members.ok) return members;
		const settled = await settleEpoch(opened.value, effects);
		if (!settled.ok) return settled;
		const after = await syncWorkspace(opened.value, () => undefined);
		if (!after.ok) return after;
		const now = await accountOf(effects);
		return now.ok ? ok(now.value.code) : now;
	});
}

type Begin = {
	readonly removes: string | null;
	readonly from: Known;
	readonly to: readonly Known[];
	readonly account: SyncAccount;
};

async function begin(
	{ removes, from, to, account }: Begin,
	open: SyncEffects,
	effects: Effects
): Promise<Result<void, SyncFailure>> {
	const { workspace } = open;
	const { crypto, rows } = effects.sync;
	for (let tries = 0; tries < TRIES; tries++) {
		const members = await readMembers(open);
		if (!members.ok) return members;
		const log = members.value.map(({ entry }) => entry);
		const epoch = epochAt(log, log.length);
		const devices = membersAt(log, log.length);
		if (removes === open.device) return err({ kind: 'device-is-this' });
		if (removes !== null && !devices.has(removes)) return err({ kind: 'unknown-device', device: removes });
		const edge = await ownerEdge(open, epoch, effects);
		const there = await edge.slots();
		if (!there.ok) return there;
		const secrets = await openOf(there.value, from, epoch, open, effects);
		if (!secrets.ok) return secrets;
		const next: Secrets = { ...secrets.value, roots: [...secrets.value.roots, crypto.randomBytes(ROOT_BYTES)] };
		const slots = await writeSlots(to, { workspace, secrets: next, device: account.device }, edge, effects);
		if (!slots.ok) return slots;
		const roots = await Promise.all(next.roots.map((root) => crypto.deriveFrom(root)));
		const tokens = await makeTokens(roots, edge, open, effects);
		if (!tokens.ok) return tokens;
		const staying = [...devices.values()].filter(({ id }) => id !== removes);
		const change = await rotation({ removes, staying, next, epoch: epoch + 1 }, open, effects);
		const appended = await appendRotation(change, members.value, edge, open);
		if (appended.ok && appended.value) {
			return rows.changeAccount((one) => (one.keys ? { ...one, keys: { ...one.keys, roots } } : one));
		}
		// Whether it stands there after all is seen when it is read again; slots that know too much open what there is.
		if (!appended.ok) return appended;
		for (const id of slots.value) {
			const deleted = await edge.deleteSlot(id);
			if (!deleted.ok) return deleted;
		}
	}
	return err({ kind: 'edge-busy', retryAfterMs: null });
}

/** The owner's and the finder's of the next epoch, made by the owner of this one. */
async function makeTokens(
	roots: readonly CryptoKey[],
	edge: SyncEdge,
	{ workspace, device }: SyncEffects,
	effects: Effects
): Promise<Result<void, SyncFailure>> {
	const { crypto } = effects.sync;
	const idKey = await effects.store.idKey(effects.makeIdKey);
	if (!idKey.ok) return idKey;
	const account = await accountOf(effects);
	if (!account.ok) return account;
	if (!account.value.keys) return err({ kind: 'keys-locked' });
	const next = crypto.keys({ workspace, device, ...account.value.keys, roots, idKey: idKey.value });
	const [owner, finder] = [await next.token('owner', roots.length), await next.token('finder', roots.length)];
	const verbs = ['read', 'write', 'ref', 'push', 'share', 'relay', 'admin'] as const;
	const all = { verbs, spaces: null, expiresAtMs: null };
	const made = await edge.createToken(owner.id, await crypto.tokenHash(owner.secret), all);
	if (!made.ok) return made;
	const some = { verbs: ['read'], spaces: [], expiresAtMs: null } as const;
	return edge.createToken(finder.id, await crypto.tokenHash(finder.secret), some);
}

type Next = {
	readonly removes: string | null;
	readonly staying: readonly Device[];
	readonly next: Secrets;
	readonly epoch: number;
};

async function rotation(
	{ removes, staying, next, epoch }: Next,
	{ workspace, device: by }: SyncEffects,
	{ sync }: Effects
): Promise<Omit<Rotation, 'ends'>> {
	const root = next.roots[epoch - 1] ?? new Uint8Array();
	const grants: Grant[] = [];
	for (const { id, takes } of staying)
		if (takes) grants.push(await sync.crypto.grantRoot(root, { workspace, epoch, by, device: id, takes }));
	const check = await sync.crypto.rootCheck(workspace, await sync.crypto.deriveFrom(root), epoch);
	return { kind: 'rotate', removes, check, grants };
}
