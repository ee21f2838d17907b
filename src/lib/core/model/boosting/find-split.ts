// The best split of a leaf from its histograms. It sees sums only, and is the same code for every kernel.
import { MISSING_BIN } from './bins.ts';
import { CELLS } from './kernel.ts';

export type Sums = { readonly gradient: number; readonly hessian: number; readonly count: number };

/** What outputs of a leaf may be, where features are monotone. */
export type Bounds = { readonly low: number; readonly high: number };

export type SplitRules = {
	readonly minLeaf: number;
	readonly minGain: number;
	readonly l2: number;
	/** A feature: 1, -1, or 0 where it is free; null where all are. */
	readonly monotone: readonly number[] | null;
};

export type Split = {
	readonly feature: number;
	readonly gain: number;
	/** The last bin that goes left; null where bins are categories. */
	readonly bin: number | null;
	/** A bin: 1 where it goes left. */
	readonly goesLeft: Uint8Array;
	readonly left: Sums;
	readonly right: Sums;
};

export type SplitFeature = {
	readonly feature: number;
	/** Steps between its bins. */
	readonly edgeCount: number;
	readonly isCategory: boolean;
};

/** A smaller gain, as a share of what the leaf itself explains, is rounding. */
const NOISE = 1e-12;
/** As scikit-learn has it: a leaf with less curvature says nothing. */
const MIN_HESSIAN = 1e-3;
/** As scikit-learn has it: a category with fewer rows is never told apart, and is drawn towards the others' value. */
const MIN_CATEGORY_ROWS = 10;

/** Looks for the best split of one leaf, a feature at a time; a gain must be greater to replace one that was found before. */
export class SplitFinder {
	readonly #rules: SplitRules;
	readonly #sums: Sums;
	readonly #bounds: Bounds;
	/** What the leaf explains as it is. */
	readonly #own: number;
	#best: {
		feature: SplitFeature;
		bin: number;
		members: readonly number[];
		isMissingLeft: boolean;
		hasMissing: boolean;
	} | null = null;
	#gain: number;
	#left: Sums = { gradient: 0, hessian: 0, count: 0 };

	constructor(rules: SplitRules, sums: Sums, bounds: Bounds) {
		this.#rules = rules;
		this.#sums = sums;
		this.#bounds = bounds;
		const { gradient, hessian } = sums;
		this.#own = rules.monotone
			? explained(sums, rules.l2, valueOf(gradient, hessian, rules.l2, bounds))
			: (gradient * gradient) / (hessian + rules.l2);
		this.#gain = Math.max(rules.minGain, NOISE * Math.abs(this.#own));
	}

	/** `cells` are sums of a feature's bins, see `Kernel.cells`, times the grid; `unit` undoes it. */
	look(feature: SplitFeature, cells: Float64Array, unit: Omit<Sums, 'count'>): void {
		if (cells.length < CELLS) return;
		if (feature.isCategory) this.#categories(feature, cells, unit);
		else this.#numbers(feature, cells, unit);
	}

	found(): Split | null {
		const [best, left] = [this.#best, this.#left];
		if (!best) return null;
		const right = {
			gradient: this.#sums.gradient - left.gradient,
			hessian: this.#sums.hessian - left.hessian,
			count: this.#sums.count - left.count
		};
		const goesLeft = new Uint8Array(256);
		if (best.feature.isCategory) for (const bin of best.members) goesLeft[bin] = 1;
		else goesLeft.fill(1, 0, best.bin + 1);
		// What the training never saw missing goes where most rows go.
		const isMissingLeft = best.hasMissing ? best.isMissingLeft : left.count >= right.count;
		goesLeft[MISSING_BIN] = isMissingLeft ? 1 : 0;
		const bin = best.feature.isCategory ? null : best.bin;
		return { feature: best.feature.feature, gain: this.#gain, bin, goesLeft, left, right };
	}

	#numbers(feature: SplitFeature, cells: Float64Array, unit: Omit<Sums, 'count'>): void {
		const missing = cells[512 + MISSING_BIN] ?? 0;
		for (const isMissingLeft of missing > 0 ? [true, false] : [false]) {
			// All values left and the missing ones right is a split too.
			const end = feature.edgeCount + (missing > 0 && !isMissingLeft ? 1 : 0);
			const bin = this.#lastLeft(feature.feature, cells, unit, { end, isMissingLeft });
			if (bin >= 0) this.#best = { feature, bin, members: [], isMissingLeft, hasMissing: missing > 0 };
		}
	}

	/** The last bin that goes left of the best split that is better than those before; -1 without one. */
	#lastLeft(
		feature: number,
		cells: Float64Array,
		unit: Omit<Sums, 'count'>,
		{ end, isMissingLeft }: { readonly end: number; readonly isMissingLeft: boolean }
	): number {
		const { minLeaf, l2, monotone } = this.#rules;
		const { gradient: allGradient, hessian: allHessian, count: allCount } = this.#sums;
		const { gradient: gradientUnit, hessian: hessianUnit } = unit;
		const own = this.#own;
		let gain = this.#gain;
		let gradient = isMissingLeft ? (cells[MISSING_BIN] ?? 0) : 0;
		let hessian = isMissingLeft ? (cells[256 + MISSING_BIN] ?? 0) : 0;
		let count = isMissingLeft ? (cells[512 + MISSING_BIN] ?? 0) : 0;
		let best = -1;
		for (let bin = 0; bin < end; bin++) {
			const inBin = cells[512 + bin] ?? 0;
			if (inBin === 0) continue;
			gradient += cells[bin] ?? 0;
			hessian += cells[256 + bin] ?? 0;
			count += inBin;
			if (allCount - count < minLeaf) break;
			const left = gradient * gradientUnit;
			const curved = hessian * hessianUnit;
			if (!monotone) {
				// As `#isBetter` has it: most splits are not, and here that is told without a call.
				const right = allGradient - left;
				if (!((left * left) / (curved + l2) + (right * right) / (allHessian - curved + l2) - own > gain)) continue;
			}
			if (!this.#isBetter(feature, left, curved, count)) continue;
			best = bin;
			gain = this.#gain;
		}
		return best;
	}

	/** Ordered by what they say of the target, categories are split like numbers: the best of all sets is among these. */
	#categories(feature: SplitFeature, cells: Float64Array, unit: Omit<Sums, 'count'>): void {
		const hasMissing = (cells[512 + MISSING_BIN] ?? 0) > 0;
		const said = (bin: number): number =>
			((cells[bin] ?? 0) * unit.gradient) / ((cells[256 + bin] ?? 0) * unit.hessian + MIN_CATEGORY_ROWS);
		const told: { readonly bin: number; readonly said: number }[] = [];
		for (let bin = 0; bin < 256; bin++)
			if ((cells[512 + bin] ?? 0) >= MIN_CATEGORY_ROWS) told.push({ bin, said: said(bin) });
		if (told.length < 2) return;
		const ascending = told.sort((a, b) => a.said - b.said || a.bin - b.bin).map(({ bin }) => bin);
		// From both ends, so that the categories of too few rows are with either side.
		for (const order of [ascending, ascending.toReversed()]) {
			let [gradient, hessian, count] = [0, 0, 0];
			for (let at = 0; at < (order.length + 1) >> 1; at++) {
				const bin = order[at] ?? 0;
				gradient += cells[bin] ?? 0;
				hessian += cells[256 + bin] ?? 0;
				count += cells[512 + bin] ?? 0;
				if (this.#sums.count - count < this.#rules.minLeaf) break;
				if (!this.#isBetter(feature.feature, gradient * unit.gradient, hessian * unit.hessian, count)) continue;
				const members = order.slice(0, at + 1);
				this.#best = { feature, bin: 0, members, isMissingLeft: members.includes(MISSING_BIN), hasMissing };
			}
		}
	}

	#isBetter(feature: number, gradient: number, hessian: number, count: number): boolean {
		if (count < this.#rules.minLeaf || hessian < MIN_HESSIAN) return false;
		const [rightGradient, rightHessian] = [this.#sums.gradient - gradient, this.#sums.hessian - hessian];
		if (rightHessian < MIN_HESSIAN) return false;
		const { l2, monotone } = this.#rules;
		let gain: number;
		if (monotone) {
			const right = { gradient: rightGradient, hessian: rightHessian };
			const low = valueOf(gradient, hessian, l2, this.#bounds);
			const high = valueOf(rightGradient, rightHessian, l2, this.#bounds);
			if ((monotone[feature] ?? 0) * (high - low) < 0) return false;
			gain = explained({ gradient, hessian }, l2, low) + explained(right, l2, high) - this.#own;
		} else
			gain = (gradient * gradient) / (hessian + l2) + (rightGradient * rightGradient) / (rightHessian + l2) - this.#own;
		if (!(gain > this.#gain)) return false;
		this.#gain = gain;
		this.#left = { gradient, hessian, count };
		return true;
	}
}

/** By how much the loss falls, doubled, if all rows get the value. */
function explained({ gradient, hessian }: Omit<Sums, 'count'>, l2: number, value: number): number {
	return -(2 * gradient * value + (hessian + l2) * value * value);
}

/** The output that lowers the loss the most, within bounds; before the learning rate. */
export function valueOf(gradient: number, hessian: number, l2: number, { low, high }: Bounds): number {
	return Math.min(high, Math.max(low, -gradient / (hessian + l2)));
}
