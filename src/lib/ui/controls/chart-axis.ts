// What charts with a cursor share: round numbers along an axis, and the point next to the pointer.

const TICKS = 4;

/** Round numbers between the bounds. */
export function ticksOf({ low, high }: { readonly low: number; readonly high: number }): readonly number[] {
	const rough = (high - low) / TICKS;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
	const first = Math.ceil(low / step);
	const count = Math.floor(high / step) - first + 1;
	return Array.from({ length: Math.max(0, Math.min(count, 2 * TICKS)) }, (_, at) => (first + at) * step);
}

/** The number of the point that is nearest by its place along the axis. */
export function nearestOf(places: readonly number[], x: number): number {
	let nearest = 0;
	places.forEach((place, at) => {
		if (Math.abs(place - x) < Math.abs((places[nearest] ?? 0) - x)) nearest = at;
	});
	return nearest;
}
