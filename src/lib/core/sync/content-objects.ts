// What sealed objects hold of a version: the manifest, its segments, and where the bytes of their parts are.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { partId, segmentId, type SegmentId, type VersionId } from '../ids.ts';
import { ok, type Result } from '../result.ts';
import type { CollectedVersion } from '../version/history.ts';
import type { Segment } from '../version/segment.ts';
import { versionShape } from '../version/version-shape.ts';
import type { Version } from '../version/version.ts';
import { bytesShape, readShape } from './read-canonical.ts';
import { PLAIN_MAX_BYTES, broken, type BrokenObject } from './sealed-object.ts';

/** Objects by what they hold. */
export type ObjectsOf<Id extends string> = Readonly<Record<Id, string>>;

/** A version that is stored, or what stays of one that was let go before it was ever sent. */
export type VersionObject = {
	readonly commit:
		| { readonly kind: 'version'; readonly version: Version }
		| { readonly kind: 'collected'; readonly version: CollectedVersion };
	/** Of those of its parents that whoever made it had, and of the segments that it names. */
	readonly parents: ObjectsOf<VersionId>;
	readonly segments: ObjectsOf<SegmentId>;
};

export type SegmentObject = {
	readonly segment: Segment;
	/** Of each chunk, in order, the objects whose bytes, one after another, are its part. */
	readonly chunks: readonly (readonly string[])[];
};

const text = v.pipe(v.string(), v.minLength(1));
const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const objects = v.record(v.string(), text);
const collected = v.strictObject({
	id: text,
	dataset: text,
	parents: v.array(text),
	message: v.string(),
	createdAtMs: v.number(),
	collectedAtMs: v.number()
});
const versionObject = v.strictTuple([
	v.literal('weir/version/v1'),
	v.strictObject({
		commit: v.variant('kind', [
			v.strictObject({ kind: v.literal('version'), version: versionShape }),
			v.strictObject({ kind: v.literal('collected'), version: collected })
		]),
		parents: objects,
		segments: objects
	})
]);
const segmentObject = v.strictTuple([
	v.literal('weir/segment/v1'),
	v.strictObject({
		segment: v.strictObject({
			id: v.pipe(text, v.transform(segmentId)),
			rowCount: amount,
			chunks: v.array(v.strictObject({ part: v.pipe(text, v.transform(partId)), sizeBytes: amount, meta: bytesShape }))
		}),
		chunks: v.array(v.array(text))
	})
]);

export function encodeVersionObject(object: VersionObject): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/version/v1', object]);
}

/** Whether a version is what its id says is asked of the id key, by whoever stores it. */
export function parseVersionObject(plain: Uint8Array<ArrayBuffer>): Result<VersionObject, BrokenObject> {
	const parsed = readShape(plain, versionObject)?.[1];
	if (!parsed) return broken('content');
	// The shapes above are those of the types; ids are branded texts.
	const object = parsed as unknown as VersionObject;
	const parents: readonly string[] = object.commit.version.parents;
	return Object.keys(object.parents).every((id) => parents.includes(id)) ? ok(object) : broken('content');
}

export function encodeSegmentObject(object: SegmentObject): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/segment/v1', object]);
}

export function parseSegmentObject(plain: Uint8Array<ArrayBuffer>): Result<SegmentObject, BrokenObject> {
	const parsed = readShape(plain, segmentObject)?.[1];
	if (parsed?.segment.chunks.length !== parsed?.chunks.length || !parsed) return broken('content');
	const fits = parsed.segment.chunks.every(({ sizeBytes }, at) => parsed.chunks[at]?.length === pieceCount(sizeBytes));
	return fits ? ok(parsed) : broken('content');
}

/** How many objects the bytes of a part are. */
export function pieceCount(sizeBytes: number): number {
	return Math.max(1, Math.ceil(sizeBytes / PLAIN_MAX_BYTES));
}

/** The bytes of the objects of a part. */
export function piecesOf(part: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
	return Array.from({ length: pieceCount(part.length) }, (_piece, at) =>
		part.subarray(at * PLAIN_MAX_BYTES, (at + 1) * PLAIN_MAX_BYTES)
	);
}
