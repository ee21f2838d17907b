// A random query over up to three tables of the columns k, v and s, which gives those columns again: filters, joins, groups,
// windows, set operations and subqueries. Equal rows in whatever order give equal rows.

/** `reads` has at least three names, some of them equal perhaps. */
export function randomSql(random: () => number, reads: readonly string[]): string {
	const below = (limit: number): number => Math.floor(random() * limit);
	const [a = '', b = '', c = ''] = reads;
	const bound = (): string => (random() < 0.3 ? '${{ params.least }}' : String(below(20)));
	const condition = (alias: string): string =>
		[
			`${alias}.v > ${bound()}`,
			`${alias}.k <> ${below(6)}`,
			`${alias}.s IN ('a', 'b')`,
			`${alias}.k IN (SELECT k FROM ${c} WHERE v < ${bound()})`,
			`${alias}.v >= (SELECT coalesce(min(v), 0) FROM ${c})`,
			`EXISTS (SELECT 1 FROM ${c} AS e WHERE e.k = ${alias}.k)`
		][random() < 0.3 ? below(3) : 3 + below(3)] ?? 'true';
	const shapes: readonly (() => string)[] = [
		() => `SELECT x.k, x.v + ${below(9)} AS v, x.s FROM ${a} AS x WHERE ${condition('x')}`,
		() => `SELECT x.k, x.v - y.v AS v, y.s FROM ${a} AS x JOIN ${b} AS y USING (k) WHERE ${condition('x')}`,
		() =>
			`SELECT x.k, coalesce(y.v, ${below(9)}) AS v, x.s FROM ${a} AS x LEFT JOIN ${b} AS y ON x.k = y.k AND ${condition('y')}`,
		() =>
			`SELECT x.k, sum(x.v)::BIGINT AS v, max(x.s) AS s FROM ${a} AS x WHERE ${condition('x')} GROUP BY x.k HAVING count(*) > ${below(3)}`,
		() =>
			`SELECT x.k, count(DISTINCT y.v) AS v, min(y.s) AS s FROM ${a} AS x JOIN ${b} AS y ON x.v <= y.v GROUP BY x.k`,
		() =>
			`SELECT x.k, sum(x.v) OVER (PARTITION BY x.s ORDER BY x.v, x.k)::BIGINT AS v, x.s FROM ${a} AS x WHERE ${condition('x')}`,
		() =>
			`SELECT x.k, x.v, x.s FROM ${a} AS x QUALIFY rank() OVER (PARTITION BY x.k ORDER BY x.v DESC) <= ${1 + below(3)}`,
		() => `SELECT x.k, x.v, x.s FROM ${a} AS x WHERE ${condition('x')} UNION ALL SELECT k, v, s FROM ${b}`,
		() => `SELECT k, v, s FROM ${a} UNION SELECT k + 1, v, s FROM ${b}`,
		() => `SELECT k, v, s FROM ${a} EXCEPT SELECT k, v, s FROM ${b}`,
		() =>
			`WITH few AS (SELECT k, max(v) AS most FROM ${b} GROUP BY k) SELECT x.k, few.most AS v, x.s FROM ${a} AS x JOIN few USING (k)`,
		() => `SELECT x.k, (SELECT count(*) FROM ${b} AS y WHERE y.v < x.v) AS v, x.s FROM ${a} AS x`,
		() => `SELECT k, v, s FROM ${a} ORDER BY ALL LIMIT ${1 + below(8)}`
	];
	// What is made of what was made may grow with each join: so much of it is enough to tell.
	return `SELECT * FROM (${(shapes[below(shapes.length)] ?? shapes[0])?.() ?? ''}) ORDER BY ALL LIMIT 60`;
}
