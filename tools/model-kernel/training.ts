// What boosting does with every row, in AssemblyScript: the same steps as src/lib/core/model/boosting/plain-kernel.ts, to the bit.
// Addresses come from workers/model/kernel/layout.ts. A row's record is its gradient and, where rows differ in it, its hessian (i32 each),
// then a byte a feature.
import { exp } from './exp';

const SQUARED = 0;
const QUANTILE = 1;
const POISSON = 2;
const LOGISTIC = 3;
const SOFTMAX = 4;

/** Numbers from start to end - 1. */
export function fillUp(rows: usize, start: i32, end: i32): void {
	for (let row = start; row < end; row++) store<u32>(rows + (<usize>row << 2), row);
}

/** Brings bytes into an order. */
export function reorder(bytes: usize, order: usize, out: usize, start: i32, end: i32): void {
	for (let at = start; at < end; at++)
		store<u8>(out + <usize>at, load<u8>(bytes + <usize>load<u32>(order + (<usize>at << 2))));
}

/** Brings the bins of rows start to end - 1 from their columns, `columnBytes` apart, to `bins`, a record's first. */
export function gather(
	columns: usize,
	columnBytes: usize,
	bins: usize,
	stride: i32,
	featureCount: i32,
	start: i32,
	end: i32
): void {
	for (let row = start; row < end; row++) {
		let column = columns + <usize>row;
		let bin = bins + <usize>row * <usize>stride;
		for (let feature = 0; feature < featureCount; feature++) {
			store<u8>(bin, load<u8>(column));
			column += columnBytes;
			bin++;
		}
	}
}

let gradient: f64 = 0;
let hessian: f64 = 0;

// @ts-ignore: AssemblyScript's decorator
@inline
function slope(
	kind: i32,
	level: f64,
	raw: f64,
	target: f64,
	weight: f64,
	output: i32,
	greatest: f64,
	total: f64
): void {
	if (kind == SQUARED) {
		gradient = (raw - target) * weight;
		hessian = weight;
	} else if (kind == QUANTILE) {
		gradient = (raw >= target ? 1.0 - level : -level) * weight;
		hessian = weight;
	} else if (kind == POISSON) {
		const expected = exp(raw);
		gradient = (expected - target) * weight;
		hessian = expected * weight;
	} else {
		const share = kind == LOGISTIC ? 1.0 / (1.0 + exp(-raw)) : exp(raw - greatest) / total;
		const wanted = kind == LOGISTIC ? target : target == <f64>output ? 1.0 : 0.0;
		gradient = (share - wanted) * weight;
		hessian = share * (1.0 - share) * weight;
	}
}

// @ts-ignore: AssemblyScript's decorator
@inline
function slopeAt(
	row: usize,
	kind: i32,
	level: f64,
	output: i32,
	predictions: usize,
	target: usize,
	weights: usize,
	greatest: usize,
	total: usize
): void {
	slope(
		kind,
		level,
		load<f64>(predictions + (row << 3)),
		<f64>load<f32>(target + (row << 2)),
		weights == 0 ? 1.0 : <f64>load<f32>(weights + (row << 2)),
		output,
		kind == SOFTMAX ? load<f64>(greatest + (row << 3)) : 0.0,
		kind == SOFTMAX ? load<f64>(total + (row << 3)) : 1.0
	);
}

/** The largest size of a gradient, and of a hessian, as two f64 at `out`. */
export function bounds(
	start: i32,
	end: i32,
	kind: i32,
	level: f64,
	output: i32,
	predictions: usize,
	target: usize,
	weights: usize,
	greatest: usize,
	total: usize,
	out: usize
): void {
	let largest: f64 = 0;
	let curved: f64 = 0;
	for (let row = <usize>start; row < <usize>end; row++) {
		slopeAt(row, kind, level, output, predictions, target, weights, greatest, total);
		largest = max<f64>(largest, abs<f64>(gradient));
		curved = max<f64>(curved, hessian);
	}
	store<f64>(out, largest);
	store<f64>(out, curved, 8);
}

export function gradients(
	start: i32,
	end: i32,
	kind: i32,
	level: f64,
	output: i32,
	predictions: usize,
	target: usize,
	weights: usize,
	greatest: usize,
	total: usize,
	records: usize,
	stride: i32,
	gradientUnit: f64,
	hessianUnit: f64,
	hasHessians: bool
): void {
	for (let row = <usize>start; row < <usize>end; row++) {
		slopeAt(row, kind, level, output, predictions, target, weights, greatest, total);
		const record = records + row * <usize>stride;
		store<i32>(record, <i32>floor<f64>(gradient * gradientUnit + 0.5));
		if (hasHessians) store<i32>(record, <i32>floor<f64>(hessian * hessianUnit + 0.5), 4);
	}
}

// @ts-ignore: AssemblyScript's decorator
@inline
function errors(predictions: usize, target: usize, row: usize): v128 {
	const wanted = f64x2.promote_low_f32x4(v128.load64_zero(target + (row << 2)));
	return f64x2.sub(v128.load(predictions + (row << 3)), wanted);
}

/** As `bounds`, of squares that all count one. */
export function boundsOfSquares(start: i32, end: i32, predictions: usize, target: usize, out: usize): void {
	let row = <usize>start;
	let two = f64x2.splat(0);
	for (; row + 2 <= <usize>end; row += 2) two = f64x2.pmax(two, f64x2.abs(errors(predictions, target, row)));
	let largest = max<f64>(f64x2.extract_lane(two, 0), f64x2.extract_lane(two, 1));
	if (row < <usize>end) {
		const raw = load<f64>(predictions + (row << 3));
		largest = max<f64>(largest, abs<f64>(raw - <f64>load<f32>(target + (row << 2))));
	}
	store<f64>(out, largest);
	store<f64>(out, 1, 8);
}

/** As `gradients`, of squares that all count one. */
export function gradientsOfSquares(
	start: i32,
	end: i32,
	predictions: usize,
	target: usize,
	records: usize,
	stride: i32,
	gradientUnit: f64
): void {
	const unit = f64x2.splat(gradientUnit);
	const half = f64x2.splat(0.5);
	let row = <usize>start;
	let record = records + row * <usize>stride;
	for (; row + 2 <= <usize>end; row += 2) {
		const two = f64x2.floor(f64x2.add(f64x2.mul(errors(predictions, target, row), unit), half));
		const whole = i32x4.trunc_sat_f64x2_s_zero(two);
		v128.store32_lane(record, whole, 0);
		v128.store32_lane(record + <usize>stride, whole, 1);
		record += <usize>stride << 1;
	}
	if (row < <usize>end) {
		const error = load<f64>(predictions + (row << 3)) - <f64>load<f32>(target + (row << 2));
		store<i32>(record, <i32>floor<f64>(error * gradientUnit + 0.5));
	}
}

/** Each row's greatest output, and the sum of e^(output - greatest). */
export function normalize(
	start: i32,
	end: i32,
	predictions: usize,
	rowCount: i32,
	outputCount: i32,
	greatest: usize,
	total: usize
): void {
	for (let row = <usize>start; row < <usize>end; row++) {
		let most: f64 = -Infinity;
		for (let output = 0; output < outputCount; output++)
			most = max<f64>(most, load<f64>(predictions + ((<usize>output * <usize>rowCount + row) << 3)));
		let sum: f64 = 0;
		for (let output = 0; output < outputCount; output++)
			sum += exp(load<f64>(predictions + ((<usize>output * <usize>rowCount + row) << 3)) - most);
		store<f64>(greatest + (row << 3), most);
		store<f64>(total + (row << 3), sum);
	}
}

/** Rows whose records are touched before they are counted. */
const BLOCK = 32;

/**
 * A cell is two i64: the sum of gradients; and the sum of hessians in the lowest `shift` bits with the number of rows above them. So
 * one addition a row and feature counts all three, exactly.
 */
export function histogram(
	records: usize,
	stride: i32,
	rows: usize,
	sums: usize,
	featureCount: i32,
	start: i32,
	end: i32,
	shift: i32,
	touched: usize
): void {
	memory.fill(sums, 0, <usize>featureCount << 12);
	const one = i64x2.replace_lane(i64x2.splat(0), 1, <i64>1 << <i64>shift);
	const step = stepOf(rows, start, end);
	for (let first = start; first < end; first += step) {
		const last = min<i32>(end, first + step);
		if (step == BLOCK) touch(records, stride, rows, first, last, touched);
		for (let at = first; at < last; at++)
			count(records + <usize>load<u32>(rows + (<usize>at << 2)) * <usize>stride, sums, featureCount, one);
	}
}

/** Rows at a time: a block where they lie far apart. */
// @ts-ignore: AssemblyScript's decorator
@inline
function stepOf(rows: usize, start: i32, end: i32): i32 {
	if (start >= end) return 1;
	const span = abs<i32>(<i32>load<u32>(rows + (<usize>(end - 1) << 2)) - <i32>load<u32>(rows + (<usize>start << 2)));
	return span < 4 * (end - start) ? max<i32>(BLOCK + 1, end - start) : BLOCK;
}

/**
 * Rows that lie far apart are waited for in memory: touching a block of them first waits for all at once (at a tenth of a million rows
 * 25 instead of 45 ns a row, at a fortieth 40 instead of 95).
 */
// @ts-ignore: AssemblyScript's decorator
@inline
function touch(records: usize, stride: i32, rows: usize, first: i32, last: i32, touched: usize): void {
	let sink: u32 = 0;
	for (let at = first; at < last; at++) {
		const record = records + <usize>load<u32>(rows + (<usize>at << 2)) * <usize>stride;
		sink ^= load<u32>(record) ^ load<u32>(record + <usize>stride - 4);
	}
	// Nobody reads it, but what is not kept would not be touched.
	store<u32>(touched, sink);
}

// @ts-ignore: AssemblyScript's decorator
@inline
function count(record: usize, sums: usize, featureCount: i32, one: v128): void {
	const added = i64x2.add(i64x2.extend_low_i32x4_s(v128.load64_zero(record)), one);
	const fours = featureCount & ~3;
	let bins = record + 8;
	let cells = sums;
	let feature = 0;
	for (; feature < fours; feature += 4) {
		const four = load<u32>(bins);
		let cell = cells + <usize>((four & 255) << 4);
		v128.store(cell, i64x2.add(v128.load(cell), added));
		cell = cells + <usize>((four >> 4) & 0xff0);
		v128.store(cell, i64x2.add(v128.load(cell, 4096), added), 4096);
		cell = cells + <usize>((four >> 12) & 0xff0);
		v128.store(cell, i64x2.add(v128.load(cell, 8192), added), 8192);
		cell = cells + <usize>((four >> 20) & 0xff0);
		v128.store(cell, i64x2.add(v128.load(cell, 12288), added), 12288);
		bins += 4;
		cells += 16384;
	}
	for (; feature < featureCount; feature++) {
		const cell = cells + (<usize>load<u8>(bins) << 4);
		v128.store(cell, i64x2.add(v128.load(cell), added));
		bins++;
		cells += 4096;
	}
}

/** Rows whose number, and the sum of whose gradients, fit into one i64. */
const PACKED_ROWS = 65535;

/**
 * As `histogram`, where all rows have one hessian, of `unit`: what is summed is the gradient, with a row in the lowest 16 bits, in cells of
 * one i64 at `packed`. They take half the room, and stay close to the processor.
 */
export function histogramOfGradients(
	records: usize,
	stride: i32,
	rows: usize,
	sums: usize,
	featureCount: i32,
	start: i32,
	end: i32,
	shift: i32,
	touched: usize,
	packed: usize,
	unit: f64
): void {
	memory.fill(sums, 0, <usize>featureCount << 12);
	const one = (<i64>1 << <i64>shift) + <i64>unit;
	const step = stepOf(rows, start, end);
	for (let from = start; from < end; from += PACKED_ROWS) {
		const to = min<i32>(end, from + PACKED_ROWS);
		memory.fill(packed, 0, <usize>featureCount << 11);
		for (let first = from; first < to; first += step) {
			const last = min<i32>(to, first + step);
			if (step == BLOCK) touch(records, stride, rows, first, last, touched);
			for (let at = first; at < last; at++)
				pack(records + <usize>load<u32>(rows + (<usize>at << 2)) * <usize>stride, packed, featureCount);
		}
		unpack(packed, sums, featureCount << 8, one);
	}
}

// @ts-ignore: AssemblyScript's decorator
@inline
function pack(record: usize, packed: usize, featureCount: i32): void {
	const added = (<i64>load<i32>(record) << 16) + 1;
	let bins = record + 4;
	let cells = packed;
	for (let eights = featureCount >> 3; eights > 0; eights--) {
		packFour(load<u32>(bins), cells, added);
		packFour(load<u32>(bins, 4), cells + 8192, added);
		bins += 8;
		cells += 16384;
	}
	if (featureCount & 4) {
		packFour(load<u32>(bins), cells, added);
		bins += 4;
		cells += 8192;
	}
	if (featureCount & 2) {
		const two = <u32>load<u16>(bins);
		let cell = cells + <usize>((two & 255) << 3);
		store<i64>(cell, load<i64>(cell) + added);
		cell = cells + <usize>((two >> 5) & 0x7f8);
		store<i64>(cell, load<i64>(cell, 2048) + added, 2048);
		bins += 2;
		cells += 4096;
	}
	if (featureCount & 1) {
		const cell = cells + (<usize>load<u8>(bins) << 3);
		store<i64>(cell, load<i64>(cell) + added);
	}
}

// @ts-ignore: AssemblyScript's decorator
@inline
function packFour(four: u32, cells: usize, added: i64): void {
	let cell = cells + <usize>((four & 255) << 3);
	store<i64>(cell, load<i64>(cell) + added);
	cell = cells + <usize>((four >> 5) & 0x7f8);
	store<i64>(cell, load<i64>(cell, 2048) + added, 2048);
	cell = cells + <usize>((four >> 13) & 0x7f8);
	store<i64>(cell, load<i64>(cell, 4096) + added, 4096);
	cell = cells + <usize>((four >> 21) & 0x7f8);
	store<i64>(cell, load<i64>(cell, 6144) + added, 6144);
}

function unpack(packed: usize, sums: usize, cellCount: i32, one: i64): void {
	for (let at = 0; at < cellCount; at++) {
		const cell = load<i64>(packed + (<usize>at << 3));
		const rowCount = cell & 0xffff;
		const sum = sums + (<usize>at << 4);
		store<i64>(sum, load<i64>(sum) + ((cell - rowCount) >> 16));
		store<i64>(sum, load<i64>(sum, 8) + rowCount * one, 8);
	}
}

export function addSums(into: usize, from: usize, sizeBytes: usize): void {
	for (let at: usize = 0; at < sizeBytes; at += 16)
		v128.store(into + at, i64x2.add(v128.load(into + at), v128.load(from + at)));
}

export function subtractSums(into: usize, from: usize, sizeBytes: usize): void {
	for (let at: usize = 0; at < sizeBytes; at += 16)
		v128.store(into + at, i64x2.sub(v128.load(into + at), v128.load(from + at)));
}

/** One feature's cells as f64: gradients, then hessians, then row counts. */
export function cells(sums: usize, out: usize, shift: i32): void {
	const mask = (<u64>1 << <u64>shift) - 1;
	for (let bin: usize = 0; bin < 256; bin++) {
		const cell = sums + (bin << 4);
		const at = out + (bin << 3);
		const packed = load<u64>(cell, 8);
		store<f64>(at, <f64>load<i64>(cell));
		store<f64>(at, <f64>(packed & mask), 2048);
		store<f64>(at, <f64>(packed >> <u64>shift), 4096);
	}
}

/**
 * Those of rows start to end - 1 that go left to `left`, which may be where they are, the others to `right`, `step` bytes apart; returns
 * how many go left.
 */
export function partition(
	column: usize,
	rows: usize,
	left: usize,
	right: usize,
	step: i32,
	goesLeft: usize,
	start: i32,
	end: i32
): i32 {
	const first = left;
	for (let at = start; at < end; at++) {
		const row = load<u32>(rows + (<usize>at << 2));
		const goes = <usize>load<u8>(goesLeft + <usize>load<u8>(column + <usize>row));
		store<u32>(left, row);
		store<u32>(right, row);
		left += goes << 2;
		right += <usize>step & (goes - 1);
	}
	return <i32>((left - first) >> 2);
}

export function copy(into: usize, from: usize, sizeBytes: usize): void {
	memory.copy(into, from, sizeBytes);
}

export function add(rows: usize, predictions: usize, start: i32, end: i32, value: f64): void {
	for (let at = start; at < end; at++) {
		const prediction = predictions + (<usize>load<u32>(rows + (<usize>at << 2)) << 3);
		store<f64>(prediction, load<f64>(prediction) + value);
	}
}

/** A node is its feature (i32, -1 at a leaf), left and right child (u32) and value (f32), with 256 bytes of `goesLeft` each. */
export function walk(
	rows: usize,
	columns: usize,
	columnBytes: usize,
	nodes: usize,
	goesLeft: usize,
	predictions: usize,
	start: i32,
	end: i32
): void {
	for (let at = start; at < end; at++) {
		const row = <usize>load<u32>(rows + (<usize>at << 2));
		let node: usize = 0;
		let feature = load<i32>(nodes);
		while (feature >= 0) {
			const bin = <usize>load<u8>(columns + <usize>feature * columnBytes + row);
			const goes = load<u8>(goesLeft + (node << 8) + bin);
			node = <usize>load<u32>(nodes + (node << 4) + select<usize>(4, 8, goes == 1));
			feature = load<i32>(nodes + (node << 4));
		}
		const prediction = predictions + (row << 3);
		store<f64>(prediction, load<f64>(prediction) + <f64>load<f32>(nodes + (node << 4), 12));
	}
}
