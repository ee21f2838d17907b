// The index of objects: which are there, how large they are, where their bytes lie, and who still asks for them.

export type ObjectAddress = { readonly workspace: string; readonly space: string; readonly id: string };
export type Upload = ObjectAddress & { readonly digest: string; readonly sizeBytes: number };
export type StoredObject = { readonly r2Key: string; readonly digest: string; readonly sizeBytes: number };
export type Reservation =
	| { readonly kind: 'reserved'; readonly r2Key: string }
	| { readonly kind: 'stored'; readonly digest: string }
	| { readonly kind: 'full' };
type Room = { readonly quotaBytes: number; readonly objectCount: number };

/** What is asked for again within it is written once. */
const TOUCHED_MS = 3_600_000;
const STORED = 'workspace = ?1 AND space = ?2 AND stored_at_ms IS NOT NULL';

/** Those of `ids` that are missing; the others are kept from now on for another day. */
export async function findMissing(
	db: D1Database,
	workspace: string,
	space: string,
	ids: readonly string[],
	nowMs: number
): Promise<string[]> {
	const json = JSON.stringify(ids);
	const [, missing] = await db.batch<{ id: string }>([
		reviveObjects(db, workspace, space, json, nowMs),
		db
			.prepare(
				`SELECT value AS id FROM json_each(?3) WHERE value NOT IN
				(SELECT id FROM objects WHERE ${STORED} AND id IN (SELECT value FROM json_each(?3)))`
			)
			.bind(workspace, space, json)
	]);
	return missing?.results.map(({ id }) => id) ?? [];
}

/** Keeps objects from being collected; `json` is a list of ids. */
export function reviveObjects(
	db: D1Database,
	workspace: string,
	space: string,
	json: string,
	nowMs: number
): D1PreparedStatement {
	return db
		.prepare(
			`UPDATE objects SET touched_at_ms = ?4, dead_at_ms = NULL, condemned_at_ms = NULL
			WHERE ${STORED} AND id IN (SELECT value FROM json_each(?3)) AND (touched_at_ms < ?5 OR dead_at_ms IS NOT NULL)`
		)
		.bind(workspace, space, json, nowMs, nowMs - TOUCHED_MS);
}

/**
 * Takes room for an upload before its bytes arrive, so that many at once cannot go beyond the quota together. An upload that
 * was begun and never ended is begun again; where it was of other bytes, those are left to the trash.
 */
export async function reserveObject(
	db: D1Database,
	{ workspace, space, id, digest, sizeBytes }: Upload,
	room: Room,
	nowMs: number
): Promise<Reservation> {
	const r2Key = `${workspace}/${space}/${id}/${crypto.randomUUID()}`;
	const [, , , row] = await db.batch<{ digest: string; r2Key: string; storedAtMs: number | null }>([
		reviveObjects(db, workspace, space, JSON.stringify([id]), nowMs),
		db
			.prepare(
				`INSERT INTO trash (r2_key) SELECT r2_key FROM objects
				WHERE workspace = ? AND space = ? AND id = ? AND stored_at_ms IS NULL AND digest <> ? ON CONFLICT DO NOTHING`
			)
			.bind(workspace, space, id, digest),
		db
			.prepare(
				`INSERT INTO objects (workspace, space, id, digest, size_bytes, r2_key, touched_at_ms)
				SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM workspaces w
				WHERE w.id = ?1 AND w.used_bytes + ?5 <= coalesce(w.quota_bytes, ?8) AND w.object_count < ?9
				ON CONFLICT (workspace, space, id) DO UPDATE SET
					r2_key = CASE WHEN digest = ?4 THEN r2_key ELSE ?6 END,
					digest = ?4, size_bytes = ?5, touched_at_ms = ?7
				WHERE stored_at_ms IS NULL`
			)
			.bind(workspace, space, id, digest, sizeBytes, r2Key, nowMs, room.quotaBytes, room.objectCount),
		db
			.prepare(
				`SELECT digest, r2_key AS r2Key, stored_at_ms AS storedAtMs FROM objects
				WHERE workspace = ? AND space = ? AND id = ?`
			)
			.bind(workspace, space, id)
	]);
	const there = row?.results[0];
	if (!there) return { kind: 'full' };
	if (there.storedAtMs !== null) return { kind: 'stored', digest: there.digest };
	// One of other bytes that is under way while there is no room for this one.
	return there.digest === digest ? { kind: 'reserved', r2Key: there.r2Key } : { kind: 'full' };
}

/** False: the reservation went to another upload meanwhile, or was given up. */
export async function confirmObject(
	db: D1Database,
	{ workspace, space, id }: ObjectAddress,
	r2Key: string,
	nowMs: number
): Promise<boolean> {
	const stored = await db
		.prepare(
			`UPDATE objects SET stored_at_ms = coalesce(stored_at_ms, ?) WHERE workspace = ? AND space = ? AND id = ? AND r2_key = ?`
		)
		.bind(nowMs, workspace, space, id, r2Key)
		.run();
	return stored.meta.changes > 0;
}

/** Gives the room of an upload back that did not come to its end. */
export async function releaseObject(db: D1Database, r2Key: string, { workspace, space, id }: ObjectAddress) {
	await db
		.prepare('DELETE FROM objects WHERE workspace = ? AND space = ? AND id = ? AND r2_key = ? AND stored_at_ms IS NULL')
		.bind(workspace, space, id, r2Key)
		.run();
}

export async function findObject(
	db: D1Database,
	{ workspace, space, id }: ObjectAddress
): Promise<StoredObject | null> {
	return db
		.prepare(
			`SELECT r2_key AS r2Key, digest, size_bytes AS sizeBytes FROM objects
			WHERE workspace = ? AND space = ? AND id = ? AND stored_at_ms IS NOT NULL`
		)
		.bind(workspace, space, id)
		.first<StoredObject>();
}

/** Of an object whose bytes are gone: from then on it counts as missing, and a device can send it again. */
export async function forgetObject(db: D1Database, r2Key: string, { workspace, space, id }: ObjectAddress) {
	await db
		.prepare('DELETE FROM objects WHERE workspace = ? AND space = ? AND id = ? AND r2_key = ?')
		.bind(workspace, space, id, r2Key)
		.run();
}
