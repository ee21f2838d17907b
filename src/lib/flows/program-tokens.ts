// What flows for other programs share: the edge as this device and as its owner, and the names of tokens, which the edge cannot read.
import { fromBase64Url, toBase64Url } from '../core/base64url.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { epochIn } from '../core/sync/sealed-object.ts';
import type { SyncAccount } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import type { ProgramsNet } from './programs-net.ts';
import { epochOf } from './sync-members.ts';
import { accountOf, openSync, ownerAccess } from './sync-open.ts';

type Opened = {
	readonly account: SyncAccount;
	readonly own: ProgramsNet;
	readonly owner: ProgramsNet;
	/** What inboxes are sealed to now. */
	readonly inboxKey: string;
};

export async function openPrograms(effects: Effects): Promise<Result<Opened, Failure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const { workspace, token } = account.value;
	const { programs } = effects.sync;
	const { owner, inboxKeys } = access.value;
	const [own, admin] = [programs({ workspace, token }), programs({ workspace, token: owner })];
	return ok({ account: account.value, own, owner: admin, inboxKey: inboxKeys.publicKey });
}

type TokenNames = {
	/** That the workspace is in. */
	readonly epoch: number;
	/** Under the key of an epoch, which its label tells for ever. */
	seal(id: string, name: string, epoch: number): Promise<string>;
	/** The id and no epoch where it does not open. */
	open(id: string, label: string | null): Promise<{ readonly name: string; readonly epoch: number | null }>;
};

/** The names of tokens are sealed as those of devices are. */
export async function tokenNames(account: SyncAccount, effects: Effects): Promise<Result<TokenNames, Failure>> {
	const opened = await openSync(account, effects, new AbortController().signal, () => undefined);
	if (!opened.ok) return opened;
	const { keys } = opened.value;
	const members = await effects.sync.rows.members();
	if (!members.ok) return members;
	return ok({
		epoch: epochOf(members.value),
		seal: async (id, name, epoch) => {
			const sealed = await keys.sealName(id, name, epoch);
			const object = fromBase64Url(sealed.id) ?? new Uint8Array();
			return toBase64Url(new Uint8Array([...object, ...sealed.bytes]));
		},
		open: async (id, label) => {
			const bytes = fromBase64Url(label ?? '');
			if (!bytes || bytes.length < 32) return { name: id, epoch: null };
			const sealed = bytes.slice(32);
			const name = await keys.openName(id, { id: toBase64Url(bytes.subarray(0, 32)), bytes: sealed });
			return name.ok ? { name: name.value, epoch: epochIn(sealed) } : { name: id, epoch: null };
		}
	});
}
