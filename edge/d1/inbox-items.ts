// Items of inboxes as rows: each takes its room before its bytes arrive, is claimed by one device, and stays known by its key for a
// while after its bytes are gone.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listItems } from '#core/contract/inbox.ts';
import { auditIfChanged } from './audit.ts';
import { atUpload, reserveUpload, type UploadPlace, type UploadReservation } from './uploads.ts';

export type ItemAddress = { readonly workspace: string; readonly space: string; readonly key: string };
export type NewItem = ItemAddress & {
	readonly digest: string;
	readonly sizeBytes: number;
	readonly sealedBy: 'sender' | 'edge';
	readonly by: string | null;
};
type Room = { readonly quotaBytes: number; readonly itemCount: number };
type ListedItem = AnswerOf<typeof listItems>['items'][number];

const AT = atUpload.inbox_items;
const KNOWN_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;

/** As `reserveObject`: room first, so that what comes at once cannot go beyond the quota together. */
export async function reserveItem(
	db: D1Database,
	{ workspace, space, key, digest, sizeBytes, sealedBy, by }: NewItem,
	room: Room,
	nowMs: number
): Promise<UploadReservation> {
	const r2Key = `${workspace}/${space}/inbox/${crypto.randomUUID()}`;
	const insert = db
		.prepare(
			`INSERT INTO inbox_items (workspace, space, key, digest, size_bytes, r2_key, sealed_by, by_token, received_at_ms)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM workspaces w
			WHERE w.id = ?1 AND w.used_bytes + ?5 <= coalesce(w.quota_bytes, ?10)
			AND (SELECT count(*) FROM inbox_items WHERE workspace = ?1 AND space = ?2 AND taken_at_ms IS NULL) < ?11
			ON CONFLICT (workspace, space, key) DO NOTHING`
		)
		.bind(workspace, space, key, digest, sizeBytes, r2Key, sealedBy, by, nowMs, room.quotaBytes, room.itemCount);
	return reserveUpload(db, itemPlace({ workspace, space, key }), insert, digest);
}

export function itemPlace({ workspace, space, key }: ItemAddress): UploadPlace {
	return { table: 'inbox_items', key: [workspace, space, key] };
}

export async function countWaiting(db: D1Database, workspace: string, space: string): Promise<number> {
	const waiting = await db
		.prepare('SELECT count(*) AS count FROM inbox_items WHERE workspace = ? AND space = ? AND taken_at_ms IS NULL')
		.bind(workspace, space)
		.first<number>('count');
	return waiting ?? 0;
}

type Row = Omit<ListedItem, 'isDiscarded'> & { readonly isDiscarded: number };

export async function readItems(
	db: D1DatabaseSession,
	workspace: string,
	space: string,
	isWaitingOnly: boolean,
	limit: number
): Promise<ListedItem[]> {
	const rows = await db
		.prepare(
			`SELECT key, size_bytes AS sizeBytes, received_at_ms AS receivedAtMs, by_token AS by, sealed_by AS sealedBy,
			claimed_by AS claimedBy, claimed_at_ms AS claimedAtMs, taken_at_ms AS takenAtMs, is_discarded AS isDiscarded
			FROM inbox_items WHERE workspace = ? AND space = ? AND stored_at_ms IS NOT NULL
			${isWaitingOnly ? 'AND taken_at_ms IS NULL' : ''}
			ORDER BY taken_at_ms IS NOT NULL, received_at_ms, key LIMIT ?`
		)
		.bind(workspace, space, limit)
		.all<Row>();
	return rows.results.map((row) => ({ ...row, isDiscarded: row.isDiscarded === 1 }));
}

/** Those of `keys` that are the claimer's afterwards. A claim that is taken from another device is told in the audit log. */
export async function claimItems(
	db: D1Database,
	{ workspace, space, keys }: { readonly workspace: string; readonly space: string; readonly keys: readonly string[] },
	from: string | null,
	claimer: string,
	nowMs: number
): Promise<string[]> {
	const json = JSON.stringify(keys);
	const told = { actor: claimer, action: 'item-released', subject: `${space}.${from ?? ''}`, atMs: nowMs } as const;
	const among = 'workspace = ?1 AND space = ?2 AND key IN (SELECT value FROM json_each(?3))';
	const results = await db.batch<{ key: string }>([
		db
			.prepare(
				`UPDATE inbox_items SET claimed_by = ?4, claimed_at_ms = ?5
				WHERE ${among} AND stored_at_ms IS NOT NULL AND taken_at_ms IS NULL AND claimed_by IS ?6`
			)
			.bind(workspace, space, json, claimer, nowMs, from),
		...(from === null || from === claimer ? [] : [auditIfChanged(db, workspace, told)]),
		db
			.prepare(`SELECT key FROM inbox_items WHERE ${among} AND claimed_by = ?4 AND taken_at_ms IS NULL`)
			.bind(workspace, space, json, claimer)
	]);
	return results.at(-1)?.results.map(({ key }) => key) ?? [];
}

export async function findItem(db: D1Database, item: ItemAddress): Promise<{ readonly r2Key: string } | null> {
	return db
		.prepare(`SELECT r2_key AS r2Key FROM inbox_items WHERE ${AT} AND stored_at_ms IS NOT NULL AND taken_at_ms IS NULL`)
		.bind(item.workspace, item.space, item.key)
		.first<{ readonly r2Key: string }>();
}

export type Settlement = {
	readonly workspace: string;
	readonly space: string;
	readonly keys: readonly string[];
	readonly outcome: 'taken' | 'discarded';
};

/** Of items that the token claimed. Those that are settled already are settled alike. */
export async function settleItems(
	db: D1Database,
	{ workspace, space, keys, outcome }: Settlement,
	claimer: string,
	nowMs: number
): Promise<string[]> {
	const json = JSON.stringify(keys);
	const mine = `workspace = ?1 AND space = ?2 AND key IN (SELECT value FROM json_each(?3)) AND claimed_by = ?4`;
	const results = await db.batch<{ key: string }>([
		db
			.prepare(
				`INSERT INTO trash (r2_key) SELECT r2_key FROM inbox_items WHERE ${mine} AND taken_at_ms IS NULL
				ON CONFLICT DO NOTHING`
			)
			.bind(workspace, space, json, claimer),
		db
			.prepare(`UPDATE inbox_items SET is_discarded = ?5, taken_at_ms = ?6 WHERE ${mine} AND taken_at_ms IS NULL`)
			.bind(workspace, space, json, claimer, outcome === 'discarded' ? 1 : 0, nowMs),
		db.prepare(`SELECT key FROM inbox_items WHERE ${mine}`).bind(workspace, space, json, claimer)
	]);
	return results.at(-1)?.results.map(({ key }) => key) ?? [];
}

/** Forgets what was taken long ago, and what never came to its end. How many rows went. */
export async function forgetItems(db: D1Database, limit: number, nowMs: number): Promise<number> {
	const old = `SELECT workspace, space, key FROM inbox_items WHERE taken_at_ms < ? LIMIT ${limit}`;
	const stuck = `FROM inbox_items WHERE stored_at_ms IS NULL AND received_at_ms < ? ORDER BY workspace, space, key LIMIT ${limit}`;
	const [forgotten] = await db.batch([
		db.prepare(`DELETE FROM inbox_items WHERE (workspace, space, key) IN (${old})`).bind(nowMs - KNOWN_MS),
		db.prepare(`INSERT INTO trash (r2_key) SELECT r2_key ${stuck} ON CONFLICT DO NOTHING`).bind(nowMs - DAY_MS),
		db
			.prepare(`DELETE FROM inbox_items WHERE (workspace, space, key) IN (SELECT workspace, space, key ${stuck})`)
			.bind(nowMs - DAY_MS)
	]);
	return forgotten?.meta.changes ?? 0;
}
