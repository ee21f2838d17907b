// Round steps for bins of numbers and for times, so that edges are numbers people say.
import { grains, type Grain } from './report.ts';

export type Bins = { readonly start: number; readonly step: number; readonly count: number };

/** About `most` bins of a round width that cover both ends; one bin where both are the same. */
export function niceBins(low: number, high: number, most: number, isWhole: boolean): Bins {
	if (!(high > low)) {
		const step = low === 0 ? 1 : 10 ** Math.floor(Math.log10(Math.abs(low)));
		const width = isWhole ? 1 : step / 10;
		return { start: Math.floor(low / width) * width, step: width, count: 1 };
	}
	const rough = (high - low) / most;
	const power = 10 ** Math.floor(Math.log10(rough));
	const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
	const step = isWhole ? Math.max(1, Math.round(factor * power)) : factor * power;
	const start = Math.floor(low / step) * step;
	return { start, step, count: Math.floor((high - start) / step) + 1 };
}

const grainMs: Readonly<Record<Grain, number>> = {
	minute: 60_000,
	hour: 3_600_000,
	day: 86_400_000,
	week: 604_800_000,
	month: 2_629_746_000,
	quarter: 7_889_238_000,
	year: 31_556_952_000
};

/** The finest in which a span has no more than `most` points. */
export function grainFor(spanMs: number, most: number): Grain {
	return grains.find((grain) => spanMs / grainMs[grain] <= most) ?? 'year';
}
