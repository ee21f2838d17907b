// Inboxes as rows: which dataset takes what is pushed, to which key it is sealed, and by which address services post to it.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listInboxes } from '#core/contract/inbox.ts';
import { auditIfChanged } from './audit.ts';

type Signed = 'none' | 'github' | 'stripe' | 'standard';
type ListedInbox = AnswerOf<typeof listInboxes>['inboxes'][number];
type NewInbox = {
	readonly workspace: string;
	readonly space: string;
	readonly publicKey: string;
	/** Left out, an inbox that is open keeps the one it has, and none is opened. */
	readonly hook?: { readonly hash: string; readonly signed: Signed; readonly secret: string } | null | undefined;
};

/** What an item is sealed to, and whose it is. */
export type Inbox = { readonly workspace: string; readonly space: string; readonly publicKey: string };
export type HookInbox = Inbox & { readonly signed: Signed; readonly secret: string };

/** False: the workspace has so many, or the address is another one's. */
export async function writeInbox(
	db: D1Database,
	{ workspace, space, publicKey, hook }: NewInbox,
	limit: number,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'inbox-opened', subject: space, atMs: nowMs } as const;
	if (hook === undefined) {
		await db.batch([
			db
				.prepare('UPDATE inboxes SET public_key = ?3 WHERE workspace = ?1 AND space = ?2 AND public_key <> ?3')
				.bind(workspace, space, publicKey),
			auditIfChanged(db, workspace, told)
		]);
		return true;
	}
	const [written] = await db.batch([
		db
			.prepare(
				`INSERT INTO inboxes (workspace, space, public_key, hook_hash, signed, secret, opened_at_ms)
				SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
				WHERE (SELECT count(*) FROM inboxes WHERE workspace = ?1 AND space <> ?2) < ?8
				AND NOT EXISTS (SELECT 1 FROM inboxes WHERE hook_hash = ?4 AND (workspace <> ?1 OR space <> ?2))
				ON CONFLICT (workspace, space) DO UPDATE SET public_key = ?3, hook_hash = ?4, signed = ?5, secret = ?6`
			)
			.bind(workspace, space, publicKey, hook?.hash ?? null, hook?.signed ?? null, hook?.secret ?? null, nowMs, limit),
		auditIfChanged(db, workspace, told)
	]);
	return written?.meta.changes !== 0;
}

/** False: there was none. */
export async function removeInbox(
	db: D1Database,
	workspace: string,
	space: string,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'inbox-closed', subject: space, atMs: nowMs } as const;
	const [removed] = await db.batch([
		db.prepare('DELETE FROM inboxes WHERE workspace = ? AND space = ?').bind(workspace, space),
		auditIfChanged(db, workspace, told)
	]);
	return removed?.meta.changes !== 0;
}

/** Of the whole workspace, or of those spaces. */
export async function readInboxes(
	db: D1DatabaseSession,
	workspace: string,
	spaces: readonly string[] | null
): Promise<ListedInbox[]> {
	const rows = await db
		.prepare(
			`SELECT b.space AS space, b.public_key AS publicKey, b.signed AS hook, b.opened_at_ms AS openedAtMs,
			count(i.key) AS waiting, coalesce(sum(i.size_bytes), 0) AS waitingBytes
			FROM inboxes b LEFT JOIN inbox_items i ON i.workspace = b.workspace AND i.space = b.space
				AND i.stored_at_ms IS NOT NULL AND i.taken_at_ms IS NULL
			WHERE b.workspace = ?1 AND (?2 IS NULL OR b.space IN (SELECT value FROM json_each(?2)))
			GROUP BY b.space ORDER BY b.space`
		)
		.bind(workspace, spaces && JSON.stringify(spaces))
		.all<ListedInbox>();
	return rows.results;
}

const INBOX = 'workspace, space, public_key AS publicKey';

export async function findInbox(db: D1Database, workspace: string, space: string): Promise<Inbox | null> {
	return db
		.prepare(`SELECT ${INBOX} FROM inboxes WHERE workspace = ? AND space = ?`)
		.bind(workspace, space)
		.first<Inbox>();
}

export async function findHook(db: D1Database, hash: string): Promise<HookInbox | null> {
	return db.prepare(`SELECT ${INBOX}, signed, secret FROM inboxes WHERE hook_hash = ?`).bind(hash).first<HookInbox>();
}
