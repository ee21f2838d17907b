// Inboxes as a person opens, fills and empties them: by whom something may be pushed, what waits, and what becomes of what cannot be
// taken in.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { writeInboxAddress } from '../core/sync/inbox-item.ts';
import { drainInboxes, type DrainReport } from './drain-inbox.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { openPrograms, tokenNames } from './program-tokens.ts';
import type { EdgeInbox, EdgeItem, HookSignature, ProgramsNet } from './programs-net.ts';

export type OpenInboxInput = {
	readonly dataset: string;
	/** How a service signs what it posts; left out, there is no address to post to. */
	readonly hook?: HookSignature | undefined;
	/** What it signs with. */
	readonly secret?: string | undefined;
};

/** Answers the path that a service can post to, which nobody can be told again; null without one. */
export async function openInbox(
	{ dataset, hook, secret = '' }: OpenInboxInput,
	effects: Effects
): Promise<Result<{ readonly hookPath: string | null }, Failure>> {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const opened = await openPrograms(effects);
	if (!opened.ok) return opened;
	const { owner, inboxKey } = opened.value;
	const address = hook === undefined ? null : await effects.sync.crypto.newHook();
	const asked = address && hook ? { hash: address.hash, signed: hook, secret } : null;
	const made = await owner.openInbox(found.value.dataset.id, inboxKey, asked);
	return made.ok ? ok({ hookPath: address && `/api/v1/hooks/${address.text}` }) : made;
}

export async function closeInbox(dataset: string, effects: Effects): Promise<Result<void, Failure>> {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const opened = await openPrograms(effects);
	return opened.ok ? opened.value.owner.closeInbox(found.value.dataset.id) : opened;
}

export type PushTokenInput = {
	readonly dataset: string;
	/** What the program is called in the list of tokens. */
	readonly name: string;
	/** Left out, until it is revoked. */
	readonly expiresAtMs?: number | undefined;
};

/** A new token that may push into the dataset's inbox and no more, with all else that a program needs, in one text. */
export async function createPushToken(
	{ dataset, name, expiresAtMs }: PushTokenInput,
	effects: Effects
): Promise<Result<string, Failure>> {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const opened = await openPrograms(effects);
	if (!opened.ok) return opened;
	const { account, own, owner } = opened.value;
	const { id: space } = found.value.dataset;
	const inboxes = await own.inboxes();
	if (!inboxes.ok) return inboxes;
	const inbox = inboxes.value.find((one) => one.space === space);
	if (!inbox) return err({ kind: 'inbox-closed', dataset });
	const names = await tokenNames(account, effects);
	if (!names.ok) return names;
	const { crypto } = effects.sync;
	const token = crypto.newToken();
	const [hash, label] = [
		await crypto.tokenHash(token.secret),
		await names.value.seal(token.id, name, names.value.epoch)
	];
	const made = await owner.createToken({
		...{ id: token.id, hash, may: 'push', space, label },
		expiresAtMs: expiresAtMs ?? null
	});
	if (!made.ok) return made;
	return ok(writeInboxAddress({ workspace: account.workspace, space, publicKey: inbox.publicKey, token }));
}

export async function revokePushToken(id: string, effects: Effects): Promise<Result<void, Failure>> {
	const opened = await openPrograms(effects);
	return opened.ok ? opened.value.owner.revokeToken(id) : opened;
}

export type ShownToken = {
	readonly id: string;
	readonly name: string;
	readonly createdAtMs: number;
	readonly lastUsedAtMs: number | null;
	readonly expiresAtMs: number | null;
	/** The workspace has had new keys since: what the program seals is refused, until it has a new address. */
	readonly isEnded: boolean;
};
export type ShownItem = EdgeItem & {
	/** The name of the token that pushed it; null when it was posted, or the token is gone. */
	readonly from: string | null;
	/** Why this device could not take it in. */
	readonly trouble: Failure | null;
	readonly isClaimedHere: boolean;
};
export type ShownInbox = Pick<EdgeInbox, 'hook' | 'openedAtMs' | 'waiting' | 'waitingBytes'> & {
	/** Null where the dataset is not on this device. */
	readonly dataset: string | null;
	readonly space: string;
	readonly items: readonly ShownItem[];
	readonly tokens: readonly ShownToken[];
};

/** What is open, what waits, what came, and by whom. */
export async function listInboxes(effects: Effects): Promise<Result<readonly ShownInbox[], Failure>> {
	const opened = await openPrograms(effects);
	if (!opened.ok) return opened;
	const { account, own, owner } = opened.value;
	const inboxes = await own.inboxes();
	if (!inboxes.ok) return inboxes;
	if (inboxes.value.length === 0) return ok([]);
	const [tokens, names] = [await owner.tokens('push'), await tokenNames(account, effects)];
	if (!tokens.ok) return tokens;
	if (!names.ok) return names;
	const [datasets, troubles] = [await effects.store.datasets(), await effects.sync.inbox.troubles()];
	if (!datasets.ok) return datasets;
	if (!troubles.ok) return troubles;
	const nameById = new Map<string, { readonly name: string; readonly epoch: number | null }>();
	for (const { id, label } of tokens.value) nameById.set(id, await names.value.open(id, label));
	const shown: ShownInbox[] = [];
	for (const { space, hook, openedAtMs, waiting, waitingBytes } of inboxes.value) {
		const items = await own.items(space, 'all');
		if (!items.ok) return items;
		const troubleOf = (key: string): Failure | null =>
			troubles.value.find((one) => one.dataset === space && one.key === key)?.failure ?? null;
		shown.push({
			dataset: datasets.value.find(({ id }) => id === space)?.name ?? null,
			space,
			...{ hook, openedAtMs, waiting, waitingBytes },
			items: items.value.map((item) => ({
				...item,
				from: item.by === null ? null : (nameById.get(item.by)?.name ?? null),
				trouble: item.takenAtMs === null ? troubleOf(item.key) : null,
				isClaimedHere: item.claimedBy === account.token.id
			})),
			tokens: tokens.value
				.filter(({ spaces }) => spaces?.includes(space))
				.map(({ id, createdAtMs, lastUsedAtMs, expiresAtMs }) => ({
					...{ id, createdAtMs, lastUsedAtMs, expiresAtMs },
					name: nameById.get(id)?.name ?? id,
					isEnded: (nameById.get(id)?.epoch ?? 1) < names.value.epoch
				}))
		});
	}
	return ok(shown);
}

export type ItemInput = { readonly space: string; readonly key: string };

/** Reads an item again that could not be taken in, or that another device has and does not come back for. */
export async function takeItem(input: ItemInput, effects: Effects): Promise<Result<DrainReport, Failure>> {
	const held = await hold(input, effects);
	return held.ok ? drainInboxes(effects) : held;
}

/** Lets an item go without taking it in. It cannot be had back. */
export async function discardItem(input: ItemInput, effects: Effects): Promise<Result<void, Failure>> {
	const held = await hold(input, effects);
	if (!held.ok) return held;
	const settled = await held.value.settle(input.space, [input.key], 'discarded');
	return settled.ok ? ok(undefined) : settled;
}

/** Claims it for this device, from whoever has it, and forgets what was wrong with it. */
async function hold({ space, key }: ItemInput, effects: Effects): Promise<Result<ProgramsNet, Failure>> {
	const opened = await openPrograms(effects);
	if (!opened.ok) return opened;
	const { own } = opened.value;
	const items = await own.items(space, 'only');
	if (!items.ok) return items;
	const item = items.value.find((one) => one.key === key);
	if (!item) return err({ kind: 'unknown-item', key });
	const claimed = await own.claim(space, [key], item.claimedBy);
	if (!claimed.ok) return claimed;
	if (!claimed.value.includes(key)) return err({ kind: 'unknown-item', key });
	const { inbox } = effects.sync;
	const troubles = await inbox.troubles();
	if (!troubles.ok) return troubles;
	const left = troubles.value.filter((one) => one.dataset !== space || one.key !== key);
	const saved = await inbox.saveTroubles(left);
	return saved.ok ? ok(own) : saved;
}
