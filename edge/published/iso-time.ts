// Dates and times as they are answered.

/** `2026-01-31T12:00:00`, with the fraction that there is. */
export function isoOf(micros: bigint): string {
	const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
	const seconds = Number((micros - fraction) / 1_000_000n);
	if (Math.abs(seconds) > 8_640_000_000_000) return seconds > 0 ? 'infinity' : '-infinity';
	const text = new Date(seconds * 1000).toISOString().replace(/\.000Z$/, '');
	return fraction === 0n ? text : `${text}.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`;
}

/** Of days since 1970. */
export function isoDate(days: number): string {
	return isoOf(BigInt(days) * 86_400_000_000n).replace(/T.*/, '');
}
