// The edge of the simulation: what it promises, in memory, with garbage collection in two cycles. `plant` breaks a promise on purpose.
import { parseRef, type WireRef } from '#core/sync/ref-record.ts';
import type { VersionId } from '#core/ids.ts';
import { parseSegmentObject, parseVersionObject } from '#core/sync/content-objects.ts';
import { objectTypes } from '#core/sync/sealed-object.ts';
import { objectsOfPage, parsePage } from '#core/sync/record-pages.ts';
import { parseRecords } from '#core/sync/space-state.ts';
import type { WireEntry } from '#core/sync/member-log.ts';
import { TOY_HEADER_BYTES, toyHash } from './sync-toy-keys.ts';

export const syncPlants = [
	'ref-first',
	'last-writer-wins',
	'no-needs-check',
	'no-trust',
	'no-text-merge',
	'no-renumber',
	'earlier-edition',
	'half-marked',
	'forgets-removal',
	'no-mark',
	'blind-removal'
] as const;
export type SyncPlant = (typeof syncPlants)[number];

type Bytes = Uint8Array<ArrayBuffer>;
type Stored = {
	readonly bytes: Bytes;
	leasedUntilMs: number;
	deadSinceMs: number | null;
	names: readonly string[] | null;
};

const DAY_MS = 24 * 3_600_000;

export class SyncServer {
	readonly objects = new Map<string, Stored>();
	logs = new Map<string, readonly WireRef[]>();
	readonly members: WireEntry[] = [];
	readonly violations: string[] = [];
	readonly plant: SyncPlant | null;
	#cycle: { readonly id: string; readonly begunMs: number; readonly live: Set<string> } | null = null;
	readonly #heads = new Map<string, string>();
	moves = 0;
	collected = 0;

	constructor(plant: SyncPlant | null) {
		this.plant = plant;
	}

	refs(): readonly WireRef[] {
		return [...this.logs.values()].flatMap((log) => log.at(-1) ?? []);
	}

	log(space: string, after: number): readonly WireRef[] {
		return (this.logs.get(space) ?? []).filter(({ seq }) => seq > after);
	}

	appendMember(prev: string, entry: Bytes, seen?: readonly WireRef[]): boolean {
		const hash = toyHash('sha', entry);
		if (this.members.some((one) => one.hash === hash)) return true;
		if ((this.members.at(-1)?.hash ?? '') !== prev) return false;
		const isSeen = ({ hash: at }: WireRef): boolean => seen?.some((one) => one.hash === at) ?? true;
		if (this.plant !== 'blind-removal' && !this.refs().every(isSeen)) return false;
		this.members.push({ seq: this.members.length + 1, hash, entry });
		return true;
	}

	have(space: string, ids: readonly string[], nowMs: number): readonly string[] {
		return ids.filter((id) => {
			const stored = this.objects.get(`${space}/${id}`);
			if (!stored) return true;
			stored.leasedUntilMs = nowMs + DAY_MS;
			stored.deadSinceMs = null;
			return false;
		});
	}

	put(space: string, id: string, bytes: Bytes, nowMs: number): void {
		const key = `${space}/${id}`;
		const stored = this.objects.get(key);
		if (stored && stored.bytes.some((byte, at) => byte !== bytes[at]))
			this.violations.push(`two contents of one object: ${key}`);
		this.objects.set(key, {
			bytes: stored?.bytes ?? bytes,
			leasedUntilMs: nowMs + DAY_MS,
			deadSinceMs: null,
			names: null
		});
	}

	move(ref: WireRef & { readonly prev: string; readonly needs: readonly string[] }): 'won' | 'moved' | 'missing' {
		const log = this.logs.get(ref.space) ?? [];
		if (log.some(({ hash }) => hash === ref.hash)) return 'won';
		const last = log.at(-1);
		const follows = (last?.hash ?? '') === ref.prev && (last?.seq ?? 0) + 1 === ref.seq;
		if (!follows && this.plant !== 'last-writer-wins') return 'moved';
		const needsAll = this.plant !== 'no-needs-check' && this.plant !== 'ref-first';
		if (needsAll && ref.needs.some((id) => !this.#isAlive(`${ref.space}/${id}`))) return 'missing';
		const { prev: _prev, needs: _needs, ...wire } = ref;
		this.logs.set(ref.space, [...log, wire]);
		this.moves++;
		this.#reach(wire);
		return 'won';
	}

	beginGc(cycle: string, nowMs: number): void {
		if (this.#cycle?.id !== cycle) this.#cycle = { id: cycle, begunMs: nowMs, live: new Set() };
	}

	markLive(cycle: string, space: string, ids: readonly string[]): boolean {
		if (this.#cycle?.id !== cycle) return false;
		for (const id of ids) {
			this.#cycle.live.add(`${space}/${id}`);
			const stored = this.objects.get(`${space}/${id}`);
			if (stored) stored.deadSinceMs = null;
		}
		return true;
	}

	/** What was condemned goes at once here, which is the hardest for the devices. */
	endGc(cycle: string, nowMs: number): { readonly dead: number; readonly condemned: number } | null {
		if (this.#cycle?.id !== cycle) return null;
		const { begunMs, live } = this.#cycle;
		const told = { dead: 0, condemned: 0 };
		for (const [key, stored] of this.objects) {
			if (live.has(key) || stored.leasedUntilMs > begunMs) continue;
			if (stored.deadSinceMs === null) {
				stored.deadSinceMs = nowMs;
				told.dead++;
			} else if (nowMs - stored.deadSinceMs >= DAY_MS) {
				this.objects.delete(key);
				this.collected++;
				told.condemned++;
			}
		}
		this.#cycle = null;
		for (const ref of this.refs()) this.#reach(ref);
		return told;
	}

	/** All that a ref reaches is alive: asked after a loss, which is no fault of any device. */
	isWhole(): boolean {
		const before = this.violations.length;
		for (const ref of this.refs()) this.#reach(ref);
		return this.violations.splice(before).length === 0;
	}

	/** Those behind a step, as the devices of a simulation seal them. */
	versionsBehind(ref: WireRef): readonly VersionId[] {
		return [...this.#reach(ref)].flatMap((key) => {
			const bytes = this.objects.get(key)?.bytes;
			if (bytes?.[0] !== objectTypes.version) return [];
			const parsed = parseVersionObject(bytes.subarray(TOY_HEADER_BYTES));
			return parsed.ok ? [parsed.value.commit.version.id] : [];
		});
	}

	#isAlive(key: string): boolean {
		const stored = this.objects.get(key);
		if (!stored) return false;
		// What was dead comes back to life when it is needed.
		stored.deadSinceMs = null;
		return true;
	}

	/** All that a ref reaches; what of it is missing is a violation. */
	#reach({ space, record, seq, hash }: WireRef): ReadonlySet<string> {
		const head = this.#heads.get(hash) ?? headOf(record);
		this.#heads.set(hash, head);
		const reached = new Set<string>();
		const open = [head];
		for (let id = open.pop(); id !== undefined; id = open.pop()) {
			const key = `${space}/${id}`;
			if (reached.has(key)) continue;
			reached.add(key);
			const stored = this.objects.get(key);
			if (!stored) this.violations.push(`ref ${space} ${seq} needs ${id}, which is not there`);
			else open.push(...(stored.names ??= namesIn(stored.bytes)));
		}
		return reached;
	}
}

function headOf(record: Bytes): string {
	const parsed = parseRef(record);
	return parsed.ok
		? String.fromCharCode(...parsed.value.ref.head.bytes.subarray(TOY_HEADER_BYTES))
		: 'a ref that is none';
}

/** The objects that one names. */
function namesIn(bytes: Bytes): readonly string[] {
	const [type, plain] = [bytes[0], bytes.subarray(TOY_HEADER_BYTES)];
	if (type === objectTypes.records || type === objectTypes.page) {
		const records = parseRecords(plain);
		if (records.ok) return Object.values(records.value.objects);
		const page = parsePage(plain);
		return page.ok ? objectsOfPage(page.value) : [];
	}
	if (type === objectTypes.version) {
		const version = parseVersionObject(plain);
		return version.ok ? [...Object.values(version.value.parents), ...Object.values(version.value.segments)] : [];
	}
	if (type !== objectTypes.segment) return [];
	const segment = parseSegmentObject(plain);
	return segment.ok ? segment.value.chunks.flat() : [];
}
