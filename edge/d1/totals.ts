// How much of everything there is, over all workspaces.

export type Totals = {
	readonly workspaces: number;
	readonly objects: number;
	readonly bytes: number;
	readonly refs: number;
	readonly tokens: number;
	readonly trash: number;
};

export async function readTotals(db: D1Database): Promise<Totals> {
	const totals = await db
		.prepare(
			`SELECT count(*) AS workspaces, coalesce(sum(object_count), 0) AS objects, coalesce(sum(used_bytes), 0) AS bytes,
			(SELECT count(*) FROM refs) AS refs, (SELECT count(*) FROM tokens) AS tokens, (SELECT count(*) FROM trash) AS trash
			FROM workspaces`
		)
		.first<Totals>();
	return totals ?? { workspaces: 0, objects: 0, bytes: 0, refs: 0, tokens: 0, trash: 0 };
}
