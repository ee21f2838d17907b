// Workspaces as rows: made in one transaction with their first member and token; what they use.
import { hashOfText } from '../bytes.ts';
import { auditIfChanged } from './audit.ts';

export type NewWorkspace = {
	readonly workspace: string;
	readonly genesis: string;
	readonly token: { readonly id: string; readonly hash: string };
};
export type Usage = {
	readonly createdAtMs: number;
	readonly quotaBytes: number;
	readonly usedBytes: number;
	readonly objectCount: number;
};

/** `repeated`: it is there as it is asked for; null: there is another one, or the token is another one's. */
export async function createWorkspace(
	db: D1Database,
	{ workspace, genesis, token }: NewWorkspace,
	nowMs: number
): Promise<'made' | 'repeated' | null> {
	const hash = await hashOfText(genesis);
	const verbs = JSON.stringify(['read', 'write', 'ref', 'push', 'share', 'relay', 'admin']);
	const told = { actor: token.id, action: 'workspace-created', subject: workspace, atMs: nowMs } as const;
	const [made] = await db.batch([
		db
			.prepare(
				`INSERT INTO workspaces (id, created_at_ms)
				SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM tokens WHERE id = ?3) ON CONFLICT (id) DO NOTHING`
			)
			.bind(workspace, nowMs, token.id),
		// Each of these only where the one before it changed a row.
		db
			.prepare('INSERT INTO members (workspace, seq, hash, entry) SELECT ?, 1, ?, ? WHERE changes() > 0')
			.bind(workspace, hash, genesis),
		db
			.prepare(
				'INSERT INTO tokens (id, workspace, hash, verbs, created_at_ms) SELECT ?, ?, ?, ?, ? WHERE changes() > 0'
			)
			.bind(token.id, workspace, token.hash, verbs, nowMs),
		auditIfChanged(db, workspace, told)
	]);
	if (made?.meta.changes) return 'made';
	const same = await db
		.prepare(
			`SELECT 1 AS same FROM tokens t JOIN members m ON m.workspace = t.workspace AND m.seq = 1
			WHERE t.id = ? AND t.workspace = ? AND t.hash = ? AND m.hash = ?`
		)
		.bind(token.id, workspace, token.hash, hash)
		.first('same');
	return same === 1 ? 'repeated' : null;
}

export async function readUsage(db: D1Database, workspace: string, quotaBytes: number): Promise<Usage | null> {
	return db
		.prepare(
			`SELECT created_at_ms AS createdAtMs, coalesce(quota_bytes, ?) AS quotaBytes, used_bytes AS usedBytes,
			object_count AS objectCount FROM workspaces WHERE id = ?`
		)
		.bind(quotaBytes, workspace)
		.first<Usage>();
}
