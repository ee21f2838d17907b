// Uploads of which a row is there before their bytes: reserved, filled or given back, alike in all tables that have them.

/** What finds the row of one; parameters ?1 to ?3 are its key. */
export const atUpload = {
	inbox_items: 'workspace = ?1 AND space = ?2 AND key = ?3',
	published_files: 'workspace = ?1 AND publication = ?2 AND file = ?3'
} as const;

/** Where one is kept, and its key there. */
export type UploadPlace = { readonly table: keyof typeof atUpload; readonly key: readonly [string, string, string] };
export type UploadReservation =
	| { readonly kind: 'reserved'; readonly r2Key: string }
	| { readonly kind: 'stored'; readonly digest: string }
	| { readonly kind: 'full' };

/** `insert` makes the row where there is room for it, and leaves one that is there. One that never came to its end is begun again, if it is the same. */
export async function reserveUpload(
	db: D1Database,
	{ table, key }: UploadPlace,
	insert: D1PreparedStatement,
	digest: string
): Promise<UploadReservation> {
	const [, row] = await db.batch<{ digest: string; r2Key: string; storedAtMs: number | null }>([
		insert,
		db
			.prepare(`SELECT digest, r2_key AS r2Key, stored_at_ms AS storedAtMs FROM ${table} WHERE ${atUpload[table]}`)
			.bind(...key)
	]);
	const there = row?.results[0];
	if (!there) return { kind: 'full' };
	return there.storedAtMs === null && there.digest === digest
		? { kind: 'reserved', r2Key: there.r2Key }
		: { kind: 'stored', digest: there.digest };
}

/** False: it was given up meanwhile. */
export async function confirmUpload(
	db: D1Database,
	{ table, key }: UploadPlace,
	r2Key: string,
	nowMs: number
): Promise<boolean> {
	const stored = await db
		.prepare(`UPDATE ${table} SET stored_at_ms = coalesce(stored_at_ms, ?5) WHERE ${atUpload[table]} AND r2_key = ?4`)
		.bind(...key, r2Key, nowMs)
		.run();
	return stored.meta.changes > 0;
}

export async function releaseUpload(db: D1Database, { table, key }: UploadPlace, r2Key: string): Promise<void> {
	await db
		.prepare(`DELETE FROM ${table} WHERE ${atUpload[table]} AND r2_key = ?4 AND stored_at_ms IS NULL`)
		.bind(...key, r2Key)
		.run();
}
