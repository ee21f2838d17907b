// Refs as rows: a compare-and-swap is one transaction, which takes the step, checks what it needs, and moves the ref.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { listRefLog, listRefs } from '#core/contract/refs.ts';
import { auditIfChanged } from './audit.ts';
import { reviveObjects } from './objects.ts';

type Ref = AnswerOf<typeof listRefs>['refs'][number];
type Step = AnswerOf<typeof listRefLog>['entries'][number];
type Tip = Pick<Step, 'seq' | 'hash'>;
export type RefAddress = { readonly workspace: string; readonly space: string; readonly token: string };
export type NewStep = RefAddress & Step & { readonly needs: readonly string[] };
export type Moved =
	| { readonly kind: 'moved'; readonly isRepeated: boolean }
	| { readonly kind: 'elsewhere'; readonly tip: Tip | null }
	| { readonly kind: 'missing'; readonly ids: string[]; readonly count: number }
	| { readonly kind: 'too-many-refs' };

const AT = 'workspace = ?1 AND space = ?2 AND token = ?3';
/** How many missing ids are told. */
const TOLD = 1000;

export async function moveRef(
	db: D1Database,
	step: NewStep,
	limit: number,
	actor: string,
	nowMs: number
): Promise<Moved> {
	const { workspace, space, token, seq, prev, hash, record } = step;
	const needs = JSON.stringify(step.needs);
	const told = { actor, action: 'ref-moved', subject: `${space}.${token}.${seq}`, atMs: nowMs } as const;
	const [, taken, , , found, missing] = await db.batch<Record<string, unknown>>([
		reviveObjects(db, workspace, space, needs, nowMs),
		db
			.prepare(
				`INSERT INTO ref_log (workspace, space, token, seq, prev, hash, record)
				SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
				WHERE CASE WHEN EXISTS (SELECT 1 FROM refs WHERE ${AT})
					THEN EXISTS (SELECT 1 FROM refs WHERE ${AT} AND hash = ?5 AND seq = ?4 - 1)
					ELSE ?5 IS NULL AND (SELECT count(*) FROM refs WHERE workspace = ?1) < ?9 END
				AND NOT EXISTS (SELECT 1 FROM json_each(?8) need WHERE NOT EXISTS (SELECT 1 FROM objects
					WHERE workspace = ?1 AND space = ?2 AND id = need.value AND stored_at_ms IS NOT NULL))
				ON CONFLICT DO NOTHING`
			)
			.bind(workspace, space, token, seq, prev, hash, record, needs, limit),
		auditIfChanged(db, workspace, told),
		db
			.prepare(
				`INSERT INTO refs (workspace, space, token, seq, hash, record)
				SELECT workspace, space, token, seq, hash, record FROM ref_log WHERE ${AT} AND seq = ?4 AND hash = ?5
				ON CONFLICT (workspace, space, token) DO UPDATE
				SET seq = excluded.seq, hash = excluded.hash, record = excluded.record WHERE excluded.seq > refs.seq`
			)
			.bind(workspace, space, token, seq, hash),
		db
			.prepare(
				`SELECT EXISTS (SELECT 1 FROM ref_log WHERE ${AT} AND seq = ?4 AND hash = ?5) AS isTaken,
				(SELECT seq FROM refs WHERE ${AT}) AS seq, (SELECT hash FROM refs WHERE ${AT}) AS hash`
			)
			.bind(workspace, space, token, seq, hash),
		db
			.prepare(
				`SELECT need.value AS id FROM json_each(?3) need WHERE NOT EXISTS (SELECT 1 FROM objects
					WHERE workspace = ?1 AND space = ?2 AND id = need.value AND stored_at_ms IS NOT NULL)`
			)
			.bind(workspace, space, needs)
	]);
	const state = found?.results[0] as { isTaken: number; seq: number | null; hash: string | null } | undefined;
	if (state?.isTaken) return { kind: 'moved', isRepeated: taken?.meta.changes === 0 };
	const tip = state?.seq != null && state.hash !== null ? { seq: state.seq, hash: state.hash } : null;
	const isThere = tip ? tip.hash === prev && tip.seq === seq - 1 : prev === null;
	if (!isThere) return { kind: 'elsewhere', tip };
	const ids = (missing?.results ?? []).map(({ id }) => String(id));
	if (ids.length > 0) return { kind: 'missing', ids: ids.slice(0, TOLD), count: ids.length };
	return { kind: 'too-many-refs' };
}

/** From `after` on, which is `space.token`; only those of `spaces`, where it is not null. */
export async function readRefs(
	db: D1DatabaseSession,
	workspace: string,
	after: string | undefined,
	spaces: readonly string[] | null,
	limit: number
): Promise<Ref[]> {
	const [space = '', token = ''] = after?.split('.') ?? [];
	const rows = await db
		.prepare(
			`SELECT space, token, seq, hash, record FROM refs
			WHERE workspace = ?1 AND (space, token) > (?2, ?3) AND (?4 IS NULL OR space IN (SELECT value FROM json_each(?4)))
			ORDER BY space, token LIMIT ?5`
		)
		.bind(workspace, space, token, spaces && JSON.stringify(spaces), limit)
		.all<Ref>();
	return rows.results;
}

export async function readRefLog(
	db: D1DatabaseSession,
	{ workspace, space, token }: RefAddress,
	after: number,
	limit: number
): Promise<Step[]> {
	const rows = await db
		.prepare(`SELECT seq, prev, hash, record FROM ref_log WHERE ${AT} AND seq > ?4 ORDER BY seq LIMIT ?5`)
		.bind(workspace, space, token, after, limit)
		.all<Step>();
	return rows.results;
}
