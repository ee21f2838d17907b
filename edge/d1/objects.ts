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
	const found = await db
		.prepare(
			`SELECT id, touched_at_ms < ?4 OR dead_at_ms IS NOT NULL AS isFading FROM objects
			WHERE ${STORED} AND id IN (SELECT value FROM json_each(?3))`
		)
		.bind(workspace, space, JSON.stringify(ids), nowMs - TOUCHED_MS)
		.all<{ id: string; isFading: number }>();
	const there = new Set(found.results.flatMap(({ id, isFading }) => (isFading ? [] : [id])));
	const fading = found.results.flatMap(({ id, isFading }) => (isFading ? [id] : []));
	if (fading.length > 0) {
		const json = JSON.stringify(fading);
		const [, still] = await db.batch<{ id: string }>([
			reviveObjects(db, workspace, space, json, nowMs),
			// What was condemned may have gone meanwhile.
			db
				.prepare(`SELECT id FROM objects WHERE ${STORED} AND id IN (SELECT value FROM json_each(?3))`)
				.bind(workspace, space, json)
		]);
		for (const { id } of still?.results ?? []) there.add(id);
	}
	return ids.filter((id) => !there.has(id));
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
	return reservationOf(row?.results[0], digest);
}

/** As `reserveObject`, of several objects at once: all that are new find room, or none does. */
export async function reserveObjects(
	db: D1Database,
	workspace: string,
	space: string,
	uploads: readonly Omit<Upload, 'workspace' | 'space'>[],
	room: Room,
	nowMs: number
): Promise<ReadonlyMap<string, Reservation>> {
	const rows = uploads.map((one) => ({ ...one, r2Key: `${workspace}/${space}/${one.id}/${crypto.randomUUID()}` }));
	const [json, ids] = [JSON.stringify(rows), JSON.stringify(uploads.map(({ id }) => id))];
	const there = 'SELECT id FROM objects WHERE workspace = ?1 AND space = ?2';
	const [, , , found] = await db.batch<{ id: string; digest: string; r2Key: string; storedAtMs: number | null }>([
		reviveObjects(db, workspace, space, ids, nowMs),
		db
			.prepare(
				`INSERT INTO trash (r2_key) SELECT r2_key FROM objects o JOIN json_each(?3) j ON o.id = j.value ->> 'id'
				WHERE o.workspace = ?1 AND o.space = ?2 AND o.stored_at_ms IS NULL AND o.digest <> j.value ->> 'digest'
				ON CONFLICT DO NOTHING`
			)
			.bind(workspace, space, json),
		db
			.prepare(
				`INSERT INTO objects (workspace, space, id, digest, size_bytes, r2_key, touched_at_ms)
				SELECT ?1, ?2, value ->> 'id', value ->> 'digest', value ->> 'sizeBytes', value ->> 'r2Key', ?4
				FROM json_each(?3), workspaces w,
					(SELECT count(*) AS more, coalesce(sum(value ->> 'sizeBytes'), 0) AS size FROM json_each(?3)
					WHERE value ->> 'id' NOT IN (${there})) AS fresh
				WHERE w.id = ?1 AND w.used_bytes + fresh.size <= coalesce(w.quota_bytes, ?5) AND w.object_count + fresh.more <= ?6
				ON CONFLICT (workspace, space, id) DO UPDATE SET
					r2_key = CASE WHEN digest = excluded.digest THEN r2_key ELSE excluded.r2_key END,
					digest = excluded.digest, size_bytes = excluded.size_bytes, touched_at_ms = excluded.touched_at_ms
				WHERE stored_at_ms IS NULL`
			)
			.bind(workspace, space, json, nowMs, room.quotaBytes, room.objectCount),
		db
			.prepare(
				`SELECT id, digest, r2_key AS r2Key, stored_at_ms AS storedAtMs FROM objects
				WHERE workspace = ?1 AND space = ?2 AND id IN (SELECT value FROM json_each(?3))`
			)
			.bind(workspace, space, ids)
	]);
	const byId = new Map(found?.results.map((row) => [row.id, row]));
	return new Map(uploads.map(({ id, digest }) => [id, reservationOf(byId.get(id), digest)]));
}

function reservationOf(
	row: { readonly digest: string; readonly r2Key: string; readonly storedAtMs: number | null } | undefined,
	digest: string
): Reservation {
	if (!row) return { kind: 'full' };
	if (row.storedAtMs !== null) return { kind: 'stored', digest: row.digest };
	// One of other bytes that is under way while there is no room for this one.
	return row.digest === digest ? { kind: 'reserved', r2Key: row.r2Key } : { kind: 'full' };
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

/** Which of several uploads are stored from now on; the others are as `confirmObject` says. */
export async function confirmObjects(
	db: D1Database,
	workspace: string,
	space: string,
	r2Keys: readonly string[],
	nowMs: number
): Promise<ReadonlySet<string>> {
	const stored = await db
		.prepare(
			`UPDATE objects SET stored_at_ms = coalesce(stored_at_ms, ?) WHERE workspace = ? AND space = ?
			AND r2_key IN (SELECT value FROM json_each(?)) RETURNING r2_key AS r2Key`
		)
		.bind(nowMs, workspace, space, JSON.stringify(r2Keys))
		.all<{ r2Key: string }>();
	return new Set(stored.results.map(({ r2Key }) => r2Key));
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

/** Those of `ids` that are there, in their order. */
export async function findObjects(
	db: D1Database,
	workspace: string,
	space: string,
	ids: readonly string[]
): Promise<readonly (StoredObject & { readonly id: string })[]> {
	const found = await db
		.prepare(
			`SELECT o.id, o.r2_key AS r2Key, o.digest, o.size_bytes AS sizeBytes FROM json_each(?3) j
			JOIN objects o ON o.id = j.value WHERE ${STORED} ORDER BY j.key`
		)
		.bind(workspace, space, JSON.stringify(ids))
		.all<StoredObject & { id: string }>();
	return found.results;
}

/** Of an object whose bytes are gone: from then on it counts as missing, and a device can send it again. */
export async function forgetObject(db: D1Database, r2Key: string, { workspace, space, id }: ObjectAddress) {
	await db
		.prepare('DELETE FROM objects WHERE workspace = ? AND space = ? AND id = ? AND r2_key = ?')
		.bind(workspace, space, id, r2Key)
		.run();
}
