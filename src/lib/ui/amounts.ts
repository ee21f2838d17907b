// Numbers and settings as people read them.
import type { ParquetCompression } from '#core/export/format.ts';

export function rowsText(count: number): string {
	return `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}`;
}

/** Powers of 1000, as disks are sold: `13.5 MB`. */
export function bytesText(bytes: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? 'B'}`;
}

/** `3.2M`, `15k`, `999`. */
export function shortCount(count: number): string {
	return new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count);
}

/** `604 ms`, `3.2 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
	if (ms < 1000) return `${Math.round(ms)} ms`;
	if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
	return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export function dateText(epochMs: number): string {
	return new Date(epochMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export const compressionWords: Readonly<Record<ParquetCompression, string>> = {
	zstd: 'Zstandard',
	snappy: 'Snappy',
	none: 'none'
};
