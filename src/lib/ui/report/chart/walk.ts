// Which mark is next to the pointer, and which one lies in the direction of an arrow key.
import type { Place } from './frame.ts';

export type Along = 'x' | 'y' | 'xy';

/** Of marks along one axis that axis decides, and of those at the same place the distance; null where the pointer is far from all. */
export function nearestPlace(
	places: readonly Place[],
	at: { readonly x: number; readonly y: number },
	along: Along,
	panel: number
): number | null {
	let nearest: number | null = null;
	let least = along === 'xy' ? 30 * 30 : Infinity;
	places.forEach((place, number) => {
		if (place.panel !== panel) return;
		const [dx, dy] = [place.x - at.x, place.y - at.y];
		const distance =
			along === 'xy'
				? dx * dx + dy * dy
				: along === 'x'
					? Math.abs(dx) * 1e4 + Math.abs(dy)
					: Math.abs(dy) * 1e4 + Math.abs(dx);
		if (distance < least) {
			least = distance;
			nearest = number;
		}
	});
	return nearest;
}

/** The order of the arrow keys: panel after panel, lane after lane, along the axis within. */
export function walkOrder(places: readonly Place[], along: Along): readonly number[] {
	const main = (place: Place): number => (along === 'y' ? place.y : place.x);
	return places
		.map((_, number) => number)
		.sort((one, other) => {
			const [a, b] = [places[one], places[other]];
			return a && b ? a.panel - b.panel || a.lane - b.lane || main(a) - main(b) : 0;
		});
}

/** Of another lane, what is nearest along the axis; the same mark where there is no other lane. */
export function otherLane(places: readonly Place[], from: number, step: 1 | -1, along: Along): number {
	const here = places[from];
	if (!here) return from;
	const own = places.filter(({ panel }) => panel === here.panel);
	const lanes = [...new Set(own.map(({ lane }) => lane))].sort((one, other) => one - other);
	const lane = lanes[lanes.indexOf(here.lane) + step];
	const isInPanel = lane !== undefined;
	const panel = here.panel + step;
	const main = (place: Place): number => (along === 'y' ? place.y : place.x);
	let nearest = from;
	let least = Infinity;
	places.forEach((place, number) => {
		if (isInPanel ? place.panel !== here.panel || place.lane !== lane : place.panel !== panel) return;
		const distance = Math.abs(main(place) - main(here));
		if (distance < least) {
			least = distance;
			nearest = number;
		}
	});
	return nearest;
}

export type Walk = {
	readonly places: readonly Place[];
	/** As `walkOrder` tells it. */
	readonly order: readonly number[];
	readonly along: Along;
	/** Null before the first step. */
	readonly at: number | null;
};

/** Null where there is nothing to go to, or the key is none of these: arrows, Home, End, and the page keys for a twentieth. */
export function walkTo(key: string, { places, order, along, at }: Walk): number | null {
	if (places.length === 0) return null;
	const now = at === null ? -1 : order.indexOf(at);
	const clamp = (number: number): number => order[Math.min(order.length - 1, Math.max(0, number))] ?? 0;
	const onward = along === 'y' ? { ArrowDown: 1, ArrowUp: -1 }[key] : { ArrowRight: 1, ArrowLeft: -1 }[key];
	if (onward !== undefined) return now < 0 ? clamp(0) : clamp(now + onward);
	const leap = { PageDown: 1, PageUp: -1 }[key];
	if (leap !== undefined) return clamp(now + leap * Math.max(1, Math.round(order.length / 20)));
	if (key === 'Home') return clamp(0);
	if (key === 'End') return clamp(order.length - 1);
	const across = along === 'y' ? { ArrowRight: 1, ArrowLeft: -1 }[key] : { ArrowUp: 1, ArrowDown: -1 }[key];
	if (across === undefined) return null;
	return at === null ? clamp(0) : otherLane(places, at, across === 1 ? 1 : -1, along);
}
