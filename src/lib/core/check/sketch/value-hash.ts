// Hashes of a column's values, a batch at a time: 53 bits each, equal for equal values whatever their type's width.

/** The hashes of a batch's values that are not null, side by side. */
export class ValueHashes {
	/** How many are filled. */
	count = 0;
	/** 53 bits, as a whole number: what tells values apart. */
	key = new Float64Array(0);
	/** The lowest 32 bits of `key`. */
	low = new Uint32Array(0);
	/** The upper 21 bits of `key`. */
	high = new Uint32Array(0);
	/** Row of each in its batch. */
	row = new Int32Array(0);
	/** Rows that have each: 1 before `unite`. */
	rows = new Int32Array(0);
	/** By the lowest bits of a hash: its place, and the batch that wrote it. */
	#places = new Int32Array(0);
	#writtenBy = new Int32Array(0);
	#batch = 0;

	/** Empties it, with room for `rowCount` rows. */
	reset(rowCount: number): void {
		this.count = 0;
		if (this.key.length >= rowCount) return;
		this.key = new Float64Array(rowCount);
		this.low = new Uint32Array(rowCount);
		this.high = new Uint32Array(rowCount);
		this.row = new Int32Array(rowCount);
		this.rows = new Int32Array(rowCount);
	}

	/** Leaves one of each value, with how many rows have it. */
	unite(): void {
		const { count, key, low, high, row, rows } = this;
		if (this.#places.length < 2 * count) {
			this.#places = new Int32Array(2 ** Math.ceil(Math.log2(2 * count)));
			this.#writtenBy = new Int32Array(this.#places.length);
		}
		const [places, writtenBy, batch] = [this.#places, this.#writtenBy, ++this.#batch];
		const mask = places.length - 1;
		let end = 0;
		for (let at = 0; at < count; at++) {
			const hash = key[at] ?? 0;
			let slot = (low[at] ?? 0) & mask;
			while (writtenBy[slot] === batch && key[places[slot] ?? 0] !== hash) slot = (slot + 1) & mask;
			if (writtenBy[slot] === batch) {
				const place = places[slot] ?? 0;
				rows[place] = (rows[place] ?? 0) + 1;
				continue;
			}
			writtenBy[slot] = batch;
			places[slot] = end;
			// What is overwritten was looked at already.
			key[end] = hash;
			low[end] = low[at] ?? 0;
			high[end] = high[at] ?? 0;
			row[end] = row[at] ?? 0;
			rows[end++] = 1;
		}
		this.count = end;
	}

	push(row: number, low: number, high: number): void {
		const at = this.count++;
		const upper = high >>> 11;
		this.low[at] = low;
		this.high[at] = upper;
		this.key[at] = upper * 0x1_0000_0000 + (low >>> 0);
		this.row[at] = row;
		this.rows[at] = 1;
	}
}

/** Texts of an Arrow column: the bytes of row r are `bytes` from offsets[r] to offsets[r + 1]. */
export type TextBatch = {
	readonly rowCount: number;
	readonly bytes: Uint8Array;
	readonly offsets: Int32Array;
	/** One bit a row, set where there is a value; null where all rows have one. */
	readonly validity: Uint8Array | null;
};

/** Hashes numbers; a row is null where `isNull` says so. NaN is a value, and -0 is 0. `extra` tells apart what doubles do not. */
export function hashNumbers(
	hashes: ValueHashes,
	values: Float64Array,
	rowCount: number,
	{ isNull, extra }: { readonly isNull: Uint8Array | null; readonly extra: Int32Array | null }
): void {
	hashes.reset(rowCount);
	const { key, low, high, row: rowOf, rows } = hashes;
	const double = new Float64Array(1);
	const words = new Int32Array(double.buffer);
	let count = 0;
	for (let row = 0; row < rowCount; row++) {
		if (isNull !== null && isNull[row] === 1) continue;
		const value = values[row] ?? NaN;
		// NaN has many bit patterns, and adding nothing makes -0 into 0.
		double[0] = value === value ? value + 0 : NaN;
		const rest = extra === null ? 0 : (extra[row] ?? 0);
		// Each step can be undone, so that different doubles have different 64 bits.
		let a = Math.imul((words[0] ?? 0) ^ rest ^ 0x9e3779b9, 0x85ebca6b);
		a ^= a >>> 15;
		let b = Math.imul((words[1] ?? 0) ^ a, 0xc2b2ae35);
		b ^= b >>> 13;
		a = Math.imul(a ^ b, 0x27d4eb2f);
		a ^= a >>> 16;
		b = Math.imul(b ^ a, 0x165667b1);
		b ^= b >>> 15;
		a = Math.imul(a ^ b, 0x2c1b3c6d);
		a ^= a >>> 16;
		const upper = b >>> 11;
		low[count] = a;
		high[count] = upper;
		key[count] = upper * 0x1_0000_0000 + (a >>> 0);
		rows[count] = 1;
		rowOf[count++] = row;
	}
	hashes.count = count;
}

/** Hashes texts from their UTF-8 bytes. */
export function hashTexts(hashes: ValueHashes, { rowCount, bytes, offsets, validity }: TextBatch): void {
	hashes.reset(rowCount);
	const { key, low: lows, high: highs, row: rowOf, rows } = hashes;
	let count = 0;
	let start = offsets[0] ?? 0;
	for (let row = 0; row < rowCount; row++) {
		const end = offsets[row + 1] ?? start;
		if (validity === null || ((validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0) {
			let low = 0x9e3779b9 ^ (end - start);
			let high = 0x85ebca77 ^ (end - start);
			let at = start;
			for (; at + 4 <= end; at += 4) {
				const word =
					(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
				low = Math.imul(low ^ word, 0xcc9e2d51);
				low ^= low >>> 15;
				high = Math.imul(high + word, 0x1b873593);
				high ^= (high >>> 13) ^ low;
			}
			if (at < end) {
				// The length is in the hash already, so that missing bytes are no zeros.
				let word = bytes[at] ?? 0;
				if (at + 1 < end) word |= (bytes[at + 1] ?? 0) << 8;
				if (at + 2 < end) word |= (bytes[at + 2] ?? 0) << 16;
				low = Math.imul(low ^ word, 0xcc9e2d51);
				low ^= low >>> 15;
				high = Math.imul(high + word, 0x1b873593);
				high ^= (high >>> 13) ^ low;
			}
			const bits = finish(low ^ Math.imul(high, 0x165667b1));
			const upper = finish(high) >>> 11;
			lows[count] = bits;
			highs[count] = upper;
			key[count] = upper * 0x1_0000_0000 + (bits >>> 0);
			rows[count] = 1;
			rowOf[count++] = row;
		}
		start = end;
	}
	hashes.count = count;
}

/** Spreads each bit over all. Source: the finalizer of MurmurHash3, Appleby. */
export function finish(value: number): number {
	let hash = value;
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return hash ^ (hash >>> 16);
}
