// Publications as rows: which files came for them, and which one each of them shows.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listPublications } from '#core/contract/publications.ts';
import { auditIfChanged } from './audit.ts';
import { atUpload, reserveUpload, type UploadPlace, type UploadReservation } from './uploads.ts';

export type FileAddress = { readonly workspace: string; readonly publication: string; readonly file: string };
type NewFile = FileAddress & { readonly digest: string; readonly sizeBytes: number };
type Room = { readonly quotaBytes: number; readonly fileCount: number };
export type PublishedColumn = { readonly name: string; readonly type: string };
type ListedPublication = AnswerOf<typeof listPublications>['publications'][number];
/** What anybody is shown. */
export type Published = {
	readonly workspace: string;
	readonly name: string;
	readonly file: string;
	readonly rowCount: number;
	readonly columns: readonly PublishedColumn[];
	readonly publishedAtMs: number;
	readonly sizeBytes: number;
	readonly r2Key: string;
};

const AT = atUpload.published_files;
const DAY_MS = 86_400_000;

/** As `reserveObject`: room first. What another publication has under the id is as if there were no room. */
export async function reserveFile(
	db: D1Database,
	{ workspace, publication, file, digest, sizeBytes }: NewFile,
	room: Room,
	nowMs: number
): Promise<UploadReservation> {
	const r2Key = `${workspace}/published/${publication}/${crypto.randomUUID()}`;
	const insert = db
		.prepare(
			`INSERT INTO published_files (workspace, publication, file, digest, size_bytes, r2_key, begun_at_ms)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM workspaces w
			WHERE w.id = ?1 AND w.used_bytes + ?5 <= coalesce(w.quota_bytes, ?8)
			AND (SELECT count(*) FROM published_files WHERE workspace = ?1 AND publication = ?2) < ?9
			ON CONFLICT (workspace, publication, file) DO NOTHING`
		)
		.bind(workspace, publication, file, digest, sizeBytes, r2Key, nowMs, room.quotaBytes, room.fileCount);
	return reserveUpload(db, filePlace({ workspace, publication, file }), insert, digest);
}

export function filePlace({ workspace, publication, file }: FileAddress): UploadPlace {
	return { table: 'published_files', key: [workspace, publication, file] };
}

export async function findFile(
	db: D1Database,
	at: FileAddress
): Promise<{ readonly r2Key: string; readonly sizeBytes: number } | null> {
	return db
		.prepare(
			`SELECT r2_key AS r2Key, size_bytes AS sizeBytes FROM published_files WHERE ${AT} AND stored_at_ms IS NOT NULL`
		)
		.bind(at.workspace, at.publication, at.file)
		.first<{ readonly r2Key: string; readonly sizeBytes: number }>();
}

export async function countFiles(db: D1Database, workspace: string, publication: string): Promise<number> {
	const count = await db
		.prepare('SELECT count(*) AS count FROM published_files WHERE workspace = ? AND publication = ?')
		.bind(workspace, publication)
		.first<number>('count');
	return count ?? 0;
}

type NewPublication = FileAddress & {
	readonly name: string;
	readonly rowCount: number;
	readonly columns: readonly PublishedColumn[];
};

/** Shows the file from now on; others of the publication go. False: the workspace has so many, or the id is another one's. */
export async function publishFile(
	db: D1Database,
	{ workspace, publication, file, name, rowCount, columns }: NewPublication,
	limit: number,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'published', subject: `${publication}.${file}`, atMs: nowMs } as const;
	const isOurs = 'EXISTS (SELECT 1 FROM publications WHERE id = ?2 AND workspace = ?1 AND file = ?3)';
	const others = `FROM published_files WHERE workspace = ?1 AND publication = ?2 AND file <> ?3 AND stored_at_ms IS NOT NULL AND ${isOurs}`;
	const [written] = await db.batch([
		db
			.prepare(
				`INSERT INTO publications (id, workspace, file, name, row_count, columns, published_at_ms)
				SELECT ?2, ?1, ?3, ?4, ?5, ?6, ?7
				WHERE (SELECT count(*) FROM publications WHERE workspace = ?1 AND id <> ?2) < ?8
				ON CONFLICT (id) DO UPDATE SET file = ?3, name = ?4, row_count = ?5, columns = ?6, published_at_ms = ?7
				WHERE workspace = ?1`
			)
			.bind(workspace, publication, file, name, rowCount, JSON.stringify(columns), nowMs, limit),
		auditIfChanged(db, workspace, told),
		db
			.prepare(`INSERT INTO trash (r2_key) SELECT r2_key ${others} ON CONFLICT DO NOTHING`)
			.bind(workspace, publication, file),
		db.prepare(`DELETE ${others}`).bind(workspace, publication, file)
	]);
	return written?.meta.changes !== 0;
}

/** False: there was none. */
export async function removePublication(
	db: D1Database,
	workspace: string,
	publication: string,
	actor: string,
	nowMs: number
): Promise<boolean> {
	const told = { actor, action: 'unpublished', subject: publication, atMs: nowMs } as const;
	const files = 'FROM published_files WHERE workspace = ? AND publication = ?';
	const [removed] = await db.batch([
		db.prepare('DELETE FROM publications WHERE id = ?2 AND workspace = ?1').bind(workspace, publication),
		auditIfChanged(db, workspace, told),
		db.prepare(`INSERT INTO trash (r2_key) SELECT r2_key ${files} ON CONFLICT DO NOTHING`).bind(workspace, publication),
		db.prepare(`DELETE ${files}`).bind(workspace, publication)
	]);
	return removed?.meta.changes !== 0;
}

export async function readPublications(db: D1Database, workspace: string): Promise<ListedPublication[]> {
	const rows = await db
		.prepare(
			`SELECT p.id AS publication, p.name, p.file, p.row_count AS rowCount, p.columns, p.published_at_ms AS publishedAtMs,
			coalesce(f.size_bytes, 0) AS sizeBytes
			FROM publications p LEFT JOIN published_files f
				ON f.workspace = p.workspace AND f.publication = p.id AND f.file = p.file
			WHERE p.workspace = ? ORDER BY p.published_at_ms, p.id`
		)
		.bind(workspace)
		.all<Omit<ListedPublication, 'columns'> & { readonly columns: string }>();
	return rows.results.map((row) => ({ ...row, columns: columnsOf(row.columns).map(({ name }) => name) }));
}

export async function findPublished(db: D1Database, publication: string): Promise<Published | null> {
	const row = await db
		.prepare(
			`SELECT p.workspace, p.name, p.file, p.row_count AS rowCount, p.columns, p.published_at_ms AS publishedAtMs,
			f.size_bytes AS sizeBytes, f.r2_key AS r2Key
			FROM publications p JOIN published_files f
				ON f.workspace = p.workspace AND f.publication = p.id AND f.file = p.file AND f.stored_at_ms IS NOT NULL
			WHERE p.id = ?`
		)
		.bind(publication)
		.first<Omit<Published, 'columns'> & { readonly columns: string }>();
	return row && { ...row, columns: columnsOf(row.columns) };
}

/** What came for a publication a day ago and is not shown. */
export async function discardFiles(db: D1Database, limit: number, nowMs: number): Promise<number> {
	const old = `FROM published_files WHERE begun_at_ms < ? AND NOT EXISTS (
		SELECT 1 FROM publications p WHERE p.id = published_files.publication AND p.file = published_files.file
		AND p.workspace = published_files.workspace) ORDER BY workspace, publication, file LIMIT ${limit}`;
	const [added] = await db.batch([
		db.prepare(`INSERT INTO trash (r2_key) SELECT r2_key ${old} ON CONFLICT DO NOTHING`).bind(nowMs - DAY_MS),
		db
			.prepare(
				`DELETE FROM published_files WHERE (workspace, publication, file) IN (SELECT workspace, publication, file ${old})`
			)
			.bind(nowMs - DAY_MS)
	]);
	return added?.meta.changes ?? 0;
}

/** As this file wrote them. */
function columnsOf(json: string): readonly PublishedColumn[] {
	return JSON.parse(json) as readonly PublishedColumn[];
}
