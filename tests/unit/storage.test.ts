import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCanonical } from '#core/decoding.ts';
import { isDatasetOperation } from '#core/version/version.ts';
import { encodeCanonical, type Encodable } from '#core/encoding.ts';
import type { Result } from '#core/result.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { removeDataset, undo } from '#lib/flows/change-dataset.ts';
import { addTag, createBranch, switchBranch } from '#lib/flows/change-refs.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { findDataset, listDatasets } from '#lib/flows/list-datasets.ts';
import { pruneDataset } from '#lib/flows/tidy-storage.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { storageReport } from '#lib/flows/storage-report.ts';
import { verifyWorkspace } from '#lib/flows/verify-workspace.ts';
import { readTable } from '#lib/db/tables.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

function value<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(result.error.kind);
	return result.value;
}

async function put(effects: TestEffects, name: string, text: string) {
	const found = await findDataset(name, effects);
	const onto = found.ok ? found.value.dataset : null;
	return value(await commitTable({ name, onto, message: text, table: tableOf(text), rejects: null, lineage }, effects));
}

async function filled(): Promise<TestEffects> {
	const effects = testEffects();
	await put(effects, 'a', 'one');
	await put(effects, 'a', 'three');
	await put(effects, 'b', 'one');
	value(await addTag({ dataset: 'a', name: 'first', at: 'v1' }, effects));
	value(await createBranch({ dataset: 'a', name: 'trial', at: null }, effects));
	await put(effects, 'a', 'seventeen');
	return effects;
}

const verified = async (effects: TestEffects) => value(await verifyWorkspace({}, effects)).damages;
const backedUp = async (effects: TestEffects) => value(await backUp({}, effects));

test('the report tells own bytes from shared ones, and what undo keeps', async () => {
	const effects = testEffects();
	await put(effects, 'a', 'one');
	await put(effects, 'a', 'three');
	await put(effects, 'b', 'one');
	await put(effects, 'c', 'seventeen');
	await removeDataset({ name: 'c' }, effects);
	const report = value(await storageReport(effects));
	expect(report.datasets).toEqual([
		{ dataset: 'a', versionCount: 2, ownBytes: 5, sharedBytes: 3 },
		{ dataset: 'b', versionCount: 1, ownBytes: 0, sharedBytes: 3 }
	]);
	expect(report).toMatchObject({ reachedBytes: 8, undoBytes: 9, unusedBytes: 0, packBytes: 17 });
});

test('verify finds a whole workspace whole, and names the rows and columns of a damaged part', async () => {
	const effects = await filled();
	expect(await verified(effects)).toEqual([]);
	const place = (await effects.db.places.toArray()).find(({ pieces }) => pieces[0]?.sizeBytes === 5);
	const pack = place?.pieces[0]?.pack;
	if (pack === undefined) throw new Error('no such part');
	await effects.db.packs.put({ id: pack, blob: new Blob(['thrEe']) });
	const damages = await verified(effects);
	expect(damages).toHaveLength(1);
	expect(damages[0]).toMatchObject({ dataset: 'a', message: 'three', what: 'part', startRow: 0, endRow: 2 });
	expect(damages[0]?.columns).toEqual(['a']);
	expect((await backUp({}, effects)).ok).toBe(false);
	await effects.db.packs.delete(pack);
	expect((await verified(effects))[0]).toMatchObject({ what: 'part', columns: ['a'] });
});

test('verify names a changed manifest and a missing segment', async () => {
	const effects = await filled();
	const { version } = value(await findDataset('b', effects));
	await effects.db.versions.put({ ...version, message: 'forged' });
	expect(await verified(effects)).toMatchObject([{ dataset: 'b', what: 'manifest' }]);
	await effects.db.versions.put(version);
	await effects.db.segments.delete(version.table.segments[0]?.id as never);
	expect((await verified(effects)).map(({ dataset, what }) => `${dataset} ${what}`)).toEqual([
		'a segment',
		'b segment'
	]);
});

test('verify can be cancelled', async () => {
	const effects = await filled();
	const stopped = await verifyWorkspace({ signal: AbortSignal.abort() }, effects);
	expect(stopped).toEqual({ ok: false, error: { kind: 'cancelled' } });
});

test('a backup restored into an empty workspace is that workspace: rows, ids, root hash and undo', async () => {
	const effects = await filled();
	const backup = await backedUp(effects);
	const other = testEffects();
	const restored = value(await restoreBackup({ file: backup.file }, other));
	expect(restored.rootHash).toBe(backup.rootHash);
	expect((await backedUp(other)).rootHash).toBe(backup.rootHash);
	expect(value(await listDatasets(other))).toEqual(value(await listDatasets(effects)));
	expect(await verified(other)).toEqual([]);
	const { id } = value(await findDataset('a', other)).version;
	const files = await Promise.all([effects, other].map(({ db }) => readTable(db, { version: id, rows: 'data' })));
	const bytes = await Promise.all(files.map(async (read) => value(read).file?.arrayBuffer()));
	expect(bytes[0]).toEqual(bytes[1]);
	expect((await undo(other)).ok).toBe(true);
	expect(value(await findDataset('a', other)).version.message).toBe('three');
});

test('a backup restored beside datasets gets free names and the new key, and stays what it was', async () => {
	const backup = await backedUp(await filled());
	const other = testEffects();
	await put(other, 'a', 'mine');
	const restored = value(await restoreBackup({ file: backup.file }, other));
	expect(restored.datasets).toEqual([
		{ name: 'a_2', was: 'a' },
		{ name: 'b', was: 'b' }
	]);
	expect(restored.rootHash).toBe(backup.rootHash);
	expect(await verified(other)).toEqual([]);
	expect(value(await findDataset('a', other)).version.message).toBe('mine');
	expect(value(await switchBranch({ dataset: 'a_2', name: 'main' }, other)).tags).toHaveProperty('first');
});

test('a backup restored beside its own datasets stores no byte twice', async () => {
	const effects = await filled();
	const before = value(await storageReport(effects)).packBytes;
	value(await restoreBackup({ file: (await backedUp(effects)).file }, effects));
	expect(value(await storageReport(effects)).packBytes).toBe(before);
	expect(value(await listDatasets(effects)).map(({ dataset }) => dataset.name)).toEqual(['a', 'a_2', 'b', 'b_2']);
});

test('a damaged, cut, foreign or newer backup is refused, and nothing is changed', async () => {
	const { file } = await backedUp(await filled());
	const bytes = new Uint8Array(await file.arrayBuffer());
	const other = testEffects();
	const refuse = async (broken: Uint8Array<ArrayBuffer>): Promise<string> => {
		const refused = await restoreBackup({ file: new Blob([broken]) }, other);
		expect(await other.db.packs.count()).toBe(0);
		expect(await other.db.versions.count()).toBe(0);
		expect(await other.db.settings.get('id-key')).toBeUndefined();
		return refused.ok ? 'restored' : refused.error.kind;
	};
	expect(await refuse(new TextEncoder().encode('id,name\n1,Ada\n'))).toBe('not-a-backup');
	expect(await refuse(new Uint8Array())).toBe('not-a-backup');
	const newer = bytes.slice();
	newer[11] = 9;
	expect(await refuse(newer)).toBe('newer-backup');
	await fc.assert(
		fc.asyncProperty(fc.nat(bytes.length - 1), fc.boolean(), async (at, isCut) => {
			const broken = isCut ? bytes.slice(0, at) : bytes.slice();
			if (!isCut) broken[at] = (broken[at] ?? 0) ^ 1;
			expect(['not-a-backup', 'newer-backup', 'damaged-backup']).toContain(await refuse(broken));
		}),
		{ numRuns: 60 }
	);
});

test('decoding inverts encoding', () => {
	const { value: any } = fc.letrec<{ value: Encodable }>((tie) => ({
		value: fc.oneof(
			{ maxDepth: 4 },
			fc.constant(null),
			fc.boolean(),
			fc.double({ noNaN: true }).map((number) => number + 0),
			fc.string({ unit: 'binary' }),
			fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
			fc.array(tie('value'), { maxLength: 4 }),
			fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true })
		)
	}));
	fc.assert(
		fc.property(any, (given) => {
			expect(decodeCanonical(encodeCanonical(given))).toEqual({ ok: true, value: given });
		})
	);
});

test('a prune keeps the newest of every branch and what is tagged, and undo goes on with what is left', async () => {
	const effects = await filled();
	await put(effects, 'a', 'nineteen');
	const pruned = value(await pruneDataset({ name: 'a', keep: 1 }, effects));
	expect(pruned.versionCount).toBe(1);
	const messages = value(await findDataset('a', effects)).reached.map(({ message }) => message);
	expect(messages.sort()).toEqual(['nineteen', 'one', 'three']);
	expect(await verified(effects)).toEqual([]);
	expect(await undo(effects)).toEqual({ ok: false, error: { kind: 'nothing-to-undo' } });
	await put(effects, 'b', 'next');
	expect((await undo(effects)).ok).toBe(true);
});

test('whatever is done, pruning and collecting leave exactly what branches, tags and undo reach', async () => {
	const names = fc.constantFrom('a', 'b');
	const act = fc.oneof(
		fc.record({ kind: fc.constant('put' as const), name: names, text: fc.constantFrom('x', 'yy', 'zzz', 'wwww') }),
		fc.record({ kind: fc.constant('tag' as const), name: names, tag: fc.constantFrom('t', 'u') }),
		fc.record({ kind: fc.constant('branch' as const), name: names, branch: fc.constantFrom('p', 'q') }),
		fc.record({ kind: fc.constant('remove' as const), name: names }),
		fc.record({ kind: fc.constant('undo' as const) }),
		fc.record({ kind: fc.constant('prune' as const), name: names, keep: fc.integer({ min: 1, max: 3 }) })
	);
	await fc.assert(
		fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
			const effects = testEffects();
			for (const one of acts) {
				// What does not apply, such as a taken name, is refused; the state after it counts as well.
				if (one.kind === 'put') await put(effects, one.name, one.text);
				else if (one.kind === 'tag') await addTag({ dataset: one.name, name: one.tag, at: null }, effects);
				else if (one.kind === 'branch') await createBranch({ dataset: one.name, name: one.branch, at: null }, effects);
				else if (one.kind === 'remove') await removeDataset({ name: one.name }, effects);
				else if (one.kind === 'undo') await undo(effects);
				else await pruneDataset(one, effects);
			}
			value(await effects.store.collect());
			expect(await verified(effects)).toEqual([]);
			const { datasets, operations, versions, segments, places, packs } = value(await effects.store.workspace());
			const states = [
				...datasets,
				...operations.filter(isDatasetOperation).flatMap(({ before, after }) => [before, after])
			];
			const queue = states.flatMap((state) =>
				state ? [state.head, ...Object.values(state.branches), ...Object.values(state.tags)] : []
			);
			const stored = new Map(versions.map((version) => [version.id, version]));
			const reached = new Set<string>();
			for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
				const version = stored.get(id);
				if (!version || reached.has(id)) continue;
				reached.add(id);
				queue.push(...version.parents);
			}
			expect(new Set(stored.keys())).toEqual(reached);
			// Undo never leads to a version that is gone.
			for (const state of states) if (state) expect(stored.has(state.head)).toBe(true);
			const parts = new Set(segments.flatMap(({ chunks }) => chunks.map(({ part }) => part)));
			expect(new Set(segments.map(({ id }) => id))).toEqual(
				new Set(versions.flatMap(({ table }) => table.segments.map(({ id }) => id)))
			);
			expect(new Set(places.map(({ id }) => id))).toEqual(parts);
			expect(new Set(packs.keys())).toEqual(new Set(places.flatMap(({ pieces }) => pieces.map(({ pack }) => pack))));
		}),
		{ numRuns: 40 }
	);
});
