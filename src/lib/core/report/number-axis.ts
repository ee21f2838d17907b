// Where an axis of numbers begins and ends, and the round numbers along it.

export type NumberScale = 'linear' | 'log' | 'sqrt';
/** Of whole numbers, no tick stands between two. */
export type Extent = { readonly low: number; readonly high: number; readonly isWhole?: boolean };
export type NumberAxis = { readonly low: number; readonly high: number; readonly ticks: readonly number[] };

/**
 * An axis that holds all of the values.
 *
 * Bounds: `low` < `high` always, also where the values are one or none; a logarithmic axis is above zero.
 */
export function numberAxis(
	extent: Extent | null,
	{ scale, isFromZero, count }: { readonly scale: NumberScale; readonly isFromZero: boolean; readonly count: number }
): NumberAxis {
	if (scale === 'log') return logAxis(extent, count);
	const { low, high } = spread(extent ?? { low: 0, high: 1 }, isFromZero);
	const nice = niceStep(low, high, count);
	const step = nice !== null && extent?.isWhole ? Math.max(1, nice) : nice;
	if (step === null) return { low, high, ticks: [low, high] };
	const first = Math.floor(low / step + 1e-9);
	const last = Math.ceil(high / step - 1e-9);
	const ticks = Array.from({ length: Math.min(last - first + 1, 40) }, (_, at) => round((first + at) * step, step));
	return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks };
}

function spread({ low, high }: { low: number; high: number }, isFromZero: boolean): { low: number; high: number } {
	if (isFromZero) {
		if (low === 0 && high === 0) return { low: 0, high: 1 };
		return { low: Math.min(0, low), high: Math.max(0, high) };
	}
	if (low < high) return { low, high };
	const room = low === 0 ? 1 : Math.abs(low) * 0.1;
	return { low: low - room, high: high + room };
}

/** 1, 2 or 5 times a power of ten; null where the numbers are too far apart or too near to be told by it. */
function niceStep(low: number, high: number, count: number): number | null {
	const rough = (high - low) / Math.max(1, count);
	if (!Number.isFinite(rough) || rough < 1e-300 || rough < Math.max(Math.abs(low), Math.abs(high)) * 1e-13) return null;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10;
	return step * power;
}

/** Takes away what binary fractions add: 0.30000000000000004. */
function round(value: number, step: number): number {
	const digits = Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(step))));
	return Number(value.toFixed(digits));
}

function logAxis(extent: Extent | null, count: number): NumberAxis {
	const high = extent && extent.high > 0 ? extent.high : 10;
	const low = extent && extent.low > 0 ? extent.low : high / 1000;
	const first = Math.floor(Math.log10(low) + 1e-9);
	const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
	const every = Math.max(1, Math.ceil((last - first) / Math.max(1, count)));
	const ticks = Array.from({ length: last - first + 1 }, (_, at) => first + at)
		.filter((power) => (power - first) % every === 0)
		.map((power) => Number(`1e${power}`));
	return { low: Number(`1e${first}`), high: Number(`1e${last}`), ticks };
}
