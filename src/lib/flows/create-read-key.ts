// Lets another program read one dataset: a token that lists and fetches its sealed objects, and the key that opens them.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { writeReadKey } from '../core/sync/read-key.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { accountOf } from './sync-open.ts';

/** In one text, which nobody can be told again. Whoever has it reads every version of the dataset that is on the edge, and those to come. */
export async function createReadKey(name: string, effects: Effects): Promise<Result<string, Failure>> {
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const spaces = await effects.sync.rows.spaces();
	if (!spaces.ok) return spaces;
	const { id: space } = found.value.dataset;
	const wrapped = spaces.value.find((one) => one.space === space)?.key;
	if (!wrapped) return err({ kind: 'not-on-edge', dataset: name });
	const { workspace, rootKey } = account.value;
	const { crypto, edge } = effects.sync;
	const { epoch, wrap } = wrapped;
	const key = await crypto.unwrapSpaceKey(rootKey, { workspace, space, epoch }, wrap);
	if (!key.ok) return key;
	const token = crypto.newToken();
	const owner = edge({ workspace, token: await crypto.ownerToken(workspace, rootKey) });
	const scope = { verbs: ['read'], spaces: [space] } as const;
	const made = await owner.createToken(token.id, await crypto.tokenHash(token.secret), scope);
	return made.ok ? ok(writeReadKey({ workspace, space, epoch, key: key.value, token })) : made;
}
