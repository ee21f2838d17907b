// Collecting objects in two cycles of marking, a day apart, and removing what both left out. See note: why two cycles.
//
// Note: why two cycles. A device that is uploading has objects on the edge that no ref names yet, and one that comes back may
// still name what another one just found dead. What was asked for within a day is never dead; what is dead is not removed
// before another cycle, a day later, left it out too; and whoever asks for it meanwhile revives it. Ages as in kopia.
import { auditIfChanged } from './audit.ts';

const DAY_MS = 86_400_000;
const IS_CURRENT = 'EXISTS (SELECT 1 FROM workspaces WHERE id = ?1 AND gc_cycle = ?2)';

export type Collected = { readonly dead: number; readonly condemned: number };

export async function beginCycle(db: D1Database, workspace: string, cycle: string, nowMs: number): Promise<void> {
	await db
		.prepare(
			`UPDATE workspaces SET gc_begun_at_ms = CASE WHEN gc_cycle = ?2 THEN gc_begun_at_ms ELSE ?3 END, gc_cycle = ?2
			WHERE id = ?1`
		)
		.bind(workspace, cycle, nowMs)
		.run();
}

/** Null: the cycle is not the current one. */
export async function markObjects(
	db: D1Database,
	workspace: string,
	cycle: string,
	space: string,
	ids: readonly string[]
): Promise<number | null> {
	const [current, marked] = await db.batch([
		db.prepare(`SELECT ${IS_CURRENT} AS yes`).bind(workspace, cycle),
		db
			.prepare(
				`UPDATE objects SET marked_in = ?2, dead_at_ms = NULL, condemned_at_ms = NULL
				WHERE workspace = ?1 AND space = ?3 AND id IN (SELECT value FROM json_each(?4)) AND ${IS_CURRENT}`
			)
			.bind(workspace, cycle, space, JSON.stringify(ids))
	]);
	const isCurrent = (current?.results[0] as { yes: number } | undefined)?.yes === 1;
	return isCurrent ? (marked?.meta.changes ?? 0) : null;
}

/** Null: the cycle is not the current one. */
export async function endCycle(
	db: D1Database,
	workspace: string,
	cycle: string,
	actor: string,
	nowMs: number
): Promise<Collected | null> {
	const told = { actor, action: 'gc-ended', subject: cycle, atMs: nowMs } as const;
	const unmarked = `workspace = ?1 AND marked_in IS NOT ?2 AND stored_at_ms IS NOT NULL AND ${IS_CURRENT}`;
	const [condemned, dead, ended] = await db.batch([
		db
			.prepare(
				`UPDATE objects SET condemned_at_ms = ?3
				WHERE ${unmarked} AND dead_at_ms <= ?4 AND condemned_at_ms IS NULL`
			)
			.bind(workspace, cycle, nowMs, nowMs - DAY_MS),
		db
			.prepare(
				`UPDATE objects SET dead_at_ms = ?3 WHERE ${unmarked} AND dead_at_ms IS NULL
				AND touched_at_ms < (SELECT gc_begun_at_ms FROM workspaces WHERE id = ?1) - ${DAY_MS}`
			)
			.bind(workspace, cycle, nowMs),
		db
			.prepare('UPDATE workspaces SET gc_cycle = NULL, gc_begun_at_ms = NULL WHERE id = ? AND gc_cycle = ?')
			.bind(workspace, cycle),
		auditIfChanged(db, workspace, told)
	]);
	if (!ended?.meta.changes) return null;
	return { dead: dead?.meta.changes ?? 0, condemned: condemned?.meta.changes ?? 0 };
}

/** Moves condemned objects, and uploads that never ended, from the index to the trash. How many were moved. */
export async function discardObjects(db: D1Database, limit: number, nowMs: number): Promise<number> {
	let discarded = 0;
	for (const { condition, bound } of [
		{ condition: 'condemned_at_ms IS NOT NULL', bound: [] },
		{ condition: 'stored_at_ms IS NULL AND touched_at_ms < ?', bound: [nowMs - DAY_MS] }
	]) {
		const chosen = `FROM objects WHERE ${condition} ORDER BY workspace, space, id LIMIT ${limit}`;
		// Counted where they go to: D1 adds what triggers change, as they do where objects are deleted.
		const [added] = await db.batch([
			db.prepare(`INSERT INTO trash (r2_key) SELECT r2_key ${chosen}`).bind(...bound),
			db
				.prepare(`DELETE FROM objects WHERE (workspace, space, id) IN (SELECT workspace, space, id ${chosen})`)
				.bind(...bound)
		]);
		discarded += added?.meta.changes ?? 0;
	}
	return discarded;
}

export async function addToTrash(db: D1Database, r2Key: string): Promise<void> {
	await db.prepare('INSERT INTO trash (r2_key) VALUES (?) ON CONFLICT DO NOTHING').bind(r2Key).run();
}

export async function readTrash(db: D1Database, limit: number): Promise<string[]> {
	const rows = await db.prepare('SELECT r2_key AS r2Key FROM trash LIMIT ?').bind(limit).all<{ r2Key: string }>();
	return rows.results.map(({ r2Key }) => r2Key);
}

export async function emptyTrash(db: D1Database, r2Keys: readonly string[]): Promise<void> {
	await db
		.prepare('DELETE FROM trash WHERE r2_key IN (SELECT value FROM json_each(?))')
		.bind(JSON.stringify(r2Keys))
		.run();
}
