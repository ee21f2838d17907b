// The edge of this device's workspace, as to databases.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { DatabaseNet } from './database-net.ts';
import type { Effects } from './effects.ts';
import { accountOf, ownerAccess } from './sync-open.ts';

/** With the owner's token, which alone may ask sources. */
export async function openDatabases(effects: Effects): Promise<Result<DatabaseNet, Failure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account.error.kind === 'sync-off' ? err({ kind: 'no-server', source: null }) : account;
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const { workspace } = account.value;
	return ok(effects.sources.databases({ workspace, token: access.value.owner }));
}
