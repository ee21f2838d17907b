// Lets another program read one dataset: a token that lists and fetches its sealed objects, and the key that opens them.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { writeReadKey } from '../core/sync/read-key.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { ownerAccess } from './sync-open.ts';

/** In one text, which nobody can be told again. Whoever has it reads every version of the dataset that is on the edge, and those to come. */
export async function createReadKey(name: string, effects: Effects): Promise<Result<string, Failure>> {
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const spaces = await effects.sync.rows.spaces();
	if (!spaces.ok) return spaces;
	const { id: space } = found.value.dataset;
	const wrapped = spaces.value.find((one) => one.space === space)?.key;
	if (!wrapped) return err({ kind: 'not-on-edge', dataset: name });
	const { workspace, owner: token, firstRoot } = access.value;
	const { crypto, edge } = effects.sync;
	const { epoch, wrap } = wrapped;
	const key = await crypto.unwrapSpaceKey(firstRoot, { workspace, space, epoch }, wrap);
	if (!key.ok) return key;
	const own = crypto.newToken();
	const scope = { verbs: ['read'], spaces: [space], expiresAtMs: null } as const;
	const made = await edge({ workspace, token }).createToken(own.id, await crypto.tokenHash(own.secret), scope);
	return made.ok ? ok(writeReadKey({ workspace, space, epoch, key: key.value, token: own })) : made;
}
