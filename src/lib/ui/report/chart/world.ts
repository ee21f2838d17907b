// The countries of the world as Natural Earth draws them at 1:110 million, downloaded when a map is first drawn.
import type { feature } from 'topojson-client';

export type Country = { readonly id: string | null; readonly name: string; readonly shape: object };

type Topology = Parameters<typeof feature>[0];
type Countries = {
	readonly features: readonly { readonly id?: string | number; readonly properties: { readonly name: string } }[];
};

let world: Promise<readonly Country[]> | null = null;

export function loadWorld(): Promise<readonly Country[]> {
	world ??= readWorld();
	return world;
}

async function readWorld(): Promise<readonly Country[]> {
	const [topojson, atlas] = await Promise.all([import('topojson-client'), import('world-atlas/countries-110m.json')]);
	const topology = atlas.default as unknown as Topology;
	const countries = topology.objects['countries'];
	if (countries === undefined) return [];
	const { features } = topojson.feature(topology, countries) as unknown as Countries;
	return features.map((shape) => ({
		id: shape.id === undefined ? null : String(shape.id),
		name: shape.properties.name,
		shape
	}));
}
