// What becomes of a dataset that two devices changed: three ways, name by name. Branches that both went on with are left to the
// merge of versions.
import { encodeCanonical, type Encodable } from '../encoding.ts';
import type { VersionId } from '../ids.ts';
import { ancestorIds } from '../version/history.ts';
import type { Version } from '../version/version.ts';
import { freeRef, isSameState, type Kept, type SpaceState } from './space-state.ts';

type Commit = Pick<Version, 'id' | 'parents'>;

export type Diverged = { readonly branch: string; readonly ours: VersionId; readonly theirs: VersionId };

export type MergedState = {
	/** A diverged branch stands in it as it is here. */
	readonly state: Kept;
	readonly diverged: readonly Diverged[];
};

/**
 * Ours and theirs since `base`, which is null also where there is none. What only one side changed is taken; of a thing that one side
 * removed and the other changed, the change; of two names for one thing, the greater text, so that both sides choose alike.
 *
 * `commits` are those of both sides.
 */
export function mergeStates(base: Kept, ours: Kept, theirs: Kept, commits: readonly Commit[]): MergedState {
	if (isSameState(ours, theirs) || isSameState(base, theirs)) return { state: ours, diverged: [] };
	if (isSameState(base, ours)) return { state: theirs, diverged: [] };
	if (!ours || !theirs) return { state: ours ?? theirs, diverged: [] };
	const diverged: Diverged[] = [];
	const follows = (one: VersionId, other: VersionId): boolean => ancestorIds([one], commits).has(other);
	const chooseHead = (branch: string, mine: VersionId, other: VersionId): VersionId => {
		if (follows(mine, other)) return mine;
		if (follows(other, mine)) return other;
		diverged.push({ branch, ours: mine, theirs: other });
		return mine;
	};
	const kept = mergeNames(base?.heads, ours.heads, theirs.heads, chooseHead);
	// Each removed what the other kept: a dataset has a branch at least, so all of them stay.
	const heads = Object.keys(kept).length > 0 ? kept : mergeNames({}, ours.heads, theirs.heads, chooseHead);
	const tags = mergeNames(base?.tags, ours.tags, theirs.tags, (_name, mine, other) => (mine > other ? mine : other));
	const pick = <T extends Encodable>(of: (state: SpaceState) => T): T => {
		const [was, mine, other] = [base && textOf(of(base)), textOf(of(ours)), textOf(of(theirs))];
		if (was === other) return of(ours);
		return was === mine || other > mine ? of(theirs) : of(ours);
	};
	const branch = pick((state) => state.branch);
	const merged: SpaceState = {
		name: pick((state) => state.name),
		branch: Object.hasOwn(heads, branch) ? branch : (Object.keys(heads).sort()[0] ?? branch),
		createdAtMs: pick((state) => state.createdAtMs),
		driftRules: pick((state) => state.driftRules),
		heads,
		tags: {}
	};
	return { state: withTags(withFreeHeads(merged), tags), diverged };
}

type Named = Readonly<Record<string, VersionId>>;

function mergeNames(
	base: Named = {},
	ours: Named,
	theirs: Named,
	choose: (name: string, mine: VersionId, other: VersionId) => VersionId
): Named {
	const merged: Record<string, VersionId> = {};
	for (const name of [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort()) {
		const [was, mine, other] = [base[name], ours[name], theirs[name]];
		const taken =
			mine === other || was === other
				? mine
				: was === mine
					? other
					: mine !== undefined && other !== undefined
						? choose(name, mine, other)
						: (mine ?? other);
		if (taken !== undefined) merged[name] = taken;
	}
	return merged;
}

/** Two devices may have given names that differ by case alone. */
function withFreeHeads(state: SpaceState): SpaceState {
	let fixed: SpaceState = { ...state, heads: {} };
	for (const [name, head] of Object.entries(state.heads)) fixed = add(fixed, 'heads', name, head);
	return fixed;
}

function withTags(state: SpaceState, tags: Named): SpaceState {
	let fixed = state;
	for (const [name, version] of Object.entries(tags)) fixed = add(fixed, 'tags', name, version);
	return fixed;
}

function add(state: SpaceState, kind: 'heads' | 'tags', name: string, version: VersionId): SpaceState {
	const lower = name.toLowerCase();
	const isTaken = Object.keys({ ...state.heads, ...state.tags }).some((one) => one.toLowerCase() === lower);
	const free = isTaken ? freeRef(name, state) : name;
	const branch = kind === 'heads' && state.branch === name ? free : state.branch;
	return { ...state, branch, [kind]: { ...state[kind], [free]: version } };
}

function textOf(value: Encodable): string {
	return Array.from(encodeCanonical(value), (byte) => String.fromCharCode(byte)).join('');
}
