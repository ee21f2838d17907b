// What two versions have in common without a look at their rows: segments that both name.
import type { SegmentId } from '../ids.ts';
import type { SegmentRef } from '../version/version.ts';

/** Segments as often as they are in both, and the rows in them: what a comparison leaves unread. */
export type Sharing = { readonly segmentCount: number; readonly rowCount: number };

export function sharedSegments(from: readonly SegmentRef[], to: readonly SegmentRef[]): Sharing {
	const left = new Map<SegmentId, number>();
	for (const { id } of from) left.set(id, (left.get(id) ?? 0) + 1);
	let [segmentCount, rowCount] = [0, 0];
	for (const segment of to) {
		const count = left.get(segment.id) ?? 0;
		if (count === 0) continue;
		left.set(segment.id, count - 1);
		segmentCount++;
		rowCount += segment.rowCount;
	}
	return { segmentCount, rowCount };
}
