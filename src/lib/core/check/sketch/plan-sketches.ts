// Which segments of a version have no sketch yet: an append reads none but its own.
import type { SegmentId, VersionId } from '../../ids.ts';
import type { TableTree } from '../../version/version.ts';

/**
 * What a sketch is kept under. A segment with its patch is other rows than the segment alone; and the same bytes are other
 * values where the columns have other types, of which `types` is a digest. Names of columns do not tell.
 */
export type SketchKey = string;

export function sketchKey(segment: TableTree['segments'][number], types: string): SketchKey {
	return `${sketchedSegment(segment)}/${types}`;
}

/** What of a key tells the rows. */
export function sketchedSegment({
	id,
	patch
}: {
	readonly id: SegmentId;
	readonly patch?: { readonly id: SegmentId };
}) {
	return patch ? `${id}+${patch.id}` : id;
}

/** Of all rows of a version. */
export function versionSketchKey(id: VersionId): SketchKey {
	return `version/${id}`;
}

export type MissingSketch = {
	readonly key: SketchKey;
	/** Of the segment, among the version's. */
	readonly segment: number;
	readonly rowCount: number;
};

export type SketchPlan = {
	/** In the order of the rows; a segment that is there twice is read once. */
	readonly missing: readonly MissingSketch[];
	/** Of all segments, for merging: as often as they are there. */
	readonly keys: readonly SketchKey[];
	readonly rowCountToRead: number;
};

export function planSketches(
	{ segments }: Pick<TableTree, 'segments'>,
	types: string,
	hasSketch: (key: SketchKey) => boolean
): SketchPlan {
	const planned = new Set<SketchKey>();
	const missing: MissingSketch[] = [];
	const keys = segments.map((segment) => sketchKey(segment, types));
	for (const [segment, { rowCount }] of segments.entries()) {
		const key = keys[segment] ?? '';
		if (planned.has(key) || hasSketch(key)) continue;
		planned.add(key);
		missing.push({ key, segment, rowCount });
	}
	return { missing, keys, rowCountToRead: missing.reduce((sum, { rowCount }) => sum + rowCount, 0) };
}
