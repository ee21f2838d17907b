// Which segments of a version have no sketch yet: an append reads none but its own.
import type { TableTree } from '../../version/version.ts';

/** What a sketch is kept under: a segment with its patch is other rows than the segment alone. */
export type SketchKey = string;

export function sketchKey({ id, patch }: TableTree['segments'][number]): SketchKey {
	return patch ? `${id}+${patch.id}` : id;
}

export type SketchPlan = {
	/** In the order of the rows; a segment that is there twice is read once. */
	readonly missing: readonly { readonly key: SketchKey; readonly startRow: number; readonly endRow: number }[];
	/** Of all segments, for merging: as often as they are there. */
	readonly keys: readonly SketchKey[];
	readonly rowCountToRead: number;
};

/** Bounds: startRow inclusive, endRow exclusive, in the version's rows. */
export function planSketches(
	{ segments }: Pick<TableTree, 'segments'>,
	hasSketch: (key: SketchKey) => boolean
): SketchPlan {
	const planned = new Set<SketchKey>();
	const missing: SketchPlan['missing'][number][] = [];
	let row = 0;
	for (const segment of segments) {
		const key = sketchKey(segment);
		const startRow = row;
		row += segment.rowCount;
		if (planned.has(key) || hasSketch(key)) continue;
		planned.add(key);
		missing.push({ key, startRow, endRow: row });
	}
	return {
		missing,
		keys: segments.map(sketchKey),
		rowCountToRead: missing.reduce((sum, { startRow, endRow }) => sum + endRow - startRow, 0)
	};
}
