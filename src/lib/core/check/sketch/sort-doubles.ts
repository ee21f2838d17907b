// Sorts doubles without comparing: whole numbers by their distance from the least, others by their upper bits, which leave few equal.

/** Of the upper 32 bits: each digit's buckets fit the nearest cache. */
const DIGIT_BITS = 11;
const DIGITS = 3;
const BUCKETS = 2 ** DIGIT_BITS;
/** Fewer are sorted faster by comparing. */
const COMPARED = 1024;

/** Owns the memory to work in, which many columns may share. */
export class DoubleSorter {
	#keys = new Uint32Array(0);
	#otherKeys = new Uint32Array(0);
	#otherValues = new Float64Array(0);
	readonly #counts = new Uint32Array(DIGITS * BUCKETS);

	/** In place, ascending, -0 before 0; none is NaN. */
	sort(values: Float64Array): void {
		const count = values.length;
		if (count < COMPARED) {
			values.sort();
			return;
		}
		if (this.#keys.length < count) {
			this.#keys = new Uint32Array(count);
			this.#otherKeys = new Uint32Array(count);
			this.#otherValues = new Float64Array(count);
		}
		if (this.#sortWhole(values)) return;
		this.#takeIn(values);
		let from: Float64Array = values;
		let to: Float64Array = this.#otherValues.subarray(0, count);
		for (let digit = 0; digit < DIGITS; digit++) {
			if (!this.#placeBuckets(digit, count)) continue;
			this.#move(digit, from, to);
			[from, to] = [to, from];
		}
		if (from !== values) values.set(from);
		this.#compareEqualKeys(values);
	}

	/** Numbers of a day or a measure are mostly whole and near each other: then their distances are all there is to move. */
	#sortWhole(values: Float64Array): boolean {
		let least = values[0] ?? 0;
		for (let at = 1; at < values.length; at++) {
			const value = values[at] ?? 0;
			if (value < least) least = value;
		}
		const [keys, counts] = [this.#keys, this.#counts];
		let bits = 0;
		counts.fill(0);
		for (let at = 0; at < values.length; at++) {
			const value = values[at] ?? 0;
			const key = (value - least) >>> 0;
			// A sum that rounds, as of numbers beyond 2^53, is not the number.
			if (key + least !== value || Object.is(value, -0)) return false;
			keys[at] = key;
			bits |= key;
			const first = key & (BUCKETS - 1);
			const second = BUCKETS + ((key >>> DIGIT_BITS) & (BUCKETS - 1));
			const third = 2 * BUCKETS + (key >>> (2 * DIGIT_BITS));
			counts[first] = (counts[first] ?? 0) + 1;
			counts[second] = (counts[second] ?? 0) + 1;
			counts[third] = (counts[third] ?? 0) + 1;
		}
		for (let digit = 0; digit < DIGITS && bits >>> (digit * DIGIT_BITS) !== 0; digit++)
			if (this.#placeBuckets(digit, values.length)) this.#moveKeys(digit, values.length);
		const sorted = this.#keys;
		for (let at = 0; at < values.length; at++) values[at] = least + (sorted[at] ?? 0);
		return true;
	}

	#moveKeys(digit: number, count: number): void {
		const [keys, otherKeys, counts] = [this.#keys, this.#otherKeys, this.#counts];
		const shift = digit * DIGIT_BITS;
		const base = digit * BUCKETS;
		for (let at = 0; at < count; at++) {
			const key = keys[at] ?? 0;
			const bucket = base + ((key >>> shift) & (BUCKETS - 1));
			const place = counts[bucket] ?? 0;
			counts[bucket] = place + 1;
			otherKeys[place] = key;
		}
		[this.#keys, this.#otherKeys] = [otherKeys, keys];
	}

	/** Bits that sort as the numbers do: of negative ones all are flipped, of others the sign. Counts all digits. */
	#takeIn(values: Float64Array): void {
		const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
		const [keys, counts] = [this.#keys, this.#counts];
		counts.fill(0);
		for (let at = 0; at < values.length; at++) {
			const upper = words[2 * at + 1] ?? 0;
			const key = (upper ^ ((upper >> 31) | 0x80000000)) >>> 0;
			const first = key & (BUCKETS - 1);
			const second = BUCKETS + ((key >>> DIGIT_BITS) & (BUCKETS - 1));
			const third = 2 * BUCKETS + (key >>> (2 * DIGIT_BITS));
			keys[at] = key;
			counts[first] = (counts[first] ?? 0) + 1;
			counts[second] = (counts[second] ?? 0) + 1;
			counts[third] = (counts[third] ?? 0) + 1;
		}
	}

	/** Counts become the places where buckets begin. False where all numbers are in one. */
	#placeBuckets(digit: number, count: number): boolean {
		const counts = this.#counts;
		let place = 0;
		for (let bucket = digit * BUCKETS; bucket < (digit + 1) * BUCKETS; bucket++) {
			const size = counts[bucket] ?? 0;
			if (size === count) return false;
			counts[bucket] = place;
			place += size;
		}
		return true;
	}

	#move(digit: number, from: Float64Array, to: Float64Array): void {
		const [keys, otherKeys, counts] = [this.#keys, this.#otherKeys, this.#counts];
		const shift = digit * DIGIT_BITS;
		const base = digit * BUCKETS;
		for (let at = 0; at < from.length; at++) {
			const key = keys[at] ?? 0;
			const bucket = base + ((key >>> shift) & (BUCKETS - 1));
			const place = counts[bucket] ?? 0;
			counts[bucket] = place + 1;
			otherKeys[place] = key;
			to[place] = from[at] ?? 0;
		}
		[this.#keys, this.#otherKeys] = [otherKeys, keys];
	}

	/** Numbers of one key are neighbours now, and mostly in order. */
	#compareEqualKeys(values: Float64Array): void {
		const keys = this.#keys;
		let start = 0;
		let isOrdered = true;
		for (let at = 1; at <= values.length; at++) {
			if (at < values.length && keys[at] === keys[start]) {
				isOrdered &&= (values[at - 1] ?? 0) <= (values[at] ?? 0);
				continue;
			}
			if (!isOrdered) values.subarray(start, at).sort();
			start = at;
			isOrdered = true;
		}
	}
}
