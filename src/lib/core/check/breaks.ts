// What broke when: of each check, the versions in which it stopped to hold, and in which it held again.
import type { VersionId } from '../ids.ts';
import type { Outcome, SuiteVerdict } from './verdict.ts';

export type Break = {
	readonly suite: string;
	readonly check: string;
	/** As it stood last, while it was broken. */
	readonly outcome: Exclude<Outcome, 'pass'>;
	readonly version: VersionId;
	/** When that version was checked. */
	readonly atMs: number;
	/** It held in a version before; else nobody has ever seen it hold. */
	readonly hasHeld: boolean;
	/** In which it holds again; null while it does not. */
	readonly mended: { readonly version: VersionId; readonly atMs: number } | null;
};

/** `versions` are those of a line, oldest first. Those that are still broken come first, then the newest. */
export function breaksOf(verdicts: readonly SuiteVerdict[], versions: readonly VersionId[]): readonly Break[] {
	const place = new Map(versions.map((version, at) => [version, at]));
	const inOrder = verdicts
		.filter(({ version }) => place.has(version))
		.toSorted((a, b) => (place.get(a.version) ?? 0) - (place.get(b.version) ?? 0));
	const open = new Map<string, Break>();
	const held = new Set<string>();
	const ended: Break[] = [];
	for (const { suite, version, atMs, checks } of inOrder)
		for (const { check, outcome } of checks) {
			const key = JSON.stringify([suite.toLowerCase(), check]);
			const broken = open.get(key);
			if (outcome === 'pass') {
				if (broken) ended.push({ ...broken, mended: { version, atMs } });
				open.delete(key);
				held.add(key);
			} else if (broken) open.set(key, { ...broken, outcome });
			else open.set(key, { suite, check, outcome, version, atMs, hasHeld: held.has(key), mended: null });
		}
	const newest = (a: Break, b: Break): number => (place.get(b.version) ?? 0) - (place.get(a.version) ?? 0);
	return [...[...open.values()].toSorted(newest), ...ended.toSorted(newest)];
}
