// How long bytes have to wait for a rate that must not be exceeded. Nothing here waits.

export type TokenBucket = {
	readonly bytesPerSecond: number;
	/** Below zero: so much was taken ahead of its time. */
	readonly level: number;
	readonly atMs: number;
};

export function fullBucket(bytesPerSecond: number, nowMs: number): TokenBucket {
	return { bytesPerSecond, level: bytesPerSecond, atMs: nowMs };
}

/**
 * Takes `sizeBytes` out, and says how long to wait before they may go. An object larger than a second's worth goes in one piece, and what
 * comes after it waits the longer. A clock that goes back gives nothing.
 */
export function takeBytes(
	{ bytesPerSecond, level, atMs }: TokenBucket,
	sizeBytes: number,
	nowMs: number
): { readonly bucket: TokenBucket; readonly waitMs: number } {
	const gained = (Math.max(0, nowMs - atMs) / 1000) * bytesPerSecond;
	const filled = Math.min(bytesPerSecond, level + gained);
	const bucket = { bytesPerSecond, level: filled - sizeBytes, atMs: nowMs };
	return { bucket, waitMs: filled >= 0 ? 0 : Math.ceil((-filled / bytesPerSecond) * 1000) };
}
