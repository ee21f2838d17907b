// Statistics of versions in the page: sketches built by the check worker from what the engine reads, and what is not read again.
import { tableFromIPC } from '@uwdata/flechette';
import { afterAll, expect, test } from 'vitest';
import { versionSketchKey } from '#core/check/sketch/plan-sketches.ts';
import { SegmentSketchBuilder } from '#core/check/sketch/segment-sketch.ts';
import { versionStatistics, type VersionStatistics } from '#core/check/statistics/version-statistics.ts';
import { resultId, type PackId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import type { Version } from '#core/version/version.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { drift } from '#lib/flows/drift.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { findDataset, type CatalogueItem } from '#lib/flows/list-datasets.ts';
import { sketchVersion } from '#lib/flows/sketch-version.ts';
import { statistics } from '#lib/flows/statistics.ts';
import { createCheckHost } from '#lib/threads/check-host.ts';
import { createEngineHost } from '#lib/threads/engine-host.ts';

await new WorkspaceDb().delete();
const { console: weir, effects } = compose();
const db = new WorkspaceDb();
afterAll(async () => {
	// Its packs are emptied here, and parts of equal content would be found in them.
	await db.delete();
});

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const rowsSql = (from: number, to: number): string =>
	`SELECT range AS id, range % 97 / 7 AS score, 'user' || range % 500 || '@example.org' AS mail,
		timestamp '2026-01-01' + INTERVAL (range) MINUTE AS at, CASE WHEN range % 10 > 0 THEN ['a', 'b', 'c'][1 + range % 3] END AS kind
	FROM range(${from}, ${to})`;

const itemOf = async (name: string): Promise<CatalogueItem> => valueOf(await findDataset(name, effects));
const told = async (version: Version, using: Effects): Promise<VersionStatistics> =>
	valueOf(await statistics({ dataset: { name: 'visits' }, version }, using));

/** As it is without segments: one builder over all rows. */
async function atOnce({ version }: CatalogueItem): Promise<VersionStatistics> {
	const id = resultId('whole');
	const relation = { name: 'whole', version: version.id, rows: 'data' } as const;
	const input = { id, sql: 'SELECT * FROM whole', params: [], relations: [relation] };
	valueOf(await effects.engine.run(input, () => undefined));
	const builder = new SegmentSketchBuilder();
	builder.add(tableFromIPC(valueOf(await effects.engine.arrow(id))));
	await effects.engine.release(id);
	return versionStatistics(builder.finish(), version.schema);
}

async function packsOf({ table }: Version, except: ReadonlySet<string> = new Set()): Promise<ReadonlySet<PackId>> {
	const ids = table.segments.map(({ id }) => id).filter((id) => !except.has(id));
	const segments = await db.segments.bulkGet(ids);
	const parts = segments.flatMap((segment) => segment?.chunks.map(({ part }) => part) ?? []);
	const places = await db.places.bulkGet(parts);
	return new Set(places.flatMap((place) => place?.pieces.map(({ pack }) => pack) ?? []));
}

/** Bytes that are no Parquet, in the place of all packs but these. */
async function ruinPacks(whole: ReadonlySet<PackId>): Promise<number> {
	const packs = (await db.packs.toArray()).filter(({ id }) => !whole.has(id));
	await db.packs.bulkPut(packs.map(({ id, blob }) => ({ id, blob: new Blob([new Uint8Array(blob.size)]) })));
	return packs.length;
}

test('segments merge to what all rows at once are, where rows were changed and removed', async () => {
	valueOf(await weir.save('visits', rowsSql(0, 40_000)));
	valueOf(await weir.sql("UPDATE visits SET score = 1000, kind = 'changed' WHERE id % 400 = 7"));
	valueOf(await weir.sql('DELETE FROM visits WHERE id % 4000 = 3'));
	const item = await itemOf('visits');
	expect(item.version.table.segments.length).toBeGreaterThan(2);
	expect(item.version.table.segments.some(({ patch }) => patch !== undefined)).toBe(true);
	const [merged, whole] = [await told(item.version, effects), await atOnce(item)];
	expect(merged.rowCount).toBe(39_990);
	expect(merged.keyCandidates).toEqual(whole.keyCandidates);
	for (const [at, column] of merged.columns.entries()) {
		const right = whole.columns[at];
		for (const exact of ['rowCount', 'nullRatio', 'distinctCount', 'uniqueRatio', 'min', 'max'] as const)
			expect(column.metrics[exact], `${exact} of ${column.name}`).toEqual(right?.metrics[exact]);
		const [mean, rightMean] = [column.metrics.mean ?? 0, right?.metrics.mean ?? 0];
		expect(Math.abs(mean - rightMean), `mean of ${column.name}`).toBeLessThanOrEqual(1e-12 * Math.abs(rightMean));
		expect(column.meaning).toEqual(right?.meaning);
	}
	expect(merged.columns.map(({ meaning }) => meaning?.meaning)).toContain('e-mail');
	const kinds = merged.columns.find(({ name }) => name === 'kind')?.topValues;
	expect(kinds).toEqual(whole.columns.find(({ name }) => name === 'kind')?.topValues);
	expect(kinds?.at(-1)).toEqual({ value: 'changed', count: 100 });
});

test('what is kept and damaged is built again', async () => {
	const { version } = await itemOf('visits');
	const before = await told(version, effects);
	const rows = await db.sketches.toArray();
	expect(rows).toHaveLength(version.table.segments.length + 1);
	await db.sketches.bulkPut(
		rows.map(({ key, bytes }) => ({ key, bytes: bytes.map((byte, at) => byte ^ (at === 99 ? 1 : 0)) }))
	);
	expect(await told(version, effects)).toEqual(before);
	expect((await db.sketches.get(versionSketchKey(version.id)))?.bytes).toEqual(
		rows.find(({ key }) => key.startsWith('version/'))?.bytes
	);
});

test('a check worker that is ended in mid-way is started anew, and ends clearly when that does not help', async () => {
	const host = createCheckHost();
	const { version } = await itemOf('visits');
	const before = await told(version, effects);
	await db.sketches.clear();
	let ends = 0;
	const using: Effects = {
		...effects,
		check: {
			...host.api,
			sketch: (bytes) => {
				const sketch = host.api.sketch(bytes);
				if (ends++ < 1) host.end();
				return sketch;
			}
		}
	};
	expect(await told(version, using)).toEqual(before);
	expect(ends).toBeGreaterThan(version.table.segments.length);
	await db.sketches.clear();
	ends = -1000;
	expect(await sketchVersion({ dataset: { name: 'visits' }, version }, using)).toMatchObject({
		error: { kind: 'check-crashed', reason: 'ended' }
	});
	host.end();
	expect(await told(version, effects)).toEqual(before);
});

test('an append reads its own parts alone, and a comparison of two versions reads none', async () => {
	const first = (await itemOf('visits')).version;
	await told(first, effects);
	valueOf(await weir.sql(`INSERT INTO visits ${rowsSql(40_000, 44_000)}`));
	const item = await itemOf('visits');
	const known = new Set(first.table.segments.map(({ id }) => id));
	expect(await ruinPacks(await packsOf(item.version, known))).toBeGreaterThan(0);
	// An engine that has read nothing yet, and so keeps no bytes of the packs as they were.
	const engine = createEngineHost();
	const using: Effects = { ...effects, engine: engine.api };
	expect((await told(item.version, using)).rowCount).toBe(43_990);
	await ruinPacks(new Set());
	const report = valueOf(await drift({ item, before: null, after: null }, using));
	expect(report).toMatchObject({
		rowCount: { before: 39_990, after: 43_990 },
		before: { number: 3 },
		after: { number: 4 }
	});
	expect(report.columns.find(({ column }) => column === 'id')?.measures['kolmogorov-smirnov']).toBeCloseTo(
		1 - 40 / 44,
		1
	);
	engine.end();
});
