// Shortens a dataset's history on the edge: versions that are let go stay in the chain by their outline, so that ancestry holds, and their
// bytes are needed by nothing any more. What devices have of them stays there.
import type { DatasetId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { encodeVersionObject, type VersionObject } from '../core/sync/content-objects.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { commitsToSend } from '../core/sync/plan-send.ts';
import { encodeRecords, rootsOf } from '../core/sync/space-state.ts';
import { versionsWithin } from '../core/sync/sync-choice.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import { readTip } from './sync-chain.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { moveHead, readHead, sealOfNow } from './sync-head.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { inParallel } from './sync-parallel.ts';

type Shortened<T> = Promise<Result<T, SpaceFailure>>;
type Objects = Readonly<Record<VersionId, string>>;

/** How many versions the edge lets go. Kept are the newest of each branch, tags, and where branches part. */
export async function shortenOnEdge(
	id: DatasetId,
	newest: number,
	isPreview: boolean,
	effects: SyncEffects
): Shortened<readonly VersionId[]> {
	const refs = await effects.net.refs();
	if (!refs.ok) return refs;
	const members = await readMembers(effects);
	if (!members.ok) return members;
	const spaces = await effects.store.spaces();
	if (!spaces.ok) return spaces;
	const space = spaces.value.find((one) => one.space === id);
	const wire = refs.value.find((ref) => ref.space === id) ?? null;
	const tip = space ? await readTip(space, wire, members.value, effects) : ok(null);
	if (!tip.ok) return tip;
	if (!tip.value || !space) return ok([]);
	const { ref, trust } = tip.value;
	if (tip.value.isVoid) return ok([]);
	const opened = await effects.keys.openSpace(id, ref.epoch, ref.wrap);
	if (!opened.ok) return opened;
	const seal = ok(await sealOfNow(opened.value, epochOf(members.value)));
	const head = await readHead(id, tip.value, opened.value, effects);
	if (!head.ok) return head;
	const { state, objects } = head.value;
	if (!state) return ok([]);
	const read = await readAll(objects, new SpaceReader(id, opened.value, effects));
	if (!read.ok) return read;
	const commits = [...read.value.values()].map(({ commit }) => commit.version);
	const kept = versionsWithin(state, newest, commits);
	const going = commits.filter(({ id: one }) => read.value.get(one)?.commit.kind === 'version' && !kept.has(one));
	const gone = new Set(going.map((one) => one.id));
	if (gone.size === 0 || isPreview) return ok([...gone]);
	const order = commitsToSend(rootsOf(state), [], commits);
	const written = await writeShort(id, order, read.value, gone, seal.value, effects);
	if (!written.ok) return written;
	const { sealed, sent } = written.value;
	const chosen: Record<VersionId, string> = {};
	for (const root of rootsOf(state)) chosen[root] = sealed.get(`version/${root}`)?.[0] ?? objects[root] ?? '';
	const records = await seal.value.seal('records', encodeRecords({ state, objects: chosen }));
	const put = await effects.net.put(id, records.id, records.bytes);
	if (!put.ok) return put;
	const next = { seq: trust.seq + 1, prev: trust.hash };
	const about = { space: id, seal: seal.value, next, object: records.id, members: members.value.length, reset: null };
	const moved = await moveHead({ ...about, needs: [...sent, records.id].slice(-10_000) }, effects);
	if (!moved.ok) return moved;
	// Another device was quicker: it is done with what that one left, when it is asked for again.
	if (!moved.value) return err({ kind: 'edge-busy', retryAfterMs: null });
	const saved = await effects.store.saveSealed(seal.value.lineage, sealed);
	return saved.ok ? ok([...gone]) : saved;
}

async function readAll(roots: Objects, reader: SpaceReader): Shortened<ReadonlyMap<VersionId, VersionObject>> {
	const found = new Map<VersionId, VersionObject>();
	let open = Object.entries(roots) as [VersionId, string][];
	while (open.length > 0) {
		const next = [...new Map(open)].filter(([id]) => !found.has(id));
		const read = await inParallel(next, ([id, object]) => reader.version(id, object));
		if (!read.ok) return read;
		for (const one of read.value) found.set(one.commit.version.id, one);
		open = read.value.flatMap(({ parents }) => Object.entries(parents) as [VersionId, string][]);
	}
	return ok(found);
}

/** Parents first, since each names the objects of its own. */
async function writeShort(
	id: DatasetId,
	order: readonly VersionId[],
	found: ReadonlyMap<VersionId, VersionObject>,
	gone: ReadonlySet<VersionId>,
	seal: SpaceSeal,
	{ net, now, signal }: SyncEffects
): Shortened<{ readonly sealed: ReadonlyMap<string, readonly string[]>; readonly sent: readonly string[] }> {
	const sealed = new Map<string, readonly string[]>();
	const sent: string[] = [];
	for (const version of order) {
		if (signal.aborted) return err({ kind: 'cancelled' });
		const old = found.get(version);
		if (!old) continue;
		const parents: Record<VersionId, string> = {};
		for (const parent of Object.keys(old.parents) as VersionId[])
			parents[parent] = sealed.get(`version/${parent}`)?.[0] ?? old.parents[parent] ?? '';
		const short = gone.has(version) ? { commit: collected(old, now()), segments: {} } : old;
		const { commit, segments } = short;
		const object = await seal.seal('version', encodeVersionObject({ commit, parents, segments }));
		const put = await net.put(id, object.id, object.bytes);
		if (!put.ok) return put;
		sent.push(object.id);
		sealed.set(`version/${version}`, [object.id]);
		sealed.set(`full/${version}`, commit.kind === 'version' ? [object.id] : []);
	}
	return ok({ sealed, sent });
}

function collected({ commit }: VersionObject, collectedAtMs: number): VersionObject['commit'] {
	const { id, dataset, parents, message, createdAtMs } = commit.version;
	return { kind: 'collected', version: { id, dataset, parents, message, createdAtMs, collectedAtMs } };
}
