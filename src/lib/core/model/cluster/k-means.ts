// Groups of rows that are near each other, by their centers.
import type { Centers } from '../model.ts';
import { randomOf } from '../random.ts';

export type KMeansOptions = {
	readonly clusters: number;
	/** Begun anew so often; the best is kept. */
	readonly restarts: number;
	readonly seed: number;
};

/** `inertia` is the sum of squared distances to the nearest center; `assigned` is the center of each row of the training. */
export type Clustered = { readonly model: Centers; readonly inertia: number; readonly assigned: Uint32Array };

const ROUNDS_MAX = 300;
/** As scikit-learn's `tol`: of the mean variance of the features. */
const STILL = 1e-4;

/**
 * Yields the inertia after every round, over all restarts.
 *
 * Source: Lloyd, "Least squares quantization in PCM" (1982); Arthur, Vassilvitskii, "k-means++" (2007).
 */
export function* kMeans(
	features: readonly Float32Array[],
	train: Uint32Array,
	{ clusters, restarts, seed }: KMeansOptions
): Generator<number, Clustered, 'go-on' | 'stop'> {
	const points = pointsOf(features, train);
	const width = features.length;
	const still = STILL * meanVariance(points, width);
	let best: { centers: Float64Array; inertia: number; assigned: Uint32Array } | null = null;
	let isAsked = false;
	for (let restart = 0; restart < Math.max(1, restarts) && !isAsked; restart++) {
		let centers = seedCenters(points, width, clusters, randomOf(seed, 4, restart));
		let { inertia, assigned } = assign(points, width, centers);
		for (let round = 0; round < ROUNDS_MAX && !isAsked; round++) {
			const moved = centersOf(points, width, clusters, assigned, centers);
			const shift = moved.reduce((sum, value, at) => sum + (value - (centers[at] ?? 0)) ** 2, 0);
			centers = moved;
			({ inertia, assigned } = assign(points, width, centers));
			isAsked = (yield inertia) === 'stop';
			if (shift <= still) break;
		}
		if (!best || inertia < best.inertia) best = { centers, inertia, assigned };
	}
	const { centers, inertia, assigned } = best ?? {
		centers: new Float64Array(0),
		inertia: 0,
		assigned: new Uint32Array(0)
	};
	return { model: { kind: 'centers', centers: Float32Array.from(centers), count: clusters }, inertia, assigned };
}

/** Rows of the training, one after another. */
function pointsOf(features: readonly Float32Array[], train: Uint32Array): Float32Array {
	const width = features.length;
	const points = new Float32Array(train.length * width);
	features.forEach((values, feature) => {
		for (let at = 0; at < train.length; at++) points[at * width + feature] = values[train[at] ?? 0] ?? 0;
	});
	return points;
}

function meanVariance(points: Float32Array, width: number): number {
	const count = points.length / width;
	let sum = 0;
	for (let feature = 0; feature < width; feature++) {
		let [total, squares] = [0, 0];
		for (let at = feature; at < points.length; at += width) total += points[at] ?? 0;
		const mean = total / count;
		for (let at = feature; at < points.length; at += width) squares += ((points[at] ?? 0) - mean) ** 2;
		sum += squares / count;
	}
	return sum / width;
}

/** Each next center is a row drawn in proportion to its squared distance from those there are; the best of a few draws. */
function seedCenters(points: Float32Array, width: number, clusters: number, random: () => number): Float64Array {
	const count = points.length / width;
	const centers = new Float64Array(clusters * width);
	const place = (cluster: number, row: number): void =>
		centers.set(points.subarray(row * width, (row + 1) * width), cluster * width);
	let nearest: Float64Array = new Float64Array(count).fill(Infinity);
	const draws = 2 + Math.floor(Math.log(clusters));
	place(0, Math.floor(random() * count));
	nearest = nearer(points, width, centers, 0, nearest);
	for (let cluster = 1; cluster < clusters; cluster++) {
		const total = nearest.reduce((sum, distance) => sum + distance, 0);
		let chosen: { row: number; distances: Float64Array; sum: number } | null = null;
		for (let draw = 0; draw < draws; draw++) {
			const row = drawn(nearest, random() * total);
			place(cluster, row);
			const distances = nearer(points, width, centers, cluster, nearest);
			const sum = distances.reduce((all, distance) => all + distance, 0);
			if (!chosen || sum < chosen.sum) chosen = { row, distances, sum };
		}
		if (!chosen) continue;
		place(cluster, chosen.row);
		nearest = chosen.distances;
	}
	return centers;
}

function drawn(distances: Float64Array, wanted: number): number {
	let sum = 0;
	for (let row = 0; row < distances.length; row++) {
		sum += distances[row] ?? 0;
		if (sum > wanted) return row;
	}
	return distances.length - 1;
}

function nearer(
	points: Float32Array,
	width: number,
	centers: Float64Array,
	cluster: number,
	nearest: Float64Array
): Float64Array {
	return nearest.map((known, row) => Math.min(known, distance(points, width, row, centers, cluster)));
}

function distance(points: Float32Array, width: number, row: number, centers: Float64Array, cluster: number): number {
	let sum = 0;
	for (let feature = 0; feature < width; feature++) {
		const off = (points[row * width + feature] ?? 0) - (centers[cluster * width + feature] ?? 0);
		sum += off * off;
	}
	return sum;
}

function assign(
	points: Float32Array,
	width: number,
	centers: Float64Array
): { readonly inertia: number; readonly assigned: Uint32Array } {
	const assigned = new Uint32Array(points.length / width);
	let inertia = 0;
	for (let row = 0; row < assigned.length; row++) {
		let least = Infinity;
		for (let cluster = 0; cluster * width < centers.length; cluster++) {
			const off = distance(points, width, row, centers, cluster);
			if (off >= least) continue;
			least = off;
			assigned[row] = cluster;
		}
		inertia += least;
	}
	return { inertia, assigned };
}

/** The means of the rows of each; one without rows stays where it is. */
function centersOf(
	points: Float32Array,
	width: number,
	clusters: number,
	assigned: Uint32Array,
	before: Float64Array
): Float64Array {
	const centers = new Float64Array(clusters * width);
	const counts = new Float64Array(clusters);
	for (let row = 0; row < assigned.length; row++) {
		const cluster = assigned[row] ?? 0;
		counts[cluster] = (counts[cluster] ?? 0) + 1;
		for (let feature = 0; feature < width; feature++) {
			const at = cluster * width + feature;
			centers[at] = (centers[at] ?? 0) + (points[row * width + feature] ?? 0);
		}
	}
	return centers.map((sum, at) => {
		const count = counts[Math.floor(at / width)] ?? 0;
		return count === 0 ? (before[at] ?? 0) : sum / count;
	});
}
