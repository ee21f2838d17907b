// What becomes of the records that two devices changed: three ways, key by key, from the state that both had in common.
import { encodeCanonical, type Encodable } from '../encoding.ts';
import { mergeFields } from './merge-fields.ts';
import type { RecordEntry, RecordRule, Records, RecordSides, RuleEffects, Settling } from './record-rule.ts';
import { kindOf, piecesOfKey, printOf, recordKey } from './record-value.ts';

export type RuleByKind = ReadonlyMap<string, RecordRule>;

export function rulesOf(rules: readonly RecordRule[]): RuleByKind {
	return new Map(rules.map((rule) => [rule.kind, rule]));
}

/** With room for the value itself; see `layOutRecords`. */
export function entryOf(value: Encodable): RecordEntry {
	const bytes = encodeCanonical(value);
	return { print: printOf(bytes), sizeBytes: bytes.length, value };
}

/** Keys of theirs whose values the merge needs; and of those that were forgotten here, `back` is what comes back with them. */
export function valuesNeeded(
	{ base, ours, theirs }: RecordSides<Records>,
	rules: RuleByKind
): { readonly changed: readonly string[]; readonly back: ReadonlySet<string> } {
	const changed = [...theirs].flatMap(([key, { print, removed, isForeign }]) => {
		const isKnown = ours.get(key)?.print === print || base.get(key)?.print === print;
		return removed !== undefined || isKnown || isForeign || !rules.has(kindOf(key)) ? [] : [key];
	});
	const coming = new Set(
		changed.flatMap((key) => {
			const beside = rules.get(kindOf(key))?.with;
			return beside === undefined ? [] : [recordKey(beside, piecesOfKey(key)[0] ?? '')];
		})
	);
	const isBack = (key: string): boolean => coming.has(recordKey(kindOf(key), piecesOfKey(key)[0] ?? ''));
	return { changed, back: new Set([...theirs.keys()].filter((key) => !ours.has(key) && isBack(key))) };
}

/**
 * Of a record that one side removed and the other changed, the change. Records of kinds that this page does not know stay as they are
 * on the edge.
 */
export async function mergeRecords(
	sides: RecordSides<Records>,
	rules: RuleByKind,
	effects: RuleEffects
): Promise<Records> {
	const ours = new Map(sides.ours);
	for (const rule of rules.values())
		for (const [key, value] of rule.makeWay?.(sides) ?? [])
			if (value === null) ours.delete(key);
			else ours.set(key, entryOf(value));
	const merged = new Map<string, RecordEntry>();
	const settling = settlingOf(merged);
	const conflicts: [string, RecordEntry, RecordEntry][] = [];
	for (const key of new Set([...ours.keys(), ...sides.theirs.keys()])) {
		const [base, mine, other] = [sides.base.get(key), ours.get(key), sides.theirs.get(key)];
		const rule = rules.get(kindOf(key));
		const taken = rule ? take(rule, base, mine, other) : other;
		if (taken === 'both') {
			if (mine && other) conflicts.push([key, mine, other]);
		} else if (taken) merged.set(key, taken);
	}
	// When all else is there: a merge may look at it.
	for (const [key, mine, other] of conflicts.sort(([one], [two]) => (one < two ? -1 : 1))) {
		const [a, b, was] = [mine.value, other.value, sides.base.get(key)?.value];
		if (a === undefined || b === undefined) throw new Error(`the values of ${kindOf(key)} were to be loaded`);
		const merge = rules.get(kindOf(key))?.merge;
		const value = merge ? await merge({ base: was, ours: a, theirs: b }, settling, effects) : mergeFields(was, a, b);
		merged.set(key, entryOf(value));
	}
	for (const rule of rules.values()) await rule.settle?.(settling, effects);
	return merged;
}

function take(
	{ isLasting }: RecordRule,
	base: RecordEntry | undefined,
	ours: RecordEntry | undefined,
	theirs: RecordEntry | undefined
): RecordEntry | 'both' | undefined {
	if (theirs?.isForeign) return theirs;
	if (!ours) {
		const wasHere = base !== undefined && base.removed === undefined && !base.isForeign;
		const isRemovedHere = !isLasting && theirs && wasHere && base.print === theirs.print;
		return isRemovedHere ? { print: '', removed: theirs.print, sizeBytes: 0 } : theirs;
	}
	if (!theirs) return ours;
	if (theirs.removed !== undefined) {
		// Where it was removed already when both agreed last, it came back here since.
		if (base?.removed !== undefined) return ours;
		return ours.print === (base?.print ?? theirs.removed) ? theirs : ours;
	}
	if (ours.print === theirs.print || base?.print === theirs.print) return ours;
	return base?.print === ours.print ? theirs : 'both';
}

function settlingOf(merged: Map<string, RecordEntry>): Settling {
	return {
		of: (kind) =>
			[...merged].flatMap(([key, { value, isForeign }]) =>
				value !== undefined && !isForeign && kindOf(key) === kind ? [[key, value] as const] : []
			),
		get: (key) => merged.get(key)?.value,
		set: (key, value) => void merged.set(key, entryOf(value)),
		drop: (key) => void merged.delete(key)
	};
}

export type RecordChange = {
	readonly key: string;
	/** Fingerprint of what was here; null where nothing was. */
	readonly before: string | null;
	readonly after: Encodable | null;
};

type Forgetful = {
	readonly base: Records;
	readonly ours: Records;
	readonly merged: Records;
	readonly back: ReadonlySet<string>;
};

/** What has to change on this device. What it forgot, and nobody changed since, stays forgotten, unless it is to come back. */
export function changesHere({ base, ours, merged, back }: Forgetful, rules: RuleByKind): readonly RecordChange[] {
	const changes: RecordChange[] = [];
	for (const [key, { print, removed, isForeign, value }] of merged) {
		const [mine, rule] = [ours.get(key), rules.get(kindOf(key))];
		if (!rule || isForeign || removed !== undefined || mine?.print === print || value === undefined) continue;
		if (!mine && rule.isLasting && base.get(key)?.print === print && !back.has(key)) continue;
		changes.push({ key, before: mine?.print ?? null, after: value });
	}
	for (const [key, { print }] of ours) {
		const left = merged.get(key);
		if (!left || left.removed !== undefined) changes.push({ key, before: print, after: null });
	}
	return changes;
}

/** What is not on the edge as it is here. */
export function changedSince(base: Records, ours: Records, rules: RuleByKind): readonly string[] {
	const added = [...ours].flatMap(([key, { print }]) => (base.get(key)?.print === print ? [] : [key]));
	const gone = [...base].flatMap(([key, { removed, isForeign }]) => {
		const rule = rules.get(kindOf(key));
		return rule && !rule.isLasting && removed === undefined && !isForeign && !ours.has(key) ? [key] : [];
	});
	return [...added, ...gone];
}

/** Whether both are the same in all that is sent. */
export function isSameRecords(one: Records, other: Records): boolean {
	if (one.size !== other.size) return false;
	return [...one].every(([key, { print, removed }]) => {
		const there = other.get(key);
		return there?.print === print && there.removed === removed;
	});
}
