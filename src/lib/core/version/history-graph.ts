// The commit graph of a dataset: its versions newest first, the lane each stands in, and the lines that join them to their parents.
import type { VersionId } from '../ids.ts';
import type { Dataset, Version } from './version.ts';

/** What of a version the graph needs. */
export type GraphVersion = Pick<Version, 'id' | 'parents' | 'createdAtMs'>;

/**
 * A line in one row. `through` runs from the row's upper to its lower edge, `in` from the upper edge at `lane` into the
 * version, `out` from the version to the lower edge at `lane`.
 */
export type GraphLine = { readonly kind: 'through' | 'in' | 'out'; readonly lane: number };

export type GraphRow<V extends GraphVersion = GraphVersion> = {
	readonly version: V;
	/** 1 is `v1`; null when it is not on the open branch. */
	readonly number: number | null;
	/** Lanes are numbered from 0, which is the open branch's. */
	readonly lane: number;
	readonly lines: readonly GraphLine[];
	/** Branches whose newest version it is, the open one first. */
	readonly branches: readonly string[];
	readonly tags: readonly string[];
	/** Whether it is the newest version of the open branch. */
	readonly isHead: boolean;
};

export type HistoryGraph<V extends GraphVersion = GraphVersion> = {
	readonly rows: readonly GraphRow<V>[];
	readonly laneCount: number;
};

type GraphInput<V extends GraphVersion> = {
	readonly dataset: Pick<Dataset, 'head' | 'branch' | 'branches' | 'tags'>;
	/** The open branch, oldest first: what gives versions their numbers. */
	readonly history: readonly Pick<V, 'id'>[];
	/** Whatever a branch or tag reaches; parents that are not among them are not drawn. */
	readonly reached: readonly V[];
};

export function historyGraph<V extends GraphVersion>({ dataset, history, reached }: GraphInput<V>): HistoryGraph<V> {
	const known = new Set(reached.map(({ id }) => id));
	const numbers = new Map(history.map(({ id }, index) => [id, index + 1]));
	const lanes = new Lanes(known.has(dataset.head) ? dataset.head : null);
	const rows = newestFirst(reached).map((version) => ({
		version,
		number: numbers.get(version.id) ?? null,
		...lanes.place(version.id, presentParents(version, known)),
		branches: [...(version.id === dataset.head ? [dataset.branch] : []), ...namesOf(dataset.branches, version.id)],
		tags: namesOf(dataset.tags, version.id),
		isHead: version.id === dataset.head
	}));
	return { rows, laneCount: lanes.count };
}

/** A version never stands above one that follows it, whatever their clocks said; otherwise the later one is above. */
export function newestFirst<V extends GraphVersion>(versions: readonly V[]): readonly V[] {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const known = new Set(byId.keys());
	const childCounts = new Map<VersionId, number>();
	for (const version of byId.values())
		for (const parent of presentParents(version, known)) childCounts.set(parent, (childCounts.get(parent) ?? 0) + 1);
	const ready = [...byId.values()].filter(({ id }) => !childCounts.has(id)).sort(oldestFirst);
	const rows: V[] = [];
	for (let version = ready.pop(); version; version = ready.pop()) {
		rows.push(version);
		for (const id of presentParents(version, known)) {
			const left = (childCounts.get(id) ?? 0) - 1;
			childCounts.set(id, left);
			const parent = byId.get(id);
			if (left > 0 || !parent) continue;
			const at = ready.findIndex((other) => oldestFirst(other, parent) > 0);
			ready.splice(at < 0 ? ready.length : at, 0, parent);
		}
	}
	return rows;
}

function oldestFirst(one: GraphVersion, other: GraphVersion): number {
	return one.createdAtMs - other.createdAtMs || (one.id < other.id ? -1 : 1);
}

function presentParents({ id, parents }: GraphVersion, known: ReadonlySet<VersionId>): readonly VersionId[] {
	return [...new Set(parents)].filter((parent) => parent !== id && known.has(parent));
}

function namesOf(refs: Readonly<Record<string, VersionId>>, id: VersionId): readonly string[] {
	return Object.keys(refs)
		.filter((name) => refs[name] === id)
		.sort();
}

/** Which version each lane leads down to. A lane leads to one version only, so lines never run over each other. */
class Lanes {
	readonly #targets: (VersionId | null)[] = [];
	/** Kept free for the open branch until its newest version was placed; nothing is drawn in it until then. */
	#reserved: VersionId | null;
	#count = 0;

	constructor(head: VersionId | null) {
		this.#reserved = head;
		if (head !== null) this.#targets.push(null);
	}

	get count(): number {
		return this.#count;
	}

	place(id: VersionId, parents: readonly VersionId[]): Pick<GraphRow, 'lane' | 'lines'> {
		const into = this.#targets.flatMap((target, lane) => (target === id ? [lane] : []));
		const isReserved = this.#reserved === id;
		if (isReserved) this.#reserved = null;
		const lane = isReserved ? 0 : (into[0] ?? this.#free());
		for (const ended of into) this.#targets[ended] = null;
		const through = this.#targets.flatMap((target, other) => (target === null ? [] : [other]));
		const out = parents.map((parent, index) => this.#lead(parent, index === 0 ? lane : null));
		this.#count = Math.max(this.#count, lane + 1, ...out.map((other) => other + 1));
		const lines = (kind: GraphLine['kind'], of: readonly number[]) => of.map((other) => ({ kind, lane: other }));
		return { lane, lines: [...lines('through', through), ...lines('in', into), ...lines('out', out)] };
	}

	/** The lane that leads to a parent: its child's own, one that leads there already, or a free one. */
	#lead(parent: VersionId, own: number | null): number {
		const lane = own ?? this.#leading(parent) ?? this.#free();
		this.#targets[lane] = parent;
		return lane;
	}

	#leading(id: VersionId): number | null {
		const lane = this.#targets.indexOf(id);
		return lane < 0 ? null : lane;
	}

	#free(): number {
		const lane = this.#targets.findIndex((target, at) => target === null && !(at === 0 && this.#reserved !== null));
		return lane < 0 ? this.#targets.length : lane;
	}
}
