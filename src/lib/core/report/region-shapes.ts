// Areas of a map from a person's own GeoJSON (RFC 7946): read from geometries, wound as the drawing needs them, and as fine as a screen shows them.
// Points are put on a grid that all areas share, so that neighbours go on touching, and no more is kept than is drawn.
import type { CellValue, EditionTable, RegionShapes, UnreadShapes } from './edition.ts';

/** Longitude and latitude, or whatever plane the coordinates are of; rings are closed, the first of a polygon is its edge. */
export type Area = readonly (readonly Ring[])[];
type Ring = readonly (readonly [number, number])[];

export type RegionShapesFailure =
	/** Of all rows none has an area. */
	| { readonly kind: 'no-shapes'; readonly from: string; readonly unread: UnreadShapes }
	| { readonly kind: 'too-many-shapes'; readonly from: string; readonly limit: number };

/** Each is an element of the page. */
export const SHAPES_MAX = 5000;
/** Of all shapes together. */
const POINTS_MAX = 60_000;
/** Of one shape as text: less than a cell of a share may hold. */
const TEXT_MAX = 150_000;
/** Across the greater side of the map. */
const STEPS = 2000;
/** Metres of any projected map are less. */
const COORDINATE_MAX = 1e9;
const DEPTH_MAX = 16;

/** x and y in turn. */
type Flat = number[];
type Polygon = readonly Flat[];

/** Reads geometries one by one; `finish` tells them as coarse as a screen needs. */
export class ShapeReader {
	readonly #polygons = new Map<string, Polygon[]>();
	readonly #unread = { noGeometry: 0, noArea: 0, beyond: 0 };
	#rowCount = 0;

	/** Shapes of one name are one region. */
	add(key: string, geometry: string | null): void {
		const read = geometry === null ? null : polygonsOf(parsed(geometry), 0);
		this.#rowCount++;
		if (read === null) this.#unread.noGeometry++;
		else if (read === 'beyond') this.#unread.beyond++;
		else if (read.length === 0) this.#unread.noArea++;
		else this.#polygons.set(key, [...(this.#polygons.get(key) ?? []), ...read]);
	}

	finish(): RegionShapes {
		const rings = [...this.#polygons.values()].flat(2);
		const sizes = [sizeOf(rings, 0), sizeOf(rings, 1)] as const;
		let step = niceStep(Math.max(...sizes, Number.MIN_VALUE) / STEPS);
		for (;;) {
			const areas = [...this.#polygons.values()].map((polygons) => snapArea(polygons, step));
			const points = areas.reduce((all, area) => all + pointCount(area), 0);
			// At last an area is one point or two.
			const isLast = step * 2 > niceStep(sizes[0] + sizes[1] + Number.MIN_VALUE);
			const texts = points <= POINTS_MAX || isLast ? areas.map((area) => areaText(area, step)) : null;
			if (texts && (isLast || texts.every((text) => text.length <= TEXT_MAX))) {
				const columns = [
					{ name: 'key', type: 'text' as const, values: [...this.#polygons.keys()] },
					{ name: 'shape', type: 'text' as const, values: texts }
				];
				return { table: { rowCount: texts.length, columns }, rowCount: this.#rowCount, unread: this.#unread };
			}
			step = niceStep(step * 1.5);
		}
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// A text that is no JSON is no geometry.
		return null;
	}
}

/** Null where it is no geometry; an empty list where it has no area. */
function polygonsOf(geometry: unknown, depth: number): readonly Polygon[] | null | 'beyond' {
	if (typeof geometry !== 'object' || geometry === null || depth > DEPTH_MAX) return null;
	const { type, coordinates, geometries, geometry: inner } = geometry as Readonly<Record<string, unknown>>;
	switch (type) {
		case 'Feature':
			return polygonsOf(inner, depth + 1);
		case 'Polygon':
			return polygonOf(coordinates);
		case 'MultiPolygon':
			return all(coordinates, polygonOf);
		case 'GeometryCollection':
			return all(geometries, (one) => polygonsOf(one, depth + 1));
		case 'Point':
		case 'MultiPoint':
		case 'LineString':
		case 'MultiLineString':
			return [];
		default:
			return null;
	}
}

function all(
	given: unknown,
	read: (one: unknown) => readonly Polygon[] | null | 'beyond'
): readonly Polygon[] | null | 'beyond' {
	if (!Array.isArray(given)) return null;
	const polygons: Polygon[] = [];
	for (const one of given as readonly unknown[]) {
		const own = read(one);
		if (own === null || own === 'beyond') return own;
		polygons.push(...own);
	}
	return polygons;
}

/** The edge runs clockwise and holes the other way, as on a sphere an area lies to the right of its edge; files have them either way. */
function polygonOf(given: unknown): readonly Polygon[] | null | 'beyond' {
	if (!Array.isArray(given)) return null;
	const rings: Flat[] = [];
	for (const [at, ring] of (given as readonly unknown[]).entries()) {
		const flat = ringOf(ring);
		if (flat === null || flat === 'beyond') return flat;
		if (flat.length >= 6) rings.push(turned(flat, at === 0));
		else if (at === 0) return [];
	}
	return rings.length === 0 ? [] : [rings];
}

function ringOf(given: unknown): Flat | null | 'beyond' {
	if (!Array.isArray(given)) return null;
	const flat: Flat = [];
	for (const point of given as readonly unknown[]) {
		if (!Array.isArray(point)) return null;
		const [x, y] = point as readonly unknown[];
		if (typeof x !== 'number' || typeof y !== 'number') return null;
		if (!(Math.abs(x) <= COORDINATE_MAX && Math.abs(y) <= COORDINATE_MAX)) return 'beyond';
		flat.push(x, y);
	}
	const isClosed = flat[0] === flat.at(-2) && flat[1] === flat.at(-1);
	return isClosed ? flat.slice(0, -2) : flat;
}

function turned(flat: Flat, isEdge: boolean): Flat {
	const isClockwise = areaOf(flat) < 0;
	if (isClockwise === isEdge) return flat;
	const turned: Flat = [];
	for (let at = flat.length - 2; at >= 0; at -= 2) turned.push(flat[at] ?? 0, flat[at + 1] ?? 0);
	return turned;
}

/** Twice the area; positive where it runs against the clock. A step over more than half of the globe goes the other way round. */
function areaOf(flat: Flat): number {
	const isGlobe = flat.every((value, at) => Math.abs(value) <= (at % 2 === 0 ? 360 : 90));
	let area = 0;
	let x = flat[0] ?? 0;
	for (let at = 0; at < flat.length; at += 2) {
		const next = (at + 2) % flat.length;
		let step = (flat[next] ?? 0) - (flat[at] ?? 0);
		if (isGlobe && Math.abs(step) > 180) step -= Math.sign(step) * 360;
		area += x * (flat[next + 1] ?? 0) - (x + step) * (flat[at + 1] ?? 0);
		x += step;
	}
	return area;
}

function sizeOf(rings: readonly Flat[], axis: 0 | 1): number {
	let [low, high] = [Infinity, -Infinity];
	for (const ring of rings)
		for (let at: number = axis; at < ring.length; at += 2) {
			const value = ring[at] ?? 0;
			if (value < low) low = value;
			if (value > high) high = value;
		}
	return low <= high ? high - low : 0;
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function niceStep(least: number): number {
	const power = 10 ** Math.floor(Math.log10(least));
	return power * ([1, 2, 5].find((times) => times * power >= least * (1 - 1e-9)) ?? 10);
}

/** Whole steps. What is smaller than a step goes, but of each region one place stays. */
function snapArea(polygons: readonly Polygon[], step: number): readonly Polygon[] {
	const snapped = polygons.flatMap((polygon): readonly Polygon[] => {
		const [edge, ...holes] = polygon.map((ring) => snapRing(ring, step));
		return edge && edge.length >= 6 ? [[edge, ...holes.filter(({ length }) => length >= 6)]] : [];
	});
	if (snapped.length > 0) return snapped;
	const [x = 0, y = 0] = polygons[0]?.[0]?.slice(0, 2).map((value) => Math.round(value / step)) ?? [];
	return [[[x, y, x, y + 1, x + 1, y + 1, x + 1, y]]];
}

function snapRing(ring: Flat, step: number): Flat {
	const snapped: Flat = [];
	for (let at = 0; at < ring.length; at += 2) {
		const x = Math.round((ring[at] ?? 0) / step);
		const y = Math.round((ring[at + 1] ?? 0) / step);
		if (snapped.at(-2) !== x || snapped.at(-1) !== y) snapped.push(x, y);
	}
	if (snapped.length > 2 && snapped[0] === snapped.at(-2) && snapped[1] === snapped.at(-1)) snapped.length -= 2;
	return areaOf(snapped) === 0 ? [] : snapped;
}

function pointCount(area: readonly Polygon[]): number {
	return area.flat().reduce((all, ring) => all + ring.length / 2, 0);
}

function areaText(area: readonly Polygon[], step: number): string {
	const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
	const value = (steps: number): number => Number((steps * step).toFixed(Math.min(20, digits)));
	const points = (ring: Flat): [number, number][] => {
		const closed = [...ring, ...ring.slice(0, 2)];
		return Array.from({ length: closed.length / 2 }, (_, at) => [
			value(closed[2 * at] ?? 0),
			value(closed[2 * at + 1] ?? 0)
		]);
	};
	return JSON.stringify(area.map((polygon) => polygon.map(points)));
}

/** Without a name where no row is of it. */
export type NamedArea = { readonly key: string | null; readonly area: Area };

/** What is drawn: names and areas. Whoever made the table, what is no area in it is left out, and so is all that is too much. */
export function areasOf(table: EditionTable): readonly NamedArea[] {
	const [keys, shapes] = ['key', 'shape'].map((name) => table.columns.find((one) => one.name === name)?.values);
	let points = 0;
	return Array.from({ length: Math.min(table.rowCount, SHAPES_MAX) }, (_, row) => row).flatMap((row) => {
		const text = shapes?.[row];
		const area = typeof text === 'string' ? parsed(text) : null;
		if (!isArea(area)) return [];
		points += area.flat().reduce((all, ring) => all + ring.length, 0);
		return points <= 2 * POINTS_MAX ? [{ key: nameOf(keys?.[row]), area }] : [];
	});
}

function nameOf(value: CellValue | undefined): string | null {
	return value === null || value === undefined ? null : String(value);
}

function isArea(given: unknown): given is Area {
	const isListOf = (value: unknown, holds: (one: unknown) => boolean): boolean =>
		Array.isArray(value) && value.length > 0 && value.every(holds);
	const isCoordinate = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) <= 2 * COORDINATE_MAX;
	return isListOf(given, (polygon) =>
		isListOf(
			polygon,
			(ring) =>
				Array.isArray(ring) &&
				ring.length >= 4 &&
				ring.every((point) => Array.isArray(point) && point.length === 2 && point.every(isCoordinate))
		)
	);
}

/** Which shape a name means: as it is written, or with other capitals, spaces or ways to write the same letters. */
export function shapeFinder(keys: readonly (string | null)[]): (name: string) => number | null {
	const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();
	const named = keys.flatMap((key, at) => (key === null ? [] : [[key, at] as const]));
	const exact = new Map(named);
	const loose = new Map(named.map(([key, at]) => [folded(key), at]));
	return (name) => exact.get(name) ?? loose.get(folded(name)) ?? null;
}
