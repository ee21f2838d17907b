// A number of a version, as rules and metrics watch it.
import type { Measured } from './rule.ts';
import type { VersionFacts } from './signals.ts';

export type MeasuredAt = {
	readonly value: number;
	readonly atMs: number;
	/** `v3` is 3; null when its version is not on the open branch. */
	readonly version: number | null;
	/** Names what it was taken from. */
	readonly evidence: string;
};

/** Null where the version does not know it, such as bounds of a column of texts. */
export function numberAt(measured: Measured, version: VersionFacts): MeasuredAt | null {
	const value = valueOf(measured, version);
	if (value === null || !Number.isFinite(value)) return null;
	return { value, atMs: version.atMs, version: version.number, evidence: version.id };
}

function valueOf({ of, column }: Measured, version: VersionFacts): number | null {
	switch (of) {
		case 'row_count':
			return version.rowCount;
		case 'size_bytes':
			return version.sizeBytes;
		case 'reject_count':
			return version.rejectCount;
		case 'observed_value':
			return null;
		default: {
			const found = version.statistics.find((one) => one.column.toLowerCase() === column?.toLowerCase());
			if (!found) return null;
			if (of !== 'null_ratio') return found[of] === null ? null : Number(found[of]);
			return found.nullCount === null || version.rowCount === 0 ? null : found.nullCount / version.rowCount;
		}
	}
}
