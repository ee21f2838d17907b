// The records of this device beside what of them was agreed on last. Where it is known which changed since then, of the kinds that may be many
// only those are read, and all others are as they were agreed on, without their values.
import { ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { entryOf } from '../core/sync/merge-records.ts';
import { isLookedAt, recordsOf, type RecordBase } from '../core/sync/record-base.ts';
import type { RecordEntry, RecordRule, Records } from '../core/sync/record-rule.ts';
import { kindOf } from '../core/sync/record-value.ts';
import type { LocalChanges } from '../db/sync-records.ts';
import type { SyncEffects } from './sync-effects.ts';

type LocalEffects = Pick<SyncEffects, 'sleep' | 'signal' | 'now'> & {
	readonly store: Pick<SyncEffects['store'], 'records'>;
};

export type LocalRead = {
	readonly ours: Records;
	/** How they stood when they were read. */
	readonly mark: string;
	readonly base: RecordBase;
	/** When all of them were read last. */
	readonly lookedAtMs: number;
};

type Read<T> = Promise<Result<T, SpaceFailure>>;

/** Rises where a page reads the same kinds otherwise than one before. */
const READS = 1;
/** As many are looked at before the page may do something else. */
const AT_ONCE = 2000;

export function readAs(rules: readonly RecordRule[]): string {
	return [READS, ...rules.map(({ kind }) => kind)].join(' ');
}

export async function localRecords(effects: LocalEffects, readsAll: boolean): Read<LocalRead> {
	const { store, now, sleep, signal } = effects;
	const read = await store.records.base();
	if (!read.ok) return read;
	const base = read.value;
	const ours = new Map<string, RecordEntry>();
	const changes: Awaited<Read<LocalChanges | null>> = readsAll ? ok(null) : await changesOf(base, effects);
	if (!changes.ok) return changes;
	const local = changes.value ? ok(changes.value) : await store.records.local();
	if (!local.ok) return local;
	if (changes.value) addAgreed(ours, base, changes.value);
	for (const [key, value] of local.value.records) {
		ours.set(key, entryOf(value));
		if (ours.size % AT_ONCE === 0) await sleep(0, signal);
	}
	const lookedAtMs = (changes.value && base.inStep?.atMs) ?? now();
	return ok({ ours, mark: local.value.mark, base, lookedAtMs });
}

/** Null where all are to be read. */
async function changesOf({ inStep, readAs: as }: RecordBase, { store, now }: LocalEffects): Read<LocalChanges | null> {
	const { records } = store;
	if (!inStep?.forgotten || as !== readAs(records.rules) || !isLookedAt(inStep, now())) return ok(null);
	return records.changes(inStep.mark);
}

function addAgreed(ours: Map<string, RecordEntry>, base: RecordBase, { kinds, changed }: LocalChanges): void {
	const forgotten = new Set(base.inStep?.forgotten);
	for (const [key, entry] of recordsOf(base)) {
		const isHere = entry.removed === undefined && !entry.isForeign && !forgotten.has(key);
		if (isHere && kinds.has(kindOf(key))) ours.set(key, entry);
	}
	for (const [key, value] of changed)
		if (value === null) ours.delete(key);
		else ours.set(key, entryOf(value));
}
