// Which version of its dataset a tab shows, and why there is none.
import { err, ok, type Result } from '#core/result.ts';
import type { Version } from '#core/version/version.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { findDataset, type CatalogueItem } from '#lib/flows/list-datasets.ts';
import { withVersions } from '#lib/flows/load-version.ts';
import type { RunQueryFailure } from '#lib/flows/run-query.ts';
import type { RunSqlFailure } from '#lib/flows/run-sql.ts';

export type ShownPlace = {
	/** 0 is the head. */
	readonly versionNumber: number;
	/** Of a version that has no number; else empty. */
	readonly versionId: string;
};

/** The newest one where its number is not there yet, none where it is not there any more. */
export function shownVersion({ versionNumber, versionId }: ShownPlace, item: CatalogueItem): Version | null {
	if (versionId !== '') return item.reached.find(({ id }) => id === versionId) ?? null;
	const numbered = item.line[versionNumber - 1];
	if (!numbered) return item.version;
	return item.history.find(({ id }) => id === numbered.id) ?? null;
}

/** The server may have to give it first. */
export function findShown(
	place: ShownPlace,
	item: CatalogueItem,
	signal: AbortSignal,
	effects: Effects
): Promise<Result<{ readonly item: CatalogueItem; readonly version: Version }, RunQueryFailure>> {
	let shown = item;
	return withVersions<{ readonly item: CatalogueItem; readonly version: Version }, RunQueryFailure>(
		async () => {
			const version = shownVersion(place, shown);
			if (version) return ok({ item: shown, version });
			const now = await findDataset(item.dataset.name, effects);
			if (!now.ok) return now;
			shown = now.value;
			const loaded = shownVersion(place, shown);
			return loaded ? ok({ item: shown, version: loaded }) : err(lossOf(place, shown));
		},
		signal,
		effects
	);
}

function lossOf(
	{ versionNumber, versionId }: ShownPlace,
	{ dataset: { name }, line, collected }: CatalogueItem
): RunSqlFailure {
	const id = versionId === '' ? line[versionNumber - 1]?.id : versionId;
	const gone = collected.find((one) => one.id === id);
	const version = versionId === '' ? `v${versionNumber}` : versionId.slice(0, 8);
	if (!gone) return { kind: 'unknown-version', dataset: name, version, position: 0 };
	return { kind: 'version-collected', dataset: name, version, collectedAtMs: gone.collectedAtMs, position: null };
}
