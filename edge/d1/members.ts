// The membership log as rows: appended by compare-and-swap on its last hash, and on the refs where an entry says where they are.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listMembers } from '#core/contract/members.ts';
import { hashOfText } from '../bytes.ts';
import { auditIfChanged } from './audit.ts';

type Entry = AnswerOf<typeof listMembers>['entries'][number];
type Place = Pick<Entry, 'seq' | 'hash'>;
export type Appended =
	{ readonly place: Place; readonly isRepeated: boolean } | { readonly place: null; readonly tip: Place | null };

type NewEntry = {
	readonly workspace: string;
	readonly prev: string | null;
	readonly entry: string;
	readonly refs?: readonly string[] | undefined;
};

export async function readMembers(
	db: D1DatabaseSession,
	workspace: string,
	after: number,
	limit: number
): Promise<Entry[]> {
	const rows = await db
		.prepare('SELECT seq, hash, entry FROM members WHERE workspace = ? AND seq > ? ORDER BY seq LIMIT ?')
		.bind(workspace, after, limit)
		.all<Entry>();
	return rows.results;
}

export async function appendMember(
	db: D1Database,
	{ workspace, prev, entry, refs }: NewEntry,
	actor: string,
	nowMs: number
): Promise<Appended> {
	const hash = await hashOfText(entry);
	const told = { actor, action: 'member-appended', subject: hash, atMs: nowMs } as const;
	const [inserted, , place, tip] = await db.batch<Place>([
		db
			.prepare(
				`INSERT INTO members (workspace, seq, hash, entry)
				SELECT ?1, coalesce((SELECT max(seq) FROM members WHERE workspace = ?1), 0) + 1, ?2, ?3
				WHERE (SELECT hash FROM members WHERE workspace = ?1 ORDER BY seq DESC LIMIT 1) IS ?4
				AND (?5 IS NULL OR NOT EXISTS (SELECT 1 FROM refs WHERE workspace = ?1 AND hash NOT IN (SELECT value FROM json_each(?5))))
				ON CONFLICT DO NOTHING`
			)
			.bind(workspace, hash, entry, prev, refs ? JSON.stringify(refs) : null),
		auditIfChanged(db, workspace, told),
		db.prepare('SELECT seq, hash FROM members WHERE workspace = ? AND hash = ?').bind(workspace, hash),
		db.prepare('SELECT seq, hash FROM members WHERE workspace = ? ORDER BY seq DESC LIMIT 1').bind(workspace)
	]);
	const stands = place?.results[0];
	if (stands) return { place: stands, isRepeated: inserted?.meta.changes === 0 };
	return { place: null, tip: tip?.results[0] ?? null };
}
