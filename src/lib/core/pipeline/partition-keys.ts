// The partitions of a pipeline: a key a day, week, month or year, or a list. A key is the date its time begins.
import type { Partitions } from './pipeline.ts';

const DAY_MS = 86_400_000;
/** A backfill has at most so many runs. */
export const PARTITIONS_MAX = 5000;

/** Keys from `from` to `to`, both inclusive, as dates; of a list, its values. Empty when a date cannot be read. */
export function partitionKeys(partitions: Partitions, from: string | null, to: string): readonly string[] {
	if (partitions.by === 'list') return partitions.values;
	const first = Date.parse(`${from ?? partitions.from ?? to}T00:00:00Z`);
	const last = Date.parse(`${to}T00:00:00Z`);
	if (Number.isNaN(first) || Number.isNaN(last)) return [];
	const keys: string[] = [];
	for (
		let at = startOf(first, partitions.by);
		at <= last && keys.length < PARTITIONS_MAX;
		at = after(at, partitions.by)
	)
		keys.push(keyOf(at));
	return keys;
}

/** The time that a run of a partition is for. */
export function nominalOf(key: string): number | null {
	const time = Date.parse(`${key}T00:00:00Z`);
	return Number.isNaN(time) ? null : time;
}

function startOf(time: number, by: Exclude<Partitions['by'], 'list'>): number {
	const date = new Date(time);
	if (by === 'day') return time;
	// Weeks begin on Monday, as ISO 8601 has them.
	if (by === 'week') return time - ((date.getUTCDay() + 6) % 7) * DAY_MS;
	return Date.UTC(date.getUTCFullYear(), by === 'year' ? 0 : date.getUTCMonth(), 1);
}

function after(time: number, by: Exclude<Partitions['by'], 'list'>): number {
	const date = new Date(time);
	if (by === 'day') return time + DAY_MS;
	if (by === 'week') return time + 7 * DAY_MS;
	return by === 'year'
		? Date.UTC(date.getUTCFullYear() + 1, 0, 1)
		: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function keyOf(time: number): string {
	return new Date(time).toISOString().slice(0, 10);
}
