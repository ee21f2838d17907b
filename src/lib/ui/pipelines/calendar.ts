// Partitions of days as months with their weeks, which begin on Monday.
import type { Partition } from '#lib/state/pipeline-backfill.svelte.ts';

export type Month = {
	readonly title: string;
	/** Days of the first week that are of the month before. */
	readonly lead: number;
	readonly states: readonly Partition[];
};

/** The newest month first. */
export function monthsOf(states: readonly Partition[]): readonly Month[] {
	const byMonth = new Map<string, Partition[]>();
	for (const state of states) {
		const month = state.partition.slice(0, 7);
		byMonth.set(month, [...(byMonth.get(month) ?? []), state]);
	}
	return [...byMonth].toReversed().map(([month, days]) => {
		const first = new Date(`${days[0]?.partition ?? `${month}-01`}T00:00:00Z`);
		const title = first.toLocaleDateString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
		return { title, lead: (first.getUTCDay() + 6) % 7, states: days };
	});
}
