// A first suite for a version, of what its statistics tell.
import { likelyKeys, suggestSuite } from '../core/check/suggest-suite.ts';
import { writeSuite } from '../core/check/write-suite.ts';
import { resultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Version } from '../core/version/version.ts';
import { versionTable } from './check-version.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { answerSql } from './run-sql.ts';
import type { SketchVersionFailure } from './sketch-version.ts';
import { statistics } from './statistics.ts';

export type SuggestInput = {
	readonly item: CatalogueItem;
	readonly version: Version;
	readonly signal?: AbortSignal | undefined;
};

/** Keys that are counted at most: each costs the memory of its values. */
const COUNTED_KEYS = 8;

/** The suite's text; nothing is kept of it, other than the statistics, which are read once. */
export async function suggestChecks(
	{ item, version, signal }: SuggestInput,
	effects: Effects
): Promise<Result<string, SketchVersionFailure>> {
	const { dataset } = item;
	const told = await statistics({ dataset, version, signal }, effects);
	if (!told.ok) return told;
	const unique = await uniqueColumns(likelyKeys(told.value).slice(0, COUNTED_KEYS), { item, version, signal }, effects);
	if (!unique.ok) return unique;
	return ok(
		writeSuite(suggestSuite(dataset.name, told.value, { key: version.primaryKey ?? [], unique: unique.value }))
	);
}

/** Those whose values are all different: counted, since sketches only estimate it. */
async function uniqueColumns(
	columns: readonly string[],
	{ item, version, signal }: SuggestInput,
	effects: Effects
): Promise<Result<readonly string[], SketchVersionFailure>> {
	if (columns.length === 0) return ok([]);
	const { name } = item.dataset;
	const label = `Count keys of ${name}`;
	return asJob(effects.jobs, label, signal, async (job): Promise<Result<readonly string[], SketchVersionFailure>> => {
		const unique: string[] = [];
		for (const [at, column] of columns.entries()) {
			const id = resultId(`suggest-${effects.randomId()}`);
			const sql = `SELECT count(*) = count(DISTINCT ${quoteName(column)}) AS is_unique FROM ${versionTable(name, version.id)}`;
			const answered = await answerSql({ id, sql, signal: job.signal }, effects);
			if (!answered.ok) return answered;
			if (answered.value[0]?.['is_unique'] === true) unique.push(column);
			job.progress({ fraction: (at + 1) / columns.length });
		}
		return ok(unique);
	});
}
