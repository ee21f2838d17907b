// What a device believes of refs and members, with real signatures; and how the states of two devices become one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datasetId, versionId, type VersionId } from '#core/ids.ts';
import { ok } from '#core/result.ts';
import { encodeEntry, encodeProven, type MemberEntry } from '#core/sync/member-log.ts';
import { mergeStates } from '#core/sync/merge-state.ts';
import { encodeRef, joinSigned, type RefRecord, type WireRef } from '#core/sync/ref-record.ts';
import type { Kept, SpaceState } from '#core/sync/space-state.ts';
import type { SyncSpace } from '#core/sync/sync-space.ts';
import { deriveFrom } from '#lib/crypto/derive.ts';
import { makeDeviceKeys } from '#lib/crypto/device-keys.ts';
import { importIdKey } from '#lib/crypto/hash.ts';
import { createSyncKeys, grantRoot, rootCheck, type SyncKeys } from '#lib/crypto/sync-keys.ts';
import { readTip } from '#lib/flows/sync-chain.ts';
import type { SyncEffects } from '#lib/flows/sync-effects.ts';
import { readMembers } from '#lib/flows/sync-members.ts';
import { endsOf } from '#lib/flows/sync-removal.ts';
import type { WireEntry } from '#core/sync/member-log.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const workspace = 'w';
const space = datasetId('s');

type Party = { readonly id: string; readonly keys: SyncKeys; readonly signs: Bytes; readonly takes: Bytes };

async function party(id: string, root = 1): Promise<Party> {
	const device = await makeDeviceKeys();
	if (!device) return expect.unreachable('no Ed25519');
	const rootKey = await deriveFrom(new Uint8Array(32).fill(root));
	const idKey = await importIdKey(new Uint8Array(32));
	const { signing, taking, signs, takes } = device.keys;
	const keys = createSyncKeys({ workspace, device: id, roots: [rootKey], idKey, signing, taking });
	return { id, keys, signs, takes: takes ?? new Uint8Array() };
}

async function entry(
	{ id, keys, signs, takes }: Party,
	log: readonly WireEntry[],
	change: Partial<MemberEntry> = {},
	epoch = 1
): Promise<WireEntry> {
	const content: MemberEntry = {
		workspace,
		seq: log.length + 1,
		prev: log.at(-1)?.hash ?? '',
		by: id,
		change: { kind: 'add', device: { id, signs, takes, name: await keys.sealName(id, id, 1) } },
		...change
	};
	const proven = encodeProven(content, await keys.prove(encodeEntry(content), epoch));
	const signed = joinSigned(proven, await keys.sign(proven));
	return { seq: content.seq, hash: await keys.sha256(signed), entry: signed };
}

function effectsOf({ id, keys }: Party, members: readonly WireEntry[], log: readonly WireRef[]) {
	const net: Partial<SyncEffects['net']> = {
		members: (after) => Promise.resolve(ok(members.filter(({ seq }) => seq > after))),
		refLog: (_space, _token, after) => Promise.resolve(ok(log.filter(({ seq }) => seq > after)))
	};
	const store: Partial<SyncEffects['store']> = {
		members: () => Promise.resolve(ok([])),
		saveMembers: () => Promise.resolve(ok(undefined)),
		saveSpace: () => Promise.resolve(ok(undefined))
	};
	// What is asked of them here is all there.
	return { workspace, device: id, keys, net: net as SyncEffects['net'], store: store as SyncEffects['store'] };
}

async function step(by: Party, before: WireRef | null, change: Partial<RefRecord> = {}): Promise<WireRef> {
	const seal = await by.keys.newSpace(space, 1);
	const head = await seal.seal('head', new Uint8Array([1]));
	const ref: RefRecord = {
		workspace,
		space,
		token: 't',
		seq: (before?.seq ?? 0) + 1,
		prev: before?.hash ?? '',
		device: by.id,
		members: 2,
		epoch: 1,
		wrap: seal.wrap,
		head,
		...change
	};
	const content = encodeRef(ref);
	const record = joinSigned(content, await by.keys.sign(content));
	return { space, token: 't', seq: ref.seq, hash: await by.keys.sha256(record), record };
}

const unseen: SyncSpace = { space, trust: null, members: 0, key: null, base: null };

describe('refs and members', async () => {
	const [one, other, stranger, thief] = [
		await party('one'),
		await party('other'),
		await party('x'),
		await party('t', 2)
	];
	const first = await entry(one, []);
	const log = [first, await entry(other, [first])];
	const told = async (wire: readonly WireRef[], from: SyncSpace = unseen, members = log): Promise<string> => {
		const effects = effectsOf(one, members, wire);
		const known = await readMembers(effects);
		if (!known.ok) return known.error.kind;
		const tip = await readTip(from, wire.at(-1) ?? null, known.value, effects);
		return tip.ok ? 'believed' : tip.error.kind;
	};
	const a = await step(one, null);
	const b = await step(other, a);
	const c = await step(one, b);

	test('a chain that members signed is believed, from the beginning and from where it was seen', async () => {
		expect(await told([a, b, c])).toBe('believed');
		const seen = { ...unseen, trust: { seq: 2, hash: b.hash }, members: 2 };
		expect(await told([a, b, c], seen)).toBe('believed');
		expect(await told([a, b], seen)).toBe('believed');
	});

	test('less, nothing, another past, and gaps are told apart', async () => {
		const seen = { ...unseen, trust: { seq: 3, hash: c.hash }, members: 2 };
		expect(await told([a, b], seen)).toBe('rolled-back');
		expect(await told([], seen)).toBe('server-lost-data');
		expect(await told([a, b, await step(other, b)], seen)).toBe('forked');
		const d = await step(one, await step(other, b));
		expect(await told([a, b, c, d], seen)).toBe('forked');
		expect(await told([a, c])).toBe('forked');
		expect(await told([b, c])).toBe('forked');
	});

	test('records of strangers, of other places, and changed ones are refused', async () => {
		expect(await told([await step(stranger, null)])).toBe('forged');
		expect(await told([await step({ ...stranger, id: 'one' }, null)])).toBe('forged');
		for (const change of [{ workspace: 'v' }, { space: 'z' }, { token: 'u' }, { members: 9 }])
			expect(await told([await step(one, null, change)])).toBe('forged');
		expect(await told([a, await step(other, a, { members: 1 })])).toBe('forged');
		for (let at = 0; at < a.record.length; at += 7) {
			const record = a.record.map((byte, index) => (index === at ? byte ^ 1 : byte));
			expect(await told([{ ...a, record, hash: await one.keys.sha256(record) }])).toMatch(
				/^(forged|broken-object|forked)$/
			);
		}
	});

	/** A new epoch, begun by `one`, whose root key all that stay are given. */
	async function rotate(
		removes: string | null,
		staying: readonly Party[],
		ends: readonly { readonly space: string; readonly seq: number }[] = []
	): Promise<WireEntry> {
		const root = new Uint8Array(32).fill(7);
		const to = { workspace, epoch: 2, by: 'one' };
		const grants = await Promise.all(staying.map(({ id, takes }) => grantRoot(root, { ...to, device: id, takes })));
		const check = await rootCheck(workspace, await deriveFrom(root), 2);
		return entry(one, log, { change: { kind: 'rotate', removes, ends, check, grants } });
	}

	async function refusedOf(wire: readonly WireRef[], members: readonly WireEntry[], from = unseen) {
		const effects = effectsOf(one, members, wire);
		const known = await readMembers(effects);
		const tip = known.ok ? await readTip(from, wire.at(-1) ?? null, known.value, effects) : known;
		if (!tip.ok) return tip.error.kind;
		return {
			counts: tip.value && !tip.value.isVoid ? tip.value.ref.seq : 0,
			refused: tip.value?.refused.map(({ seq }) => seq)
		};
	}

	test('what a removed device signs after its end counts for nobody, and stops nobody', async () => {
		const members = [...log, await rotate('other', [one], [{ space, seq: 2 }])];
		expect(await refusedOf([a, b], members)).toEqual({ counts: 2, refused: [] });
		const later = await step(other, b);
		expect(await refusedOf([a, b, later], members)).toEqual({ counts: 2, refused: [3] });
		const knowing = await step(other, b, { members: 3 });
		expect(await refusedOf([a, b, knowing], members)).toEqual({ counts: 2, refused: [3] });
		const onTop = await step(one, later, { members: 3, epoch: 2 });
		expect(await refusedOf([a, b, later, onTop], members)).toEqual({ counts: 4, refused: [] });
		expect(await refusedOf([a, b, later, onTop, await step(other, onTop)], members)).toEqual({
			counts: 4,
			refused: [5]
		});
		const elsewhere = [...log, await rotate('other', [one])];
		expect(await refusedOf([await step(other, null)], elsewhere)).toEqual({ counts: 0, refused: [1] });
		expect(await told([a, await step(stranger, a)], unseen, members)).toBe('forged');
	});

	test('whoever removes a device counts what came of it since the last sync', async () => {
		const later = await step(other, b);
		const { net, store, ...rest } = effectsOf(one, log, [a, b, later]);
		const known: SyncSpace = { ...unseen, trust: { seq: b.seq, hash: b.hash }, members: 2 };
		const ends = async (shown: readonly WireRef[]) => {
			const seen = await endsOf('other', {
				...rest,
				net: { ...net, refs: () => Promise.resolve(ok(shown)) },
				store: { ...store, spaces: () => Promise.resolve(ok([known])) }
			});
			return seen.ok ? ok(seen.value.ends) : seen;
		};
		expect(await ends([b])).toEqual(ok([{ space, seq: 2 }]));
		expect(await ends([later])).toEqual(ok([{ space, seq: 3 }]));
		expect(await ends([await step(one, b)])).toEqual(ok([]));
		// What is not believed does not count.
		expect(await ends([a, await step(other, a)])).toEqual(ok([]));
	});

	test('a record under the keys of before is of a device that does not read the log, which no member is', async () => {
		const members = [...log, await rotate(null, [one, other])];
		expect(await told([a, b, await step(one, b, { members: 3, epoch: 2 })], unseen, members)).toBe('believed');
		expect(await told([a, b, await step(one, b, { members: 3, epoch: 1 })], unseen, members)).toBe('forged');
		expect(await told([a, b, await step(one, b, { members: 2, epoch: 2 })], unseen, members)).toBe('forged');
	});

	test('a removed device does not come back, and nobody adds one by the keys of before', async () => {
		const members = [...log, await rotate('other', [one])];
		expect(await told([a], unseen, [...members, await entry(other, members)])).toBe('forged');
		const third = await party('third');
		expect(await told([a], unseen, [...members, await entry(third, members)])).toBe('forged');
	});

	test('a device without a grant, with one of another, or that was removed, goes no further', async () => {
		const fresh = async (id: string): Promise<Party> => ({ ...(await party(id)), id });
		const read = async (as: Party, members: readonly WireEntry[]): Promise<string> => {
			const known = await readMembers(effectsOf(as, members, []));
			return known.ok ? 'read' : known.error.kind;
		};
		const third = await fresh('third');
		const added = await entry(third, log);
		const withThird = [...log, added];
		const granting = async (
			staying: readonly Party[],
			removes: string | null = null
		): Promise<readonly WireEntry[]> => {
			const root = new Uint8Array(32).fill(7);
			const to = { workspace, epoch: 2, by: 'one' };
			const grants = await Promise.all(staying.map(({ id, takes }) => grantRoot(root, { ...to, device: id, takes })));
			const check = await rootCheck(workspace, await deriveFrom(root), 2);
			const change = { kind: 'rotate', removes, ends: [], check, grants } as const;
			return [...withThird, await entry(one, withThird, { change })];
		};
		expect(await read(third, await granting([one, third]))).toBe('read');
		expect(await read(await sameDevice(third), await granting([one]))).toBe('keys-outdated');
		expect(await read(await sameDevice(third), await granting([one, { ...other, id: 'third' }]))).toBe('forged');
		expect(await read(await sameDevice(third), await granting([one], 'third'))).toBe('device-removed');
	});

	/** It has forgotten what it was given. */
	async function sameDevice({ id, signs, takes }: Party): Promise<Party> {
		return { ...(await party(id)), signs, takes };
	}

	test('nobody is added without the root key, or removed by a stranger', async () => {
		expect(await told([a], unseen, [...log, await entry(thief, log)])).toBe('forged');
		const check = new Uint8Array(32);
		const removal = { kind: 'rotate', removes: 'other', ends: [], check, grants: [] } as const;
		expect(await told([a], unseen, [...log, await entry(stranger, log, { change: removal })])).toBe('forged');
		const grant = { device: 'other', key: check, sealed: check };
		const itself = { ...removal, grants: [grant] };
		expect(await told([a], unseen, [...log, await entry(one, log, { change: itself })])).toBe('forged');
		const name = await one.keys.sealName('other', 'mine', 1);
		const renaming = { kind: 'rename', device: 'other', name } as const;
		expect(await told([a], unseen, [...log, await entry(stranger, log, { change: renaming })])).toBe('forged');
		expect(await told([a], unseen, [...log, await entry(one, log, { change: renaming })])).toBe('believed');
		expect(await told([a], unseen, [...log, await entry(stranger, [first])])).toBe('forked');
	});
});

describe('states of two devices', () => {
	const ids = ['v1', 'v2', 'v3', 'v4'].map(versionId);
	const commits = ids.map((id, at) => ({ id, parents: at === 0 ? [] : [ids[at - 1 - (at === 3 ? 1 : 0)] ?? id] }));
	const name = fc.constantFrom('main', 'Main', 'try');
	const refs = fc.dictionary(name, fc.constantFrom(...ids), { minKeys: 1, noNullPrototype: true });
	const state: fc.Arbitrary<Kept> = fc.option(
		fc
			.record({ name: fc.constantFrom('a', 'b'), createdAtMs: fc.constantFrom(1, 2), heads: refs, tags: refs })
			.map(({ heads, tags, ...rest }): SpaceState => {
				const free = Object.entries(heads).filter(
					([one], at, all) => all.findIndex(([two]) => two.toLowerCase() === one.toLowerCase()) === at
				);
				const taken = new Set(free.map(([one]) => one.toLowerCase()));
				const tagged = Object.entries(tags)
					.filter(([one]) => !taken.has(one.toLowerCase()))
					.slice(0, 1);
				return {
					...rest,
					branch: free[0]?.[0] ?? '',
					driftRules: null,
					heads: Object.fromEntries(free),
					tags: Object.fromEntries(tagged)
				};
			})
	);
	const merge = (base: Kept, ours: Kept, theirs: Kept) => mergeStates(base, ours, theirs, commits);

	test('what one did not change is taken of the other, and alike is alike', () => {
		fc.assert(
			fc.property(state, state, (base, one) => {
				expect(merge(base, one, base).state).toEqual(one);
				expect(merge(base, base, one).state).toEqual(one);
				expect(merge(base, one, one)).toEqual({ state: one, diverged: [] });
			})
		);
	});

	test('both sides come to the same, but for branches that go to a merge of versions', () => {
		fc.assert(
			fc.property(state, state, state, (base, one, other) => {
				const [mine, yours] = [merge(base, one, other), merge(base, other, one)];
				expect(mine.diverged.map(({ branch }) => branch)).toEqual(yours.diverged.map(({ branch }) => branch));
				if (mine.diverged.length === 0) expect(mine.state).toEqual(yours.state);
			}),
			{ numRuns: 2000 }
		);
	});

	test('a dataset has its open branch, and no two refs of one name', () => {
		fc.assert(
			fc.property(state, state, state, (base, one, other) => {
				const { state: merged } = merge(base, one, other);
				if (!merged) return;
				expect(Object.keys(merged.heads)).toContain(merged.branch);
				const names = [...Object.keys(merged.heads), ...Object.keys(merged.tags)].map((ref) => ref.toLowerCase());
				expect(new Set(names).size).toBe(names.length);
			}),
			{ numRuns: 2000 }
		);
	});

	test('a removed dataset comes back only if the other changed it', () => {
		const was: SpaceState = {
			name: 'a',
			branch: 'main',
			createdAtMs: 1,
			driftRules: null,
			heads: { main: ids[0] as VersionId },
			tags: {}
		};
		expect(merge(was, null, was).state).toBeNull();
		expect(merge(was, null, { ...was, name: 'b' }).state).toMatchObject({ name: 'b' });
	});
});
