// Lets other programs read one dataset: a token that lists and fetches its sealed objects, and the keys that open them; and says which
// programs may.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { writeReadKey } from '../core/sync/read-key.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { openPrograms, tokenNames } from './program-tokens.ts';
import { readingKeys } from './sync-open.ts';

export type ReadKeyInput = {
	readonly dataset: string;
	/** What the program is called in the list of read keys. */
	readonly name: string;
};

/**
 * In one text, which nobody can be told again. Whoever has it reads every version of the dataset that is on the edge, and those to come
 * until the workspace changes its keys.
 */
export async function createReadKey(
	{ dataset, name }: ReadKeyInput,
	effects: Effects
): Promise<Result<string, Failure>> {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const opened = await openPrograms(effects);
	if (!opened.ok) return opened;
	const { account, owner } = opened.value;
	const { workspace } = account;
	const { id: space } = found.value.dataset;
	const spaces = await effects.sync.rows.spaces();
	if (!spaces.ok) return spaces;
	const wrapped = spaces.value.find((one) => one.space === space)?.key;
	if (!wrapped) return err({ kind: 'not-on-edge', dataset });
	const { epoch, wrap } = wrapped;
	const seal = await readingKeys(effects, ({ keys }) => keys.openSpace(space, epoch, wrap));
	if (!seal.ok) return seal;
	const names = await tokenNames(account, effects);
	if (!names.ok) return names;
	const { crypto } = effects.sync;
	const token = crypto.newToken();
	const [hash, label] = [await crypto.tokenHash(token.secret), await names.value.seal(token.id, name, epoch)];
	const made = await owner.createToken({ id: token.id, hash, may: 'read', space, expiresAtMs: null, label });
	return made.ok ? ok(writeReadKey({ workspace, space, ring: seal.value.ring, token })) : made;
}

export type ShownReadKey = {
	readonly id: string;
	readonly name: string;
	/** Null where it is not on this device. */
	readonly dataset: string | null;
	readonly createdAtMs: number;
	readonly lastUsedAtMs: number | null;
	/** The workspace has had new keys since: the program opens nothing that came under them, and needs a new read key. */
	readonly isEnded: boolean;
};

export async function listReadKeys(effects: Effects): Promise<Result<readonly ShownReadKey[], Failure>> {
	const opened = await openPrograms(effects);
	if (!opened.ok) return opened;
	const { account, owner } = opened.value;
	const tokens = await owner.tokens('read');
	if (!tokens.ok) return tokens;
	const names = await tokenNames(account, effects);
	if (!names.ok) return names;
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	return ok(
		await Promise.all(
			tokens.value.map(async ({ id, spaces, label, createdAtMs, lastUsedAtMs }): Promise<ShownReadKey> => {
				const { name, epoch } = await names.value.open(id, label);
				const dataset = datasets.value.find((one) => spaces?.includes(one.id))?.name ?? null;
				// Those that have no name are of a time before keys could be changed with read keys.
				return { id, name, dataset, createdAtMs, lastUsedAtMs, isEnded: (epoch ?? 1) < names.value.epoch };
			})
		)
	);
}

/** The next request with it is refused. What the program has read, it has. */
export async function revokeReadKey(id: string, effects: Effects): Promise<Result<void, Failure>> {
	const opened = await openPrograms(effects);
	return opened.ok ? opened.value.owner.revokeToken(id) : opened;
}
