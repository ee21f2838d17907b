// Comparisons that read what differs alone, against comparisons that read both versions whole; and what is read.
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { keyPairs, pairColumns, type Renames } from '#core/diff/column-pairs.ts';
import { changesSql, pairsOf } from '#core/diff/changes-sql.ts';
import { pairedRelations, wholeRelation } from '#core/diff/paired-relations.ts';
import { packId, resultId, versionId } from '#core/ids.ts';
import { decodeRows } from '#core/sql/arrow-rows.ts';
import { quoteName } from '#core/sql/quote.ts';
import type { Relation } from '#core/sql/relation.ts';
import { diffSql } from '#core/version/diff-sql.ts';
import type { Version } from '#core/version/version.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { createLeases } from '#lib/db/leases.ts';
import { createStore } from '#lib/db/store.ts';
import { changedRows, closeDiff, compareVersions } from '#lib/flows/diff-versions.ts';
import { createJobs } from '#lib/flows/jobs.ts';
import { pairVersions } from '#lib/flows/pair-versions.ts';
import { createEngineHost } from '#lib/threads/engine-host.ts';
import { storeTable } from './store-table.ts';

const host = createEngineHost();
const db = new WorkspaceDb();
afterAll(async () => {
	host.end();
	// Its packs are emptied here, and parts of equal content would be found in them.
	await db.delete();
});

let count = 0;
const effects = {
	engine: host.api,
	jobs: createJobs(() => count++),
	store: createStore(db, createLeases(db.name)),
	randomId: () => `r${count++}`
};

async function valueOf<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> {
	const settled = await result;
	if (!settled.ok) throw new Error(JSON.stringify(settled.error));
	return settled.value;
}

/** A version with one segment for each query. */
async function versionOf(segments: readonly string[]): Promise<Version> {
	const id = versionId(`paired-${count++}`);
	const write = (sql: string) =>
		valueOf(host.api.write({ id: resultId(`write-${count++}`), sql, params: [], relations: [] }, () => undefined));
	const tables = await Promise.all(segments.map(write));
	const [first] = tables;
	if (!first) throw new Error('a version has a segment');
	await storeTable(db, id, { ...first, files: tables.flatMap(({ files }) => files) });
	const version = await db.versions.get(id);
	if (!version) throw new Error('the version is not stored');
	return version;
}

async function rowsOf(sql: string, relations: readonly Relation[]): Promise<readonly Record<string, unknown>[]> {
	const id = resultId(`rows-${count++}`);
	await valueOf(host.api.run({ id, sql, params: [], relations }, () => undefined));
	const rows = decodeRows(await valueOf(host.api.arrow(id)));
	await host.api.release(id);
	return rows;
}

type Row = { readonly id: number; readonly a: string | null; readonly b: number | null };
type Table = { readonly columns: string; readonly segments: readonly (readonly Row[])[] };

const base: Table = {
	columns: 'id, a, b',
	segments: [0, 1, 2].map((segment) => [0, 1, 2].map((row) => ({ id: segment * 3 + row, a: `n${row}`, b: segment })))
};
const sqlOf = ({ columns, segments }: Table): readonly string[] =>
	segments.map((rows) => {
		const literal = (value: string | number | null): string =>
			value === null ? 'NULL' : typeof value === 'string' ? `'${value}'` : String(value);
		const values = rows.map(({ id, a, b }) => `(${literal(id)}, ${literal(a)}, ${literal(b)})`).join(', ');
		return `SELECT ${columns} FROM (SELECT id::INTEGER AS id, a::VARCHAR AS a, b::DOUBLE AS b FROM (VALUES ${values}) t(id, a, b))`;
	});

type Edit = (table: Table) => Table;
const inRows =
	(change: (rows: readonly Row[]) => readonly Row[]): Edit =>
	(table) => ({ ...table, segments: table.segments.map(change).filter((rows) => rows.length > 0) });
const at = fc.nat(8);
const edit: fc.Arbitrary<Edit> = fc.oneof(
	{
		weight: 4,
		arbitrary: fc
			.tuple(at, fc.constantFrom('x', null))
			.map(([id, a]) => inRows((rows) => rows.map((row) => (row.id === id ? { ...row, a } : row))))
	},
	{
		weight: 4,
		arbitrary: fc
			.tuple(at, fc.constantFrom(7, null))
			.map(([id, b]) => inRows((rows) => rows.map((row) => (row.id === id ? { ...row, b } : row))))
	},
	{ weight: 1, arbitrary: at.map((id) => inRows((rows) => rows.filter((row) => row.id !== id))) },
	{
		weight: 1,
		arbitrary: at.map((id) =>
			inRows((rows) => rows.flatMap((row) => (row.id === id ? [{ id: id + 20, a: null, b: 1 }, row] : [row])))
		)
	},
	{
		weight: 2,
		arbitrary: fc
			.constantFrom('id, a', 'b, id, a', 'id, a, b, id % 3 AS c', 'id, a, b::INTEGER AS b', 'id, a AS z, b')
			.map((columns): Edit => (table) => ({ ...table, columns }))
	},
	{ weight: 1, arbitrary: fc.constant<Edit>((table) => ({ ...table, segments: table.segments.toReversed() })) }
);
const edits = fc.array(edit, { maxLength: 4 }).map((all) => all.reduce((table, one) => one(table), base));

test.each([[['id']], [[]]])(
	'by the key %j, both ways find the same rows',
	async (key) => {
		await fc.assert(
			fc.asyncProperty(edits, edits, fc.constantFrom<Renames>({}, { a: 'z' }), async (before, after, renames) => {
				const [from, to] = [await versionOf(sqlOf(before)), await versionOf(sqlOf(after))];
				const pairs = pairColumns(from.schema, to.schema, renames);
				const { keys } = keyPairs(pairs, key);
				const whole = [wholeRelation(from), wholeRelation(to)] as const;
				const relations = pairedRelations(
					{ from, to },
					pairs,
					await valueOf(pairVersions({ from, to }, pairs, keys, effects))
				);

				const side = (version: Version, { name }: Relation) => ({ table: name, name, columns: version.schema });
				const plain = diffSql(side(from, whole[0]), side(to, whole[1]), key, { renames });
				const paired = diffSql(side(from, relations.rest.from), side(to, relations.rest.to), key, {
					renames,
					paired: relations.sources
				});
				const names = [...relations.groups, relations.rest.from, relations.rest.to];
				const expected = await rowsOf(`FROM ${plain} ORDER BY ALL`, whole);
				expect(await rowsOf(`FROM ${paired} ORDER BY ALL`, names)).toEqual(expected);
				expect(await rowsOf(`SELECT count(*)::INTEGER AS n FROM ${paired}`, names)).toEqual([{ n: expected.length }]);

				const comparison = await valueOf(
					compareVersions(
						{
							id: resultId(`diff-${count++}`),
							left: { reference: 'before', version: from },
							right: { reference: 'after', version: to },
							key,
							renames
						},
						effects
					)
				);
				const { plan } = comparison;
				const window = { filter: { kind: null, column: null }, startRow: 0, endRow: 100, form: 'values' } as const;
				const rows = await valueOf(changedRows(comparison, window, effects));
				expect(rows).toHaveLength(expected.length);
				if (key.length > 0) {
					const table = (relation: Relation) => ({ table: quoteName(relation.name), rows: [] });
					const all = { groups: [], rest: { from: table(whole[0]), to: table(whole[1]) } };
					expect(await rowsOf(`FROM ${plan.table}`, [])).toEqual(await rowsOf(changesSql(plan, all), whole));
				}
				const told = rows.map((row) =>
					pairsOf(plan).flatMap((pair, place) => {
						if (plan.keys.includes(pair)) return [row[`k${place}`]];
						const cell = (letter: string) => row[`${letter}${place - plan.keys.length}`] ?? null;
						if (key.length === 0) return [cell(row['kind'] === 'added' ? 't' : 'f')];
						return [...(pair.from ? [cell('f')] : []), ...(pair.to ? [cell('t')] : [])];
					})
				);
				const wanted = expected.map((row) =>
					pairsOf(plan).flatMap(({ name, from: old, to: now }) => {
						if (name in row) return [row[name]];
						return [...(old ? [row[`from_${name}`]] : []), ...(now ? [row[`to_${name}`]] : [])];
					})
				);
				const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort();
				expect(sorted(told)).toEqual(sorted(wanted));
				await closeDiff(comparison.id, effects);
			}),
			{ numRuns: 8 }
		);
	},
	240_000
);

test('where keys stand as they did, nothing but the columns that changed is read, and that in segments where they did', async () => {
	const segment = (start: number): string =>
		`SELECT range + ${start} AS id, 'n' || range % 7 AS name, range / 8 AS score, range % 5 AS size FROM range(5000)`;
	const from = await versionOf([0, 5000, 10_000].map(segment));
	const changed = `SELECT * REPLACE (if(id % 100 = 7, -1, score) AS score) FROM (${segment(5000)})`;
	const to = await versionOf([segment(0), changed, segment(10_000)]);
	const [, before] = await db.segments.bulkGet(from.table.segments.map(({ id }) => id));
	const [, after] = await db.segments.bulkGet(to.table.segments.map(({ id }) => id));
	const needed = new Set([before, after].flatMap((one) => one?.chunks[2]?.part ?? []));
	const left = { reference: 'before', version: from };
	const compare = () =>
		valueOf(
			compareVersions(
				{ id: resultId(`diff-${count++}`), left, right: { reference: 'after', version: to }, key: ['id'] },
				effects
			)
		);
	// Bytes that are no Parquet, in the place of all other parts.
	const packs = await db.packs.toArray();
	const others = packs.filter(({ id }) => ![...needed].some((part) => packId(part) === id));
	await db.packs.bulkPut(others.map(({ id, blob }) => ({ id, blob: new Blob([new Uint8Array(blob.size)]) })));
	const comparison = await compare();
	expect(comparison.counts).toEqual({ added: 0, removed: 0, changed: 50, cellsChanged: 50, unchanged: 14_950 });
	expect(comparison.sharing).toEqual({ segmentCount: 2, rowCount: 10_000 });
	const pairs = pairColumns(from.schema, to.schema);
	const { keys } = keyPairs(pairs, ['id']);
	const { groups, sources, rest } = pairedRelations(
		{ from, to },
		pairs,
		await valueOf(pairVersions({ from, to }, pairs, keys, effects))
	);
	const side = ({ schema }: Version, { name }: Relation) => ({ table: name, name, columns: schema });
	const sql = diffSql(side(from, rest.from), side(to, rest.to), ['id'], { paired: sources });
	expect(await rowsOf(`SELECT count(*)::INTEGER AS n, sum(to_score)::INTEGER AS s FROM ${sql}`, groups)).toEqual([
		{ n: 50, s: -50 }
	]);
	await expect(rowsOf(`SELECT id FROM ${sql}`, groups)).rejects.toThrow();
	await closeDiff(comparison.id, effects);
});
