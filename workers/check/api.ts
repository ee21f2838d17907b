// What the check worker does: it reads rows once and keeps what sketches need. Types only.
import type { BrokenSketch } from '#core/check/sketch/sketch-bytes.ts';
import type { JobId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';

export type CheckCrashed = { readonly kind: 'check-crashed'; readonly reason: string };

export type SketchFailure =
	| CheckCrashed
	| { readonly kind: 'broken-arrow'; readonly reason: string }
	/** It was not begun, or it was finished, cancelled or given up. */
	| { readonly kind: 'unknown-sketch'; readonly id: JobId };

export type MergeFailure = CheckCrashed | BrokenSketch | { readonly kind: 'no-sketches' };

type Bytes = Uint8Array<ArrayBuffer>;

/** Sketches by an id of the caller's, so that rows may come in pieces of any size. */
export type CheckApi = {
	/** Begins the sketch of a segment's rows, or of a whole version's. */
	begin(id: JobId): Promise<Result<void, CheckCrashed>>;
	/**
	 * Takes rows in: an Arrow IPC stream, of the schema of those before. Transferred. Answers with the rows so far. A stream that
	 * cannot be read gives the sketch up.
	 */
	add(id: JobId, arrowBytes: Bytes): Promise<Result<{ readonly rowCount: number }, SketchFailure>>;
	/** The encoded `SegmentSketch` of all rows taken in. Transferred. */
	finish(id: JobId): Promise<Result<Bytes, SketchFailure>>;
	/** Encoded sketches as one, of all their rows. Transferred both ways. */
	merge(sketches: readonly Bytes[]): Promise<Result<Bytes, MergeFailure>>;
	/** Forgets what was taken in. */
	cancel(id: JobId): Promise<Result<void, CheckCrashed>>;
};
