// Records of two devices: what must hold however they change, how they lie on the edge, and what a person sees of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCanonical, type Encodable } from '#core/encoding.ts';
import { documentHistory, type DocumentVersion } from '#core/document/document.ts';
import { documentVersionId } from '#core/ids.ts';
import { mergeFields } from '#core/sync/merge-fields.ts';
import { changesHere, entryOf, mergeRecords, rulesOf } from '#core/sync/merge-records.ts';
import { encodePage, layOutRecords, objectsOfPage, parsePage, placeOf, type LaidOut } from '#core/sync/record-pages.ts';
import type { RecordEntry, RecordRule, Records, RuleEffects } from '#core/sync/record-rule.ts';
import { documentRule, textRule } from '#core/sync/record-rules.ts';
import { fromRecordValue, piecesOfKey, recordKey, toRecordValue } from '#core/sync/record-value.ts';
import { toyHash } from '../sync-toy-keys.ts';

const changing: RecordRule = { kind: 'c', isLasting: false, fits: () => true, word: () => 'thing' };
const lasting: RecordRule = { ...changing, kind: 'l', isLasting: true };
const rules = rulesOf([changing, lasting]);
const effects: RuleEffects = {
	name: (content) => Promise.resolve(toyHash('name', encodeCanonical(content))),
	device: { id: 'one', name: 'One' },
	devices: new Set(['one']),
	formerly: new Set()
};

const of = (values: Readonly<Record<string, Encodable>>): Records =>
	new Map(Object.entries(values).map(([key, value]) => [key, entryOf(value)]));

/** As a device has them. */
function plain(records: Records): Readonly<Record<string, Encodable>> {
	return Object.fromEntries([...records].flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])));
}

const values = fc.dictionary(
	fc.constantFrom('c/a', 'c/b', 'c/d', 'l/a', 'l/b'),
	fc.record({ x: fc.nat(3), y: fc.nat(3) }),
	{ maxKeys: 5 }
);

describe('merging', () => {
	test('what one side changed is taken, both sides come to the same, and a second merge changes nothing', async () => {
		await fc.assert(
			fc.asyncProperty(values, values, values, async (was, mine, other) => {
				const [base, ours, theirs] = [of(was), of(mine), of(other)];
				const there = await mergeRecords({ base, ours: theirs, theirs: base }, rules, effects);
				const merged = await mergeRecords({ base, ours, theirs: there }, rules, effects);
				const here = await mergeRecords({ base, ours, theirs: base }, rules, effects);
				const mirrored = await mergeRecords({ base, ours: theirs, theirs: here }, rules, effects);
				expect(plain(mirrored)).toEqual(plain(merged));
				const again = await mergeRecords({ base: merged, ours: of(plain(merged)), theirs: merged }, rules, effects);
				expect(again).toEqual(merged);
				for (const key of Object.keys(was).filter((one) => one.startsWith('c/'))) {
					const [isHere, isThere] = [key in mine, key in other];
					const isSame = (side: typeof was): boolean => JSON.stringify(side[key]) === JSON.stringify(was[key]);
					// Removed by one, and as it was or removed by the other: gone, and a trace of it stays.
					if ((!isHere && (!isThere || isSame(other))) || (!isThere && isSame(mine)))
						expect(merged.get(key)?.removed).toBeDefined();
				}
			})
		);
	});

	test('what is united is lost by nobody who forgets it, and does not come back to him', async () => {
		await fc.assert(
			fc.asyncProperty(values, values, async (was, mine) => {
				const [base, ours] = [of(was), of(mine)];
				const merged = await mergeRecords({ base, ours, theirs: base }, rules, effects);
				const forgotten = Object.keys(was).filter((key) => key.startsWith('l/') && !(key in mine));
				for (const key of forgotten) expect(merged.has(key)).toBe(true);
				const changes = changesHere({ base, ours, merged, back: new Set() }, rules);
				expect(changes.map(({ key }) => key).filter((key) => forgotten.includes(key))).toEqual([]);
			})
		);
	});

	test('a record that was removed comes back by undo, and not by a device that knew nothing of the removal', async () => {
		const [base, gone] = [of({ 'c/a': 1 }), of({})];
		const removed = await mergeRecords({ base, ours: gone, theirs: base }, rules, effects);
		const undone = await mergeRecords({ base: removed, ours: base, theirs: removed }, rules, effects);
		expect(undone.get('c/a')?.value).toBe(1);
		const joined = await mergeRecords({ base: gone, ours: base, theirs: removed }, rules, effects);
		expect(joined.get('c/a')?.removed).toBeDefined();
	});

	test('kinds and shapes that this page does not know stay on the edge, and are neither kept here nor removed', async () => {
		const strange: RecordEntry = { ...entryOf({ later: true }), isForeign: true };
		const theirs: Records = new Map([
			['z/a', strange],
			['c/a', strange]
		]);
		for (const base of [new Map(), theirs]) {
			const merged = await mergeRecords({ base, ours: new Map(), theirs }, rules, effects);
			expect(merged).toEqual(theirs);
			expect(changesHere({ base, ours: new Map(), merged, back: new Set() }, rules)).toEqual([]);
		}
		// A newer page knows them, and takes them.
		const known = of({ 'c/a': { later: true } });
		const merged = await mergeRecords({ base: theirs, ours: new Map(), theirs: known }, rules, effects);
		expect(plain(merged)).toEqual({ 'c/a': { later: true } });
	});

	test('fields are merged each for itself, in whatever order', () => {
		fc.assert(
			fc.property(values, values, values, (base, ours, theirs) => {
				const [one, other] = [mergeFields(base, ours, theirs), mergeFields(base, theirs, ours)];
				expect(encodeCanonical(one)).toEqual(encodeCanonical(other));
				expect(mergeFields(base, base, theirs)).toEqual(theirs);
				expect(mergeFields(base, one, theirs)).toEqual(one);
			})
		);
		expect(mergeFields({ a: 1, b: { c: 1 } }, { a: 2, b: { c: 1, d: 3 } }, { a: 1, b: { c: 2 } })).toEqual({
			a: 2,
			b: { c: 2, d: 3 }
		});
	});
});

test('of texts that three devices wrote at one time, one stands and all are in the history, in whatever order they came', async () => {
	const real = rulesOf([textRule, documentRule]);
	const said = async (parents: readonly string[], text: string): Promise<readonly [string, Encodable]> => {
		const content = { document: 'd', parents, text, message: 'm', createdAtMs: 1 };
		return [await effects.name(content), content];
	};
	const document = (head: string): Encodable => ({ kind: 'recipe', name: 'clean', head, createdAtMs: 1 });
	const [first, content] = await said([], 'first');
	const base = of({ 'document/d': document(first), [recordKey('text', 'd', first)]: content });
	const device = async (text: string): Promise<Records> => {
		const [head, own] = await said([first], text);
		return of({ ...plain(base), 'document/d': document(head), [recordKey('text', 'd', head)]: own });
	};
	const devices = [await device('one'), await device('two'), await device('three')];
	const standing = new Set<string>();
	for (const order of [
		[0, 1, 2],
		[0, 2, 1],
		[1, 0, 2],
		[1, 2, 0],
		[2, 0, 1],
		[2, 1, 0]
	]) {
		let edge = base;
		for (const at of order) {
			const ours = devices[at];
			if (ours) edge = await mergeRecords({ base, ours, theirs: edge }, real, effects);
		}
		const texts = [...edge].flatMap(([key, { value }]) =>
			key.startsWith('text/')
				? [{ ...(value as Omit<DocumentVersion, 'id'>), id: documentVersionId(piecesOfKey(key)[1] ?? '') }]
				: []
		);
		const { head: id } = plain(edge)['document/d'] as { readonly head: string };
		const head = documentVersionId(id);
		const history = documentHistory(head, texts).map(({ text }) => text);
		expect(new Set(history)).toEqual(new Set(['first', 'one', 'two', 'three']));
		standing.add(history.at(-1) ?? '');
	}
	expect(standing.size).toBe(1);
});

describe('pages', () => {
	const leaves = (tree: LaidOut): readonly Extract<LaidOut, { kind: 'leaf' }>[] =>
		tree.kind === 'leaf' ? [tree] : tree.below.flatMap(leaves);

	test('every record is in one page, in whatever order they came, and a change moves few', () => {
		const sized = (count: number): Map<string, RecordEntry> =>
			new Map(
				Array.from({ length: count }, (_record, at) => [
					recordKey('c', `thing ${at % 300}`, `part ${at}`),
					{ print: String(at), sizeBytes: 50 + (at % 7) * 300 }
				])
			);
		const all = sized(5000);
		const laid = leaves(layOutRecords(all));
		expect(laid.flatMap(({ keys }) => keys).sort()).toEqual([...all.keys()].sort());
		for (const { path, keys } of laid) for (const key of keys) expect(placeOf(key).startsWith(path)).toBe(true);
		expect(layOutRecords(new Map([...all].reverse()))).toEqual(layOutRecords(all));
		const before = new Set(laid.map(({ path, keys }) => `${path} ${keys.join()}`));
		const after = leaves(layOutRecords(new Map([...all, ['c/new/one', { print: 'x', sizeBytes: 100 }]])));
		const changed = after.filter(({ path, keys }) => !before.has(`${path} ${keys.join()}`));
		expect(changed.length).toBeLessThan(17);
	});

	test('a page opens as what it was, and whatever else does not', () => {
		const id = 'a'.repeat(43);
		const leaf = {
			kind: 'leaf' as const,
			records: [
				['c/a', { kind: 'inline' as const, value: { x: [1, 'y'] }, files: { hash: [id] } }] as const,
				['c/b', { kind: 'apart' as const, print: '0'.repeat(16), sizeBytes: 9, objects: [id], files: {} }] as const,
				['c/d', { kind: 'removed' as const, print: 'f'.repeat(16) }] as const
			]
		};
		const node = { kind: 'node' as const, pages: { '0': id, f: id } };
		for (const page of [leaf, node]) expect(parsePage(encodePage(page))).toEqual({ ok: true, value: page });
		expect(objectsOfPage(leaf)).toEqual([id, id]);
		const bytes = encodePage(leaf);
		expect(parsePage(bytes.slice(0, -1)).ok).toBe(false);
		expect(parsePage(encodeCanonical(['weir/records/v2', node])).ok).toBe(false);
		expect(parsePage(encodeCanonical(['weir/records/v1', { kind: 'node', pages: { g: id } }])).ok).toBe(false);
	});
});

test('any plain value is a record and comes back as it was; keys come apart as they were put together', () => {
	fc.assert(
		fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
			const record = toRecordValue(value);
			expect(encodeCanonical(record)).toEqual(encodeCanonical(toRecordValue(fromRecordValue(record))));
			expect(JSON.stringify(fromRecordValue(record))).toBe(JSON.stringify(value));
		})
	);
	expect(fromRecordValue(toRecordValue({ loss: [Number.NaN, Infinity, -0], gone: undefined }))).toEqual({
		loss: [Number.NaN, Infinity, 0]
	});
	fc.assert(
		fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 3 }), (pieces) => {
			expect(piecesOfKey(recordKey('c', ...pieces))).toEqual(pieces);
		})
	);
});
