// The audit log: entries come with what they tell, in one transaction, and are chained afterwards.
import { auditBytes, type AuditEntry } from '#core/contract/audit.ts';
import { hashOf } from '../bytes.ts';

type Told = Pick<AuditEntry, 'actor' | 'action' | 'subject' | 'atMs'>;
type Unchained = Omit<AuditEntry, 'hash'>;

const COLUMNS = 'seq, at_ms AS atMs, actor, action, subject';
/** How many entries a request or a tidying chains. */
const CHAINED = 500;

/** Follows a statement in a batch: an entry only where that one changed a row. */
export function auditIfChanged(db: D1Database, workspace: string, told: Told): D1PreparedStatement {
	return auditStatement(db, workspace, told, 'changes() > 0');
}

/** Where it is not to be told, the same is asked of the database, and nothing written. */
export async function appendAudit(db: D1Database, workspace: string, told: Told, isTold: boolean): Promise<void> {
	await auditStatement(db, workspace, told, isTold ? 'TRUE' : 'FALSE').run();
}

function auditStatement(
	db: D1Database,
	workspace: string,
	{ actor, action, subject, atMs }: Told,
	condition: string
): D1PreparedStatement {
	return db
		.prepare(
			`INSERT INTO audit (workspace, seq, at_ms, actor, action, subject)
			SELECT ?1, coalesce((SELECT max(seq) FROM audit WHERE workspace = ?1), 0) + 1, ?2, ?3, ?4, ?5 WHERE ${condition}`
		)
		.bind(workspace, atMs, actor, action, subject);
}

/** Gives entries the hash that follows from those before them. Whoever does the same at once writes the same. */
export async function chainAudit(db: D1Database, workspace: string): Promise<void> {
	const open = await db
		.prepare(`SELECT ${COLUMNS} FROM audit WHERE workspace = ? AND hash IS NULL ORDER BY seq LIMIT ${CHAINED}`)
		.bind(workspace)
		.all<Unchained>();
	const first = open.results[0];
	if (!first) return;
	let hash = await db
		.prepare('SELECT hash FROM audit WHERE workspace = ? AND seq = ?')
		.bind(workspace, first.seq - 1)
		.first<string>('hash');
	const updates: D1PreparedStatement[] = [];
	for (const entry of open.results) {
		hash = await hashOf(auditBytes(workspace, entry, hash));
		updates.push(
			db
				.prepare('UPDATE audit SET hash = ? WHERE workspace = ? AND seq = ? AND hash IS NULL')
				.bind(hash, workspace, entry.seq)
		);
	}
	await db.batch(updates);
}

export async function chainAllAudits(db: D1Database): Promise<void> {
	const open = await db
		.prepare('SELECT DISTINCT workspace FROM audit WHERE hash IS NULL LIMIT 100')
		.all<{ workspace: string }>();
	for (const { workspace } of open.results) await chainAudit(db, workspace);
}

/** Chained entries after `after`, and the last of all. */
export async function readAudit(
	db: D1Database,
	workspace: string,
	after: number,
	limit: number
): Promise<{ readonly entries: AuditEntry[]; readonly tip: Pick<AuditEntry, 'seq' | 'hash'> | null }> {
	const [entries, tip] = await db.batch([
		db
			.prepare(
				`SELECT ${COLUMNS}, hash FROM audit WHERE workspace = ? AND hash IS NOT NULL AND seq > ? ORDER BY seq LIMIT ?`
			)
			.bind(workspace, after, limit),
		db
			.prepare('SELECT seq, hash FROM audit WHERE workspace = ? AND hash IS NOT NULL ORDER BY seq DESC LIMIT 1')
			.bind(workspace)
	]);
	return {
		entries: (entries?.results ?? []) as AuditEntry[],
		tip: (tip?.results[0] as Pick<AuditEntry, 'seq' | 'hash'> | undefined) ?? null
	};
}
