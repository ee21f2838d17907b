import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { versionId } from '#core/ids.ts';
import { err } from '#core/result.ts';
import { historyGraph, type GraphVersion, type HistoryGraph } from '#core/version/history-graph.ts';
import { versionChange } from '#core/version/version-change.ts';
import type { Lineage } from '#core/version/version.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { addedBytes, datasetHistory, refTo, traceLineage } from '#lib/flows/dataset-history.ts';
import { findDataset, listDatasets } from '#lib/flows/list-datasets.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

function version(name: string, createdAtMs: number, ...parents: readonly string[]): GraphVersion {
	return { id: versionId(name), createdAtMs, parents: parents.map(versionId) };
}

const refs = (head: string) => ({ head: versionId(head), branch: 'main', branches: {}, tags: {} });

/** Follows the lines downwards: which versions they join, child first, as texts. */
function joined({ rows }: HistoryGraph): readonly string[] {
	const pairs: string[] = [];
	let above = new Map<number, readonly string[]>();
	for (const {
		version: { id },
		lines
	} of rows) {
		const below = new Map<number, readonly string[]>();
		const used = lines.filter(({ kind }) => kind !== 'out').map(({ lane }) => lane);
		expect(used.toSorted()).toEqual([...above.keys()].toSorted());
		for (const { kind, lane } of lines) {
			const from = above.get(lane) ?? [];
			if (kind === 'through') below.set(lane, from);
			if (kind === 'in') pairs.push(...from.map((child) => `${child} ${id}`));
		}
		for (const { kind, lane } of lines) if (kind === 'out') below.set(lane, [...(below.get(lane) ?? []), id]);
		above = below;
	}
	expect([...above.keys()]).toEqual([]);
	return pairs.sort();
}

/** Any history: each version follows some before it; clocks say what they like. */
const histories = fc
	.array(fc.record({ atMs: fc.nat(20), parents: fc.array(fc.nat(), { maxLength: 3 }) }), {
		minLength: 1,
		maxLength: 24
	})
	.map((made) =>
		made.map(({ atMs, parents }, at) =>
			version(`n${at}`, atMs, ...new Set(at === 0 ? [] : parents.map((parent) => `n${parent % at}`)))
		)
	);

test('every version is drawn once, below those that follow it, and the lines join it to its parents and no others', () => {
	fc.assert(
		fc.property(histories, fc.nat(), (reached, pick) => {
			const head = reached[pick % reached.length]?.id ?? '';
			const graph = historyGraph({ dataset: refs(head), history: [], reached });
			const order = graph.rows.map((row) => row.version.id);
			expect(order.toSorted()).toEqual(reached.map(({ id }) => id).toSorted());
			for (const { id, parents } of reached)
				for (const parent of parents) expect(order.indexOf(parent)).toBeGreaterThan(order.indexOf(id));
			expect(joined(graph)).toEqual(reached.flatMap(({ id, parents }) => parents.map((one) => `${id} ${one}`)).sort());
			for (const { lane, lines } of graph.rows) {
				expect(lines.filter((line) => line.kind === 'through').map((line) => line.lane)).not.toContain(lane);
				for (const line of lines) expect(line.lane).toBeLessThan(graph.laneCount);
			}
		}),
		{ numRuns: 500 }
	);
});

test('the open branch stands in the first lane, with its numbers, and other branches beside it', () => {
	const [one, two, side] = [version('one', 1), version('two', 2, 'one'), version('side', 3, 'one')];
	const graph = historyGraph({
		dataset: { ...refs('two'), branches: { trial: side.id }, tags: { agreed: one.id, zero: one.id } },
		history: [one, two],
		reached: [one, two, side]
	});
	expect(graph.laneCount).toBe(2);
	expect(graph.rows).toMatchObject([
		{ version: { id: 'side' }, number: null, lane: 1, branches: ['trial'], lines: [{ kind: 'out', lane: 1 }] },
		{ version: { id: 'two' }, number: 2, lane: 0, branches: ['main'], isHead: true },
		{ version: { id: 'one' }, number: 1, lane: 0, tags: ['agreed', 'zero'], isHead: false }
	]);
	expect(graph.rows[2]?.lines).toEqual([
		{ kind: 'in', lane: 0 },
		{ kind: 'in', lane: 1 }
	]);
});

test('a merge has a line to each of its parents, and parents that are gone have none', () => {
	const reached = [
		version('root', 1, 'gone'),
		version('left', 2, 'root'),
		version('right', 3, 'root'),
		version('merged', 4, 'left', 'right')
	];
	const graph = historyGraph({ dataset: refs('merged'), history: [], reached });
	expect(graph.rows.map(({ lane }) => lane)).toEqual([0, 1, 0, 0]);
	expect(joined(graph)).toEqual(['left root', 'merged left', 'merged right', 'right root']);
});

test('columns that came, went and changed their type are told apart', () => {
	const shape = (rowCount: number, ...schema: readonly (readonly [string, string])[]) => ({
		schema: schema.map(([name, type]) => ({ name, type })),
		table: { rowCount }
	});
	const before = shape(10, ['id', 'BIGINT'], ['old', 'DATE'], ['price', 'VARCHAR']);
	expect(versionChange(shape(7, ['id', 'BIGINT'], ['price', 'DOUBLE'], ['new', 'DATE']), before)).toEqual({
		rowDelta: -3,
		columns: [
			{ kind: 'retyped', name: 'price', type: 'DOUBLE', typeBefore: 'VARCHAR' },
			{ kind: 'added', name: 'new', type: 'DATE' },
			{ kind: 'removed', name: 'old', type: 'DATE' }
		]
	});
	expect(versionChange(before, null)).toEqual({ rowDelta: 10, columns: [] });
});

async function commit(effects: TestEffects, name: string, text: string, more: Partial<Lineage> = {}): Promise<void> {
	const found = await findDataset(name, effects);
	const made = await commitTable(
		{
			name,
			onto: found.ok ? found.value.dataset : null,
			message: text,
			table: tableOf(text),
			rejects: null,
			lineage: { ...lineage, ...more }
		},
		effects
	);
	if (!made.ok) throw new Error(made.error.kind);
}

async function headOf(effects: TestEffects, name: string) {
	const found = await findDataset(name, effects);
	if (!found.ok) throw new Error(found.error.kind);
	return found.value;
}

test('a version adds the bytes that none of its parents has, whatever branch it is on', async () => {
	const effects = testEffects();
	const weir = createConsole(effects);
	await commit(effects, 'people', 'first');
	await commit(effects, 'people', 'second one');
	await weir.restore('people', 'v1');
	await weir.branch('people', 'trial', { at: 'v1' });
	await commit(effects, 'people', 'tried');
	await weir.tag('people', 'best');
	const history = await weir.history('people');
	expect(history.ok && history.value).toMatchObject([
		{ message: 'tried', number: 2, branches: ['trial'], tags: ['best'], addedBytes: 5, rowDelta: 0, columnChanges: [] },
		{ message: 'Go back to v1: first', number: null, branches: ['main'], addedBytes: 0 },
		{ message: 'second one', number: null, addedBytes: 10, parents: [expect.any(String)] },
		{ message: 'first', number: 1, addedBytes: 5, rowDelta: 2, sizeBytes: 5, parents: [], sources: [] }
	]);
	expect(await weir.history('nobody')).toEqual(err({ kind: 'unknown-dataset', name: 'nobody' }));
	expect(await weir.history(7 as never)).toMatchObject(err({ kind: 'invalid-argument', argument: 'name' }));
});

test('a history whose segments are lost in part is still told, without the sizes that are not known', async () => {
	const effects = testEffects();
	await commit(effects, 'people', 'first');
	await commit(effects, 'people', 'second');
	const item = await headOf(effects, 'people');
	await effects.db.segments.delete(item.version.table.segments[0]?.id as never);
	const sizes = await addedBytes(datasetHistory(item).rows, item, new Map(), effects);
	expect(sizes.ok && [...sizes.value.values()]).toEqual([null, 5]);
});

test('lineage leads through other datasets, removed ones too, back to the bytes that were ingested', async () => {
	const effects = testEffects();
	const source = { name: 'raw.csv', sizeBytes: 12, sha256: 'a'.repeat(64) };
	await commit(effects, 'raw', 'raw', { operation: 'ingest', sql: null, source });
	const raw = await headOf(effects, 'raw');
	await commit(effects, 'clean', 'clean', { inputs: [raw.version.id] });
	const clean = await headOf(effects, 'clean');
	await commit(effects, 'clean', 'cleaner', { inputs: [clean.version.id, versionId('lost')] });
	const trace = async () => {
		const items = await listDatasets(effects);
		if (!items.ok) throw new Error(items.error.kind);
		return traceLineage((await headOf(effects, 'clean')).version, items.value, effects);
	};
	expect(await trace()).toEqual({
		ok: true,
		value: {
			inputs: [
				{ id: clean.version.id, place: { dataset: 'clean', at: 'v1' }, collectedAtMs: null },
				{ id: 'lost', place: null, collectedAtMs: null }
			],
			sources: [source],
			lostCount: 1
		}
	});
	await createConsole(effects).remove('raw');
	expect(await trace()).toMatchObject({ value: { sources: [source], lostCount: 1 } });
});

test('a version is named by its number on the open branch, else by a tag, else by the start of its id', async () => {
	const effects = testEffects();
	const weir = createConsole(effects);
	await commit(effects, 'people', 'first');
	await commit(effects, 'people', 'second');
	const { id } = (await headOf(effects, 'people')).version;
	expect(refTo(id, await headOf(effects, 'people'))).toBe('v2');
	await weir.branch('people', 'old', { at: 'v1' });
	expect(refTo(id, await headOf(effects, 'people'))).toBe(id.slice(0, 8));
	await weir.tag('people', 'kept', { at: 'main' });
	expect(refTo(id, await headOf(effects, 'people'))).toBe('kept');
});
