// Key slots as rows.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listSlots } from '#core/contract/slots.ts';
import { auditIfChanged } from './audit.ts';

type Slot = AnswerOf<typeof listSlots>['slots'][number];
type NewSlot = { readonly workspace: string; readonly slot: string; readonly sealed: string };

export async function readSlots(db: D1DatabaseSession, workspace: string): Promise<Slot[]> {
	const rows = await db
		.prepare('SELECT slot, sealed, written_at_ms AS writtenAtMs FROM slots WHERE workspace = ? ORDER BY slot')
		.bind(workspace)
		.all<Slot>();
	return rows.results;
}

/** False: there are `limit` others. */
export async function writeSlot(
	db: D1Database,
	{ workspace, slot, sealed }: NewSlot,
	limit: number,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'slot-written', subject: slot, atMs: nowMs } as const;
	const [written] = await db.batch([
		db
			.prepare(
				`INSERT INTO slots (workspace, slot, sealed, written_at_ms) SELECT ?1, ?2, ?3, ?4
				WHERE (SELECT count(*) FROM slots WHERE workspace = ?1 AND slot <> ?2) < ?5
				ON CONFLICT (workspace, slot) DO UPDATE SET sealed = ?3, written_at_ms = ?4`
			)
			.bind(workspace, slot, sealed, nowMs, limit),
		auditIfChanged(db, workspace, told)
	]);
	return written?.meta.changes !== 0;
}

/** False: there was none. */
export async function removeSlot(
	db: D1Database,
	workspace: string,
	slot: string,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'slot-removed', subject: slot, atMs: nowMs } as const;
	const [removed] = await db.batch([
		db.prepare('DELETE FROM slots WHERE workspace = ? AND slot = ?').bind(workspace, slot),
		auditIfChanged(db, workspace, told)
	]);
	return removed?.meta.changes !== 0;
}
