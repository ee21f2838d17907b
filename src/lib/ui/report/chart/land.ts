// What a map is drawn on: the countries of the world, or a person's own regions, which shape a name means, and how they are projected.
import { countryFinder } from '#core/report/countries.ts';
import type { RegionShapes } from '#core/report/edition.ts';
import { areasOf, shapeFinder, type NamedArea } from '#core/report/region-shapes.ts';
import type { Country } from './world.ts';

export type LandShape = { readonly name: string | null; readonly shape: object };
export type Land = {
	readonly shapes: readonly LandShape[];
	/** Which shape a text means. */
	readonly find: (name: string) => number | null;
	/** Null is the whole globe. */
	readonly projection: Projection | null;
	readonly notes: readonly string[];
};

export type Projection =
	'equal-earth' | { readonly type: 'equal-earth' | 'mercator' | 'reflect-y'; readonly domain: object };
type Extent = { readonly low: number; readonly high: number };

/** Degrees; what is narrower is looked at closely. */
const CLOSE = 70;

export function landOfWorld(world: readonly Country[]): Land {
	return { shapes: world, find: countryFinder(world), projection: null, notes: [] };
}

/** `notes`: what of the shapes could not be read. */
export function landOfShapes({ table }: RegionShapes, notes: readonly string[]): Land {
	const areas = areasOf(table);
	const shapes = areas.map(({ key, area }) => ({
		name: key,
		shape: { type: 'MultiPolygon', coordinates: area }
	}));
	return { shapes, find: shapeFinder(areas.map(({ key }) => key)), projection: projectionOver(areas), notes };
}

/** Coordinates that are no degrees are those of a plane. */
function projectionOver(areas: readonly NamedArea[]): Projection | null {
	const points = areas.flatMap(({ area }) => area.flat(2));
	const extent = (axis: 0 | 1): Extent =>
		points.reduce(({ low, high }, point) => ({ low: Math.min(low, point[axis]), high: Math.max(high, point[axis]) }), {
			low: Infinity,
			high: -Infinity
		});
	const [across, up] = [extent(0), extent(1)];
	if (points.length === 0) return null;
	const domain = { type: 'MultiPoint', coordinates: points };
	const isGlobe = across.low >= -360 && across.high <= 360 && up.low >= -90 && up.high <= 90;
	if (!isGlobe) return { type: 'reflect-y', domain };
	return closeTo(across, up) ?? (across.high - across.low >= 300 ? null : { type: 'equal-earth', domain });
}

/** Where all lies near one another, that part of the world; null where it does not. */
export function closeTo(across: Extent, up: Extent): Projection | null {
	if (across.high - across.low > CLOSE || up.high - up.low > CLOSE) return null;
	const room = Math.max(0.02, 0.12 * Math.max(across.high - across.low, up.high - up.low));
	const clamp = (degrees: number): number => Math.min(84, Math.max(-84, degrees));
	const [west, east] = [across.low - room, across.high + room];
	const [south, north] = [clamp(up.low - room), clamp(up.high + room)];
	return {
		type: 'mercator',
		domain: {
			type: 'MultiPoint',
			coordinates: [
				[west, south],
				[east, north],
				[west, north],
				[east, south]
			]
		}
	};
}
