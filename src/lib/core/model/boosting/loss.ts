// What each loss asks of boosting: where outputs begin, how large its gradients can be, and what a learning curve shows.
import { exhaustive } from '../../result.ts';
import type { Link } from '../model.ts';
import { quantileOf } from '../quantile.ts';
import type { Grid, GridBounds, Kernel, KernelLoss } from './kernel.ts';
import { powerFrom } from './exp.ts';
import type { Loss } from './options.ts';

export type Targets = {
	readonly target: Float32Array;
	readonly weights: Float32Array | null;
};

export function kernelLoss(loss: Loss): KernelLoss {
	if (loss.kind === 'absolute') return { kind: 'quantile', level: 0.5 };
	return { kind: loss.kind, level: loss.kind === 'quantile' ? loss.level : 0 };
}

/** Whether every row has the hessian 1, but for its weight. */
export function isOneHessian(loss: Loss): boolean {
	return loss.kind === 'squared' || kernelLoss(loss).kind === 'quantile';
}

export function linkOf(loss: Loss): Link {
	switch (loss.kind) {
		case 'squared':
		case 'absolute':
		case 'quantile':
			return 'identity';
		case 'poisson':
			return 'exp';
		case 'logistic':
		case 'softmax':
			return loss.kind;
		default:
			return exhaustive(loss);
	}
}

/** Shares are kept away from 0 and 1, whose logarithms are infinite. */
const LEAST_SHARE = 1e-7;

/** What the outputs are before the first tree: the best constant of these rows. */
export function baseOf(loss: Loss, { target, weights }: Targets, rows: Uint32Array): Float32Array {
	const total = sumOf(rows, (row) => weights?.[row] ?? 1);
	const mean = sumOf(rows, (row) => (target[row] ?? 0) * (weights?.[row] ?? 1)) / total;
	switch (loss.kind) {
		case 'squared':
			return Float32Array.of(mean);
		case 'absolute':
		case 'quantile': {
			const values = Float64Array.from(rows, (row) => target[row] ?? 0);
			const shares = weights && Float64Array.from(rows, (row) => weights[row] ?? 0);
			return Float32Array.of(quantileOf(values, shares, kernelLoss(loss).level));
		}
		case 'poisson':
			return Float32Array.of(Math.log(Math.max(mean, LEAST_SHARE)));
		case 'logistic': {
			const share = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, mean));
			return Float32Array.of(Math.log(share / (1 - share)));
		}
		case 'softmax':
			return Float32Array.from({ length: loss.classCount }, (_, of) => {
				const share = sumOf(rows, (row) => (target[row] === of ? (weights?.[row] ?? 1) : 0)) / total;
				return Math.log(Math.max(share, LEAST_SHARE));
			});
		default:
			return exhaustive(loss);
	}
}

/** The finest grid on which sums over so many rows are exact; see the note in kernel.ts. */
export function gridOf(kernel: Kernel, loss: Loss, output: number, rowCount: number, weightMax: number): Grid {
	const { gradient, hessian } = boundsOf(kernel, loss, output, weightMax);
	const bits = bitsOf(rowCount);
	return {
		gradient: 2 ** bits.gradient / powerFrom(gradient || 1),
		hessian: 2 ** bits.hessian / powerFrom(hessian || 1)
	};
}

/**
 * A row's gradient has so many bits, so that sums stay below 2^53. The sum of hessians and the number of rows share 63 bits, of which
 * the lowest `hessianSum` are the hessians'.
 */
export function bitsOf(rowCount: number): {
	readonly gradient: number;
	readonly hessian: number;
	readonly hessianSum: number;
} {
	const ofRows = 32 - Math.clz32(rowCount);
	const hessianSum = Math.min(52, 63 - ofRows);
	return { gradient: Math.min(30, 52 - ofRows), hessian: Math.min(30, hessianSum - ofRows), hessianSum };
}

function boundsOf(kernel: Kernel, loss: Loss, output: number, weightMax: number): GridBounds {
	switch (loss.kind) {
		case 'squared':
		case 'poisson':
			return kernel.bounds(kernelLoss(loss), output);
		case 'absolute':
		case 'quantile':
			return { gradient: weightMax, hessian: weightMax };
		case 'logistic':
		case 'softmax':
			return { gradient: weightMax, hessian: weightMax / 4 };
		default:
			return exhaustive(loss);
	}
}

/** The mean loss of rows: squared, absolute or pinball error, half the Poisson deviance, or minus the log of the class's share. */
export function meanLoss(
	loss: Loss,
	outputs: readonly Float64Array[],
	{ target, weights }: Targets,
	rows: Uint32Array
): number {
	const [first = new Float64Array(0)] = outputs;
	const level = kernelLoss(loss).level;
	let [sum, total] = [0, 0];
	for (let at = 0; at < rows.length; at++) {
		const row = rows[at] ?? 0;
		const weight = weights?.[row] ?? 1;
		const raw = first[row] ?? 0;
		const wanted = target[row] ?? 0;
		total += weight;
		sum += weight * rowLoss(loss.kind, raw, wanted, level, outputs, row);
	}
	return sum / total;
}

function rowLoss(
	kind: Loss['kind'],
	raw: number,
	wanted: number,
	level: number,
	outputs: readonly Float64Array[],
	row: number
): number {
	switch (kind) {
		case 'squared':
			return (raw - wanted) ** 2;
		case 'absolute':
			return Math.abs(raw - wanted);
		case 'quantile':
			return raw >= wanted ? (1 - level) * (raw - wanted) : level * (wanted - raw);
		case 'poisson':
			return Math.exp(raw) - wanted + (wanted > 0 ? wanted * (Math.log(wanted) - raw) : 0);
		case 'logistic': {
			const against = wanted > 0 ? -raw : raw;
			return against > 0 ? against + Math.log1p(Math.exp(-against)) : Math.log1p(Math.exp(against));
		}
		case 'softmax': {
			let greatest = -Infinity;
			for (const output of outputs) greatest = Math.max(greatest, output[row] ?? 0);
			let total = 0;
			for (const output of outputs) total += Math.exp((output[row] ?? 0) - greatest);
			return Math.log(total) + greatest - (outputs[wanted]?.[row] ?? 0);
		}
		default:
			return exhaustive(kind);
	}
}

function sumOf(rows: Uint32Array, of: (row: number) => number): number {
	let sum = 0;
	for (let at = 0; at < rows.length; at++) sum += of(rows[at] ?? 0);
	return sum;
}
