// How many different values a column has, mergeable: HyperLogLog beside the smallest hashes, which are exact while they are few.
import type { Result } from '../../result.ts';
import {
	openSketch,
	refuseSketch,
	sealSketch,
	type BrokenSketch,
	type SketchReader,
	type SketchWriter
} from './sketch-bytes.ts';
import type { ValueHashes } from './value-hash.ts';

/**
 * Note: how far a distinct count may be off
 *
 * Fewer than KEPT_HASHES different values are counted exactly. Above, 4096 registers give a standard error of 1.04 / √4096 =
 * 1.63 %, at any size: Ertl's estimator has no bias to correct at the low end and no switch to linear counting, which it contains.
 * The smallest hashes are a sample of the different values (a bottom-k min-hash), and tell how much two columns have in common.
 * Source: Flajolet et al. (2007); Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), section 4;
 * Beyer et al., "On synopses for distinct-value estimation" (2007).
 */
export type DistinctSketch = {
	/** For each of 4096 groups of hashes, the longest run of zeros in one of its hashes, plus one. */
	readonly registers: Uint8Array;
	/** At most KEPT_HASHES, ascending. */
	readonly smallest: Float64Array;
};

export const KEPT_HASHES = 256;
export const DISTINCT_STANDARD_ERROR = 1.04 / 64;

const REGISTERS = 4096;
/** Bits of a hash that are left for the run. */
const RUN_BITS = 41;
const TABLE = 1024;
/** Hashes gathered before the larger half is let go. */
const GATHERED = 2 * KEPT_HASHES;

/** Takes hashes in; belongs to one column. */
export class DistinctBuilder {
	readonly #registers = new Uint8Array(REGISTERS);
	/** Open addressing by the lowest bits; -1 is free. */
	readonly #table = new Float64Array(TABLE).fill(-1);
	#size = 0;
	#threshold = Infinity;

	add({ count, key, low, high }: ValueHashes): void {
		const registers = this.#registers;
		for (let at = 0; at < count; at++) {
			const bits = low[at] ?? 0;
			const upper = high[at] ?? 0;
			const run = upper !== 0 ? Math.clz32(upper) - 10 : Math.clz32(bits >>> 12) + 10;
			const group = bits & (REGISTERS - 1);
			if (run > (registers[group] ?? 0)) registers[group] = run;
			const hash = key[at] ?? 0;
			if (hash < this.#threshold) this.#gather(hash, bits & (TABLE - 1));
		}
	}

	finish(): DistinctSketch {
		return { registers: this.#registers.slice(), smallest: this.#gathered().slice(0, KEPT_HASHES) };
	}

	/** `home` is the hash's lowest bits. */
	#gather(hash: number, home: number): void {
		const table = this.#table;
		let slot = home;
		for (let found = table[slot]; found !== -1; found = table[slot]) {
			if (found === hash) return;
			slot = (slot + 1) & (TABLE - 1);
		}
		table[slot] = hash;
		this.#size++;
		if (this.#size > GATHERED) this.#letGo();
	}

	#letGo(): void {
		const kept = this.#gathered().subarray(0, KEPT_HASHES);
		this.#threshold = kept.at(-1) ?? Infinity;
		this.#table.fill(-1);
		this.#size = 0;
		for (const hash of kept) this.#gather(hash, (hash >>> 0) & (TABLE - 1));
	}

	#gathered(): Float64Array {
		const [table, gathered] = [this.#table, new Float64Array(this.#size)];
		let count = 0;
		for (let slot = 0; slot < TABLE; slot++) {
			const hash = table[slot] ?? -1;
			if (hash >= 0) gathered[count++] = hash;
		}
		return gathered.sort();
	}
}

export function noDistinct(): DistinctSketch {
	return { registers: new Uint8Array(REGISTERS), smallest: new Float64Array(0) };
}

/** Of both together: associative, commutative, and the same for what is in both. */
export function mergeDistinct(sketches: readonly DistinctSketch[]): DistinctSketch {
	const registers = new Uint8Array(REGISTERS);
	for (const sketch of sketches)
		for (let at = 0; at < REGISTERS; at++) registers[at] = Math.max(registers[at] ?? 0, sketch.registers[at] ?? 0);
	const all = new Float64Array(sketches.reduce((sum, { smallest }) => sum + smallest.length, 0));
	let end = 0;
	for (const { smallest } of sketches) {
		all.set(smallest, end);
		end += smallest.length;
	}
	const different = all.sort().filter((hash, at) => at === 0 || hash !== all[at - 1]);
	return { registers, smallest: different.slice(0, KEPT_HASHES) };
}

export type DistinctCount = { readonly count: number; readonly isExact: boolean };

export function countDistinct({ registers, smallest }: DistinctSketch): DistinctCount {
	if (smallest.length < KEPT_HASHES) return { count: smallest.length, isExact: true };
	const withRun = new Float64Array(RUN_BITS + 2);
	for (let at = 0; at < REGISTERS; at++) {
		const run = registers[at] ?? 0;
		withRun[run] = (withRun[run] ?? 0) + 1;
	}
	let sum = REGISTERS * tau(1 - (withRun[RUN_BITS + 1] ?? 0) / REGISTERS);
	for (let run = RUN_BITS; run >= 1; run--) sum = (sum + (withRun[run] ?? 0)) / 2;
	sum += REGISTERS * sigma((withRun[0] ?? 0) / REGISTERS);
	return { count: Math.round(REGISTERS ** 2 / (2 * Math.LN2) / sum), isExact: false };
}

/**
 * The share of the different values of `part` that `whole` has too, from 0 to 1, and of how many hashes it was told; null where
 * there are none. The standard error is √(share · (1 − share) / hashes).
 */
export function containment(
	part: DistinctSketch,
	whole: DistinctSketch
): { readonly share: number; readonly hashes: number } | null {
	// Only where `whole` kept all of its hashes can one be said to be missing from it.
	const limit = whole.smallest.length < KEPT_HASHES ? Infinity : (whole.smallest.at(-1) ?? -1);
	const comparable = part.smallest.filter((hash) => hash <= limit);
	if (comparable.length === 0) return null;
	const has = new Set(whole.smallest);
	return { share: comparable.filter((hash) => has.has(hash)).length / comparable.length, hashes: comparable.length };
}

function sigma(share: number): number {
	if (share === 1) return Infinity;
	let [power, factor, sum] = [share, 1, share];
	for (let before = -1; sum !== before;) {
		power *= power;
		before = sum;
		sum += power * factor;
		factor += factor;
	}
	return sum;
}

function tau(share: number): number {
	if (share === 0 || share === 1) return 0;
	let [root, factor, sum] = [share, 1, 1 - share];
	for (let before = -1; sum !== before;) {
		root = Math.sqrt(root);
		before = sum;
		factor /= 2;
		sum -= (1 - root) ** 2 * factor;
	}
	return sum / 3;
}

export function encodeDistinct(sketch: DistinctSketch): Uint8Array<ArrayBuffer> {
	return sealSketch('d', 1, (writer) => writeDistinct(writer, sketch));
}

export function decodeDistinct(bytes: Uint8Array): Result<DistinctSketch, BrokenSketch> {
	return openSketch(bytes, 'd', 1, readDistinct);
}

/** The smallest hashes; then all registers at six bits, or those above 0 as distance and run, whichever is shorter. */
export function writeDistinct(writer: SketchWriter, { registers, smallest }: DistinctSketch): void {
	writer.ascending(smallest);
	let filled = 0;
	for (let at = 0; at < REGISTERS; at++) if ((registers[at] ?? 0) > 0) filled++;
	if (filled * 2 >= (REGISTERS * 6) / 8) return writer.raw(packSix(registers));
	writer.raw(new Uint8Array(0));
	writer.count(filled);
	let last = 0;
	for (let at = 0; at < REGISTERS; at++) {
		const run = registers[at] ?? 0;
		if (run === 0) continue;
		writer.count(at - last);
		writer.byte(run);
		last = at;
	}
}

export function readDistinct(reader: SketchReader): DistinctSketch {
	const smallest = reader.ascending();
	const packed = reader.raw();
	if (smallest.length > KEPT_HASHES) return refuseSketch();
	if (packed.length > 0) {
		if (packed.length !== (REGISTERS * 6) / 8) return refuseSketch();
		return { registers: unpackSix(packed), smallest };
	}
	const registers = new Uint8Array(REGISTERS);
	let at = 0;
	for (let left = reader.count(); left > 0; left--) {
		at += reader.count();
		if (at >= REGISTERS) return refuseSketch();
		registers[at] = Math.min(reader.byte(), RUN_BITS + 1);
	}
	return { registers, smallest };
}

function packSix(registers: Uint8Array): Uint8Array {
	const packed = new Uint8Array((registers.length * 6) / 8);
	for (let at = 0, to = 0; at < registers.length; at += 4, to += 3) {
		const second = registers[at + 1] ?? 0;
		const third = registers[at + 2] ?? 0;
		packed[to] = (registers[at] ?? 0) | (second << 6);
		packed[to + 1] = (second >> 2) | (third << 4);
		packed[to + 2] = (third >> 4) | ((registers[at + 3] ?? 0) << 2);
	}
	return packed;
}

function unpackSix(packed: Uint8Array): Uint8Array {
	const registers = new Uint8Array((packed.length * 8) / 6);
	for (let at = 0, to = 0; to < registers.length; at += 3, to += 4) {
		const a = packed[at] ?? 0;
		const b = packed[at + 1] ?? 0;
		const c = packed[at + 2] ?? 0;
		registers[to] = Math.min(a & 63, RUN_BITS + 1);
		registers[to + 1] = Math.min((a >> 6) | ((b & 15) << 2), RUN_BITS + 1);
		registers[to + 2] = Math.min((b >> 4) | ((c & 3) << 4), RUN_BITS + 1);
		registers[to + 3] = Math.min(c >> 2, RUN_BITS + 1);
	}
	return registers;
}
