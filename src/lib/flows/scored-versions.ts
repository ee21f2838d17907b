// Versions that models scored, as their lineage tells: by which file, and in which columns the answers are.
import { predictedColumns, type PredictedColumns } from '../core/model/watch/predicted-columns.ts';
import { usedModels } from '../core/model/watch/used-models.ts';
import type { Version } from '../core/version/version.ts';
import { numberOf, type CatalogueItem } from './list-datasets.ts';
import type { UsedModel } from './predict-sql.ts';

export type ScoredVersion = {
	readonly item: CatalogueItem;
	readonly version: Version;
	/** `v3` is 3. */
	readonly number: number;
	readonly used: UsedModel;
	readonly columns: PredictedColumns;
};

/** Of the open branches, the oldest version of each dataset first; null is of every model. */
export function scoredVersions(items: readonly CatalogueItem[], model: string | null): readonly ScoredVersion[] {
	return items.flatMap((item) =>
		item.history.flatMap((version): readonly ScoredVersion[] => {
			const number = numberOf(version, item);
			const used = usedModels(version.lineage).find(
				(one) => model === null || one.model.toLowerCase() === model.toLowerCase()
			);
			if (!used || number === null) return [];
			const columns = predictedColumns(version.lineage.sql ?? '', used.model);
			return [{ item, version, number, used, columns }];
		})
	);
}
