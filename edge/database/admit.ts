// Who may ask for databases, how often, and what is told of it in the workspace's audit log: who, and which server; no table, value or user.
import type { DatabaseServer } from '#core/contract/database.ts';
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { appendAudit } from '../d1/audit.ts';
import { countRequest } from '../d1/rate-limits.ts';
import type { Token } from '../d1/tokens.ts';
import type { Env } from '../env.ts';
import { DATABASES_PER_MINUTE } from '../limits.ts';

type By = { readonly token: Token; readonly nowMs: number };
type Refused = Extract<ApiFailure, { kind: 'too-many-requests' }>;

/** `action` null: told before. */
export async function admitDatabase(
	{ host, port }: DatabaseServer,
	action: 'database-read' | 'database-written' | null,
	env: Env,
	{ token, nowMs }: By
): Promise<Result<void, Refused>> {
	const limit = { perWindow: DATABASES_PER_MINUTE, windowMs: 60_000 };
	const retryAfterSeconds = await countRequest(env.DB, `database:${token.workspace}`, limit, nowMs);
	if (retryAfterSeconds !== null) return err({ kind: 'too-many-requests', retryAfterSeconds });
	if (action !== null) {
		const told = { actor: token.id, action, subject: `${host}:${port}`, atMs: nowMs };
		await appendAudit(env.DB, token.workspace, told, true);
	}
	return ok(undefined);
}
