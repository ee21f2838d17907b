// Which rows of two versions stand beside each other without a look at them: those of segments whose keys are the same parts.
import type { SegmentId } from '../ids.ts';
import { changesRows, segmentName } from '../version/patch.ts';
import type { Segment } from '../version/segment.ts';
import type { Column, SegmentRef } from '../version/version.ts';
import { areAlike, type ColumnPair } from './column-pairs.ts';

/** A version's rows and what its segments are made of; those that both versions name may be left out of `segments`. */
export type PartedTable = {
	readonly schema: readonly Column[];
	/** For each chunk of a segment, in order, the number of its column. */
	readonly owners: readonly number[];
	readonly refs: readonly SegmentRef[];
	readonly segments: ReadonlyMap<SegmentId, Segment>;
};

/** Segments before and after by number, one beside the other; ascending after. */
export type SegmentGroup = {
	readonly from: readonly number[];
	readonly to: readonly number[];
	/** Places, in the list of column pairs, of those whose chunks are not the same on both sides of every segment. */
	readonly differing: readonly number[];
};

/** What a comparison leaves unread. */
export type Sharing = { readonly segmentCount: number; readonly rowCount: number };

export type Pairing = {
	readonly groups: readonly SegmentGroup[];
	/** The same segments, of which patches left other rows on either side: rows that one side lacks are all that differs. */
	readonly removals: { readonly from: readonly number[]; readonly to: readonly number[] };
	/** Segments that have none beside them: their rows are compared by key, or as whole rows. */
	readonly rest: { readonly from: readonly number[]; readonly to: readonly number[] };
	/** Segments of which every column is the same. */
	readonly same: Sharing;
};

/** Each is a file of its own to the engine; segments with rarer combinations of columns are read together. */
const GROUPS_MAX = 8;

/**
 * With a key, segments are beside each other whose chunks of the key's columns are the same parts: they hold the same rows in
 * the same order. Without one, rows that stand beside each other and are equal cancel out, so any two segments of equal
 * length may be paired; those that have a column in common are.
 *
 * A column that one side lacks, or has with another type, differs everywhere.
 */
export function pairSegments(
	{ from, to }: { readonly from: PartedTable; readonly to: PartedTable },
	pairs: readonly ColumnPair[],
	keys: readonly ColumnPair[]
): Pairing {
	const left = new Unpaired(from.refs, to.refs);
	const same = { segmentCount: 0, rowCount: 0 };
	const found = new Map<string, { from: number[]; to: number[]; differing: readonly number[] }>();
	if (areAlike(from.schema, to.schema, pairs))
		for (const { rowCount } of left.take(segmentName)) {
			same.segmentCount++;
			same.rowCount += rowCount;
		}
	const removals = { from: [] as number[], to: [] as number[] };
	if (areAlike(from.schema, to.schema, pairs))
		for (const pair of left.takeAscending(removalReader(from, to))) {
			removals.from.push(pair.from);
			removals.to.push(pair.to);
		}
	const chunks = { from: chunkReader(from), to: chunkReader(to) };
	const readColumn = (pair: ColumnPair, side: 'from' | 'to'): ReadChunks => {
		const { schema } = side === 'from' ? from : to;
		const column = schema.findIndex(({ name }) => name === pair[side]?.name);
		return (ref) => chunks[side](ref, column);
	};
	const both = pairs.map((pair) => ({ from: readColumn(pair, 'from'), to: readColumn(pair, 'to') }));
	const isOfBoth = ({ from: before, to: after }: ColumnPair): boolean => before !== null && before.type === after?.type;
	for (const columns of signatures(pairs, keys, left, both))
		for (const { from: before, to: after, rowCount } of left.take((ref, side) =>
			signatureOf(
				ref,
				columns.map((column) => both[column]?.[side])
			)
		)) {
			const refs = [from.refs[before], to.refs[after]] as const;
			const differing = pairs.flatMap((pair, column) =>
				isOfBoth(pair) && isEqual(both[column]?.from(refs[0]), both[column]?.to(refs[1])) ? [] : [column]
			);
			if (differing.length === 0) {
				same.segmentCount++;
				same.rowCount += rowCount;
				continue;
			}
			const name = differing.join(',');
			const group = found.get(name) ?? { from: [], to: [], differing };
			found.set(name, group);
			group.from.push(before);
			group.to.push(after);
		}
	return { groups: fewGroups([...found.values()].map(ascending)), removals, rest: left.rest, same };
}

/** Names a segment with a patch that only removes rows, or without one, as what it was written as. */
function removalReader(from: PartedTable, to: PartedTable): (ref: SegmentRef) => string | null {
	const whole = new Map(
		[...from.refs, ...to.refs].flatMap(({ id, patch, rowCount }) => (patch ? [] : [[id, rowCount]]))
	);
	return (ref) => {
		const { id } = ref;
		const rowCount = whole.get(id) ?? (from.segments.get(id) ?? to.segments.get(id))?.rowCount;
		return rowCount === undefined || changesRows(ref, rowCount) ? null : id;
	};
}

/** A chunk's parts joined; null where they are not known. */
type ReadChunks = (ref: SegmentRef | undefined) => string | null;

/** Columns by which segments are found, one list after another. */
function signatures(
	pairs: readonly ColumnPair[],
	keys: readonly ColumnPair[],
	left: Unpaired,
	both: readonly { readonly from: ReadChunks }[]
): readonly (readonly number[])[] {
	const isOfBoth = ({ from, to }: ColumnPair): boolean => from !== null && from.type === to?.type;
	if (keys.length > 0) return keys.every(isOfBoth) ? [keys.map((key) => pairs.indexOf(key))] : [];
	const kinds = (column: number): number => new Set(left.before.map((ref) => both[column]?.from(ref))).size;
	const columns = pairs.flatMap((pair, column) => (isOfBoth(pair) ? [{ column, kinds: kinds(column) }] : []));
	// A column that is the same everywhere tells nothing, so it comes last.
	return [...columns.toSorted((one, other) => other.kinds - one.kinds).map(({ column }) => [column]), []];
}

function signatureOf(ref: SegmentRef, columns: readonly (ReadChunks | undefined)[]): string | null {
	// A patch tells nothing of its columns one by one.
	if (ref.rowCount === 0 || ref.patch) return null;
	const chunks = columns.map((read) => read?.(ref) ?? null);
	return chunks.includes(null) ? null : [ref.rowCount, ...chunks].join(' ');
}

function isEqual(one: string | null | undefined, other: string | null | undefined): boolean {
	return typeof one === 'string' && one === other;
}

function chunkReader({
	schema,
	owners,
	segments
}: PartedTable): (ref: SegmentRef | undefined, column: number) => string | null {
	const isWhole = new Set(owners).size === schema.length;
	const chunksOf = schema.map((_column, column) => owners.flatMap((owner, chunk) => (owner === column ? [chunk] : [])));
	return (ref, column) => {
		const segment = ref && !ref.patch ? segments.get(ref.id) : undefined;
		const places = chunksOf[column];
		if (!isWhole || !places || segment?.chunks.length !== owners.length) return null;
		return places.map((chunk) => segment.chunks[chunk]?.part ?? '').join(' ');
	};
}

type Signature = (ref: SegmentRef, side: 'from' | 'to') => string | null;
type Taken = { readonly from: number; readonly to: number; readonly rowCount: number };

class Unpaired {
	readonly #refs: { readonly from: readonly SegmentRef[]; readonly to: readonly SegmentRef[] };
	#from: readonly number[];
	#to: readonly number[];

	constructor(from: readonly SegmentRef[], to: readonly SegmentRef[]) {
		this.#refs = { from, to };
		this.#from = [...from.keys()];
		this.#to = [...to.keys()];
	}

	get rest(): Pairing['rest'] {
		return { from: this.#from, to: this.#to };
	}

	get before(): readonly SegmentRef[] {
		return this.#from.flatMap((number) => this.#refs.from[number] ?? []);
	}

	/** Takes out segments with equal signatures, first with first; one whose signature is null stays. */
	take(signature: Signature): readonly Taken[] {
		const taken = this.#match(signature);
		this.#remove(taken);
		return taken;
	}

	/** The same of those that stand in one order on both sides. */
	takeAscending(signature: Signature): readonly Taken[] {
		let last = -1;
		const taken = this.#match(signature).filter(({ from }) => {
			const isAfter = from > last;
			if (isAfter) last = from;
			return isAfter;
		});
		this.#remove(taken);
		return taken;
	}

	#match(signature: Signature): readonly Taken[] {
		const waiting = new Map<string, number[]>();
		for (const number of this.#from.toReversed()) {
			const ref = this.#refs.from[number];
			const name = ref ? signature(ref, 'from') : null;
			if (name === null) continue;
			const numbers = waiting.get(name) ?? [];
			numbers.push(number);
			waiting.set(name, numbers);
		}
		return this.#to.flatMap((to) => {
			const ref = this.#refs.to[to];
			const name = ref ? signature(ref, 'to') : null;
			const from = name === null ? undefined : waiting.get(name)?.pop();
			return ref && from !== undefined ? [{ from, to, rowCount: ref.rowCount }] : [];
		});
	}

	#remove(taken: readonly Taken[]): void {
		const gone = { from: new Set(taken.map(({ from }) => from)), to: new Set(taken.map(({ to }) => to)) };
		this.#from = this.#from.filter((number) => !gone.from.has(number));
		this.#to = this.#to.filter((number) => !gone.to.has(number));
	}
}

function fewGroups(groups: readonly SegmentGroup[]): readonly SegmentGroup[] {
	if (groups.length <= GROUPS_MAX) return groups;
	const sorted = groups.toSorted((one, other) => other.to.length - one.to.length);
	const rare = sorted.slice(GROUPS_MAX - 1);
	const differing = [...new Set(rare.flatMap((group) => group.differing))].sort((one, other) => one - other);
	const joined = { from: rare.flatMap(({ from }) => from), to: rare.flatMap(({ to }) => to), differing };
	return [...sorted.slice(0, GROUPS_MAX - 1), ascending(joined)];
}

function ascending({ from, to, differing }: SegmentGroup): SegmentGroup {
	const order = [...to.keys()].sort((one, other) => (to[one] ?? 0) - (to[other] ?? 0));
	return {
		from: order.flatMap((at) => from[at] ?? []),
		to: order.flatMap((at) => to[at] ?? []),
		differing
	};
}
