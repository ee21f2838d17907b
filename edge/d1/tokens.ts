// Tokens as rows: their scopes, when they were used, that they are over.
import type { AnswerOf, Verb } from '#core/contract/endpoint.ts';
import type { listTokens } from '#core/contract/tokens.ts';
import { auditIfChanged } from './audit.ts';

export type Scope = {
	readonly verbs: readonly Verb[];
	readonly spaces: readonly string[] | null;
	readonly refs: readonly string[] | null;
	readonly expiresAtMs: number | null;
};
export type Token = Scope & {
	readonly id: string;
	readonly workspace: string;
	readonly hash: string;
	readonly revokedAtMs: number | null;
};
type ListedToken = AnswerOf<typeof listTokens>['tokens'][number];
export type NewToken = Scope & Pick<Token, 'id' | 'workspace' | 'hash'> & { readonly label: string | null };

type Row = {
	readonly id: string;
	readonly workspace: string;
	readonly hash: string;
	readonly verbs: string;
	readonly spaces: string | null;
	readonly refs: string | null;
	readonly label: string | null;
	readonly created_at_ms: number;
	readonly expires_at_ms: number | null;
	readonly last_used_at_ms: number | null;
	readonly revoked_at_ms: number | null;
};

export async function readToken(db: D1Database, id: string): Promise<Token | null> {
	const row = await db.prepare('SELECT * FROM tokens WHERE id = ?').bind(id).first<Row>();
	if (!row) return null;
	const { workspace, hash, revoked_at_ms: revokedAtMs } = row;
	return { id, workspace, hash, ...scopeOf(row), revokedAtMs };
}

export async function readTokens(db: D1Database, workspace: string): Promise<ListedToken[]> {
	const rows = await db
		.prepare('SELECT * FROM tokens WHERE workspace = ? ORDER BY created_at_ms, id')
		.bind(workspace)
		.all<Row>();
	return rows.results.map((row) => ({
		id: row.id,
		...scopeOf(row),
		label: row.label,
		createdAtMs: row.created_at_ms,
		lastUsedAtMs: row.last_used_at_ms,
		revokedAtMs: row.revoked_at_ms
	}));
}

/** `made`, `repeated` where it is there already, null where the id is another one's. */
export async function createToken(
	db: D1Database,
	token: NewToken,
	actor: string,
	nowMs: number
): Promise<'made' | 'repeated' | null> {
	const told = { actor, action: 'token-created', subject: token.id, atMs: nowMs } as const;
	const [inserted] = await db.batch([
		db
			.prepare(
				`INSERT INTO tokens (id, workspace, hash, verbs, spaces, refs, label, created_at_ms, expires_at_ms)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`
			)
			.bind(
				token.id,
				token.workspace,
				token.hash,
				JSON.stringify(token.verbs),
				token.spaces && JSON.stringify(token.spaces),
				token.refs && JSON.stringify(token.refs),
				token.label,
				nowMs,
				token.expiresAtMs
			),
		auditIfChanged(db, token.workspace, told)
	]);
	if (inserted?.meta.changes) return 'made';
	const there = await readToken(db, token.id);
	return there?.workspace === token.workspace && there.hash === token.hash ? 'repeated' : null;
}

/** Null where the workspace has no such token. */
export async function revokeToken(
	db: D1Database,
	workspace: string,
	id: string,
	actor: string,
	nowMs: number
): Promise<'revoked' | 'repeated' | null> {
	const told = { actor, action: 'token-revoked', subject: id, atMs: nowMs } as const;
	const [revoked] = await db.batch([
		db
			.prepare('UPDATE tokens SET revoked_at_ms = ? WHERE workspace = ? AND id = ? AND revoked_at_ms IS NULL')
			.bind(nowMs, workspace, id),
		auditIfChanged(db, workspace, told)
	]);
	if (revoked?.meta.changes) return 'revoked';
	const there = await readToken(db, id);
	return there?.workspace === workspace ? 'repeated' : null;
}

export async function countTokens(db: D1Database, workspace: string): Promise<number> {
	const count = await db
		.prepare('SELECT count(*) AS count FROM tokens WHERE workspace = ?')
		.bind(workspace)
		.first<number>('count');
	return count ?? 0;
}

/** For a batch: that a token is used, where it was not since `beforeMs`. */
export function tokenUse(db: D1Database, id: string, nowMs: number, beforeMs: number): D1PreparedStatement {
	return db
		.prepare('UPDATE tokens SET last_used_at_ms = ?2 WHERE id = ?1 AND coalesce(last_used_at_ms, 0) < ?3')
		.bind(id, nowMs, beforeMs);
}

function scopeOf({ verbs, spaces, refs, expires_at_ms: expiresAtMs }: Row): {
	verbs: Verb[];
	spaces: string[] | null;
	refs: string[] | null;
	expiresAtMs: number | null;
} {
	const list = (json: string | null): string[] | null => (json === null ? null : (JSON.parse(json) as string[]));
	return { verbs: JSON.parse(verbs) as Verb[], spaces: list(spaces), refs: list(refs), expiresAtMs };
}
