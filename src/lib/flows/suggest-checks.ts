// A first suite for a version, of what its profile saw.
import { suggestSuite } from '../core/check/suggest-suite.ts';
import { writeSuite } from '../core/check/write-suite.ts';
import { resultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { Version } from '../core/version/version.ts';
import { browseDataset } from './browse-dataset.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { profileVersion } from './profile-version.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';

export type SuggestInput = {
	readonly item: CatalogueItem;
	readonly version: Version;
	readonly signal?: AbortSignal | undefined;
};

/** The suite's text; nothing is kept. */
export async function suggestChecks(
	{ item, version, signal }: SuggestInput,
	effects: Effects
): Promise<Result<string, RunSqlFailure>> {
	const { name } = item.dataset;
	return asJob(effects.jobs, `Suggest checks of ${name}`, signal, (job): Promise<Result<string, RunSqlFailure>> => {
		const id = resultId(`suggest-${effects.randomId()}`);
		return whileCancellable(id, job.signal, effects, async (): Promise<Result<string, RunSqlFailure>> => {
			const browsed = await browseDataset({ id, item, version, rows: 'data' }, effects);
			if (!browsed.ok) return browsed;
			const profiles = await profileVersion(
				{ id, version, onProgress: (fraction) => job.progress({ fraction }) },
				effects
			);
			await effects.engine.release(id);
			if (!profiles.ok) return profiles;
			return ok(writeSuite(suggestSuite(name, profiles.value, version.primaryKey ?? [])));
		});
	});
}
