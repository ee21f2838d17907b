// Checks a version against a suite, as a job, and keeps the verdict with the version.
import { CHECKED, planSuite, type PlannedCheck } from '../core/check/compile-suite.ts';
import { parseSuite, type InvalidSuite } from '../core/check/parse-suite.ts';
import type { DriftFound } from '../core/check/plan.ts';
import type { CheckCrashed } from '../core/check/statistics/failure.ts';
import type { Suite } from '../core/check/suite.ts';
import { countOutcomes, gravest, type EvaluationProblem, type SuiteVerdict } from '../core/check/verdict.ts';
import { resultId, type DocumentVersionId, type ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import { withApplied, type ApplyFunctionFailure } from './apply-function.ts';
import { baselineVersion } from './baseline.ts';
import { versionInSql } from './change-refs.ts';
import { drift } from './drift.ts';
import type { Effects } from './effects.ts';
import { evaluateChecks, type Ask, type Evaluated } from './evaluate-checks.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { listDatasets, type CatalogueItem } from './list-datasets.ts';
import { runSql, type RunSqlFailure } from './run-sql.ts';

export type CheckVersionInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly version: Version;
	readonly suite: {
		readonly name: string;
		readonly text: string;
		/** Null when the text was not saved. */
		readonly version: DocumentVersionId | null;
	};
	/** Kept verdicts take the place of earlier ones of the same suite and version. */
	readonly isKept: boolean;
	readonly signal?: AbortSignal | undefined;
};

export type CheckVersionFailure = InvalidSuite | RunSqlFailure | ApplyFunctionFailure | CheckCrashed;

/** Fails: invalid-suite · unknown-column, of the suite's key · what ends a run; a check that cannot be evaluated is a verdict */
export async function checkVersion(
	input: CheckVersionInput,
	effects: Effects
): Promise<Result<SuiteVerdict, CheckVersionFailure>> {
	const { item, version, suite } = input;
	const parsed = parseSuite(suite.text);
	if (!parsed.ok) return parsed;
	const key = keyOf(parsed.value, version);
	if (!key.ok) return key;
	const label = `Check ${item.dataset.name}: ${suite.name}`;
	return asJob(effects.jobs, label, input.signal, async (job): Promise<Result<SuiteVerdict, CheckVersionFailure>> => {
		const startedAtMs = effects.now();
		const evaluated = await evaluate(parsed.value, key.value, input, job, effects);
		if (!evaluated.ok) return evaluated;
		const outcomes = evaluated.value.checks.map(({ outcome }) => outcome);
		const atMs = effects.now();
		const verdict: SuiteVerdict = {
			id: effects.randomId(),
			suite: suite.name,
			suiteVersion: suite.version,
			dataset: item.dataset.id,
			version: version.id,
			outcome: gravest(outcomes),
			counts: countOutcomes(outcomes),
			checks: evaluated.value.checks,
			rowCount: version.table.rowCount,
			scanCount: evaluated.value.scanCount,
			atMs,
			elapsedMs: atMs - startedAtMs
		};
		if (!input.isKept) return ok(verdict);
		const saved = await effects.store.saveVerdict(verdict);
		return saved.ok ? ok(verdict) : saved;
	});
}

/** As SQL reads a version, whatever its dataset is called by then. */
export function versionTable(name: string, version: Version['id']): string {
	return quoteName(`${name}@${version}`);
}

/** All rows against a check, in SQL that can be run now. */
export function rowsSqlOf(rowsSql: string, name: string, version: Version['id']): string {
	return rowsSql.replaceAll(CHECKED, () => versionTable(name, version));
}

/** The suite's, else the version's own. */
function keyOf(
	{ key }: Suite,
	{ schema, primaryKey }: Version
): Result<readonly string[] | null, { readonly kind: 'unknown-column'; readonly column: string }> {
	const named = key ?? primaryKey ?? [];
	const columns: string[] = [];
	for (const name of named) {
		const column = schema.find((one) => one.name.toLowerCase() === name.toLowerCase());
		if (!column) return err({ kind: 'unknown-column', column: name });
		columns.push(column.name);
	}
	return ok(columns.length > 0 ? columns : null);
}

export async function planChecks(
	{ checks }: Pick<Suite, 'checks'>,
	{ schema, createdAtMs }: Version,
	effects: Effects
): Promise<Result<readonly PlannedCheck[], StoreFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const datasets = items.value.map(({ dataset }) => dataset.name);
	return ok(planSuite(checks, { schema, nowMs: effects.now(), versionAtMs: createdAtMs, datasets }));
}

async function evaluate(
	suite: Suite,
	key: readonly string[] | null,
	{ id, item, version }: CheckVersionInput,
	job: JobHandle,
	effects: Effects
): Promise<Result<Evaluated, CheckVersionFailure>> {
	const planned = await planChecks(suite, version, effects);
	if (!planned.ok) return planned;
	const table = versionTable(item.dataset.name, version.id);
	const ask: Ask<CheckVersionFailure> = async (sql) => {
		const ran = await runSql({ id, sql, signal: job.signal }, effects);
		if (!ran.ok) return ran;
		const bytes = await effects.engine.arrow(id);
		await effects.engine.release(id);
		return bytes.ok ? ok(decodeRows(bytes.value)) : bytes;
	};
	return evaluateChecks<CheckVersionFailure>({
		planned: planned.value,
		schema: version.schema,
		table,
		key,
		ask,
		apply: (sql, fn, use) =>
			withApplied({ id: resultId(`${id}-fn`), sql, fn, signal: job.signal }, effects, (applied) =>
				use(applied.sql, ask)
			),
		drift: (baseline) => driftFrom(baseline, { item, version, signal: job.signal }, effects),
		rowCount: version.table.rowCount,
		byValue: 'where-it-pays',
		onProgress: (fraction) => job.progress({ fraction, rowCount: version.table.rowCount })
	});
}

/** Fails with what ends the whole of it; that there is nothing to compare with is a problem of the check. */
async function driftFrom(
	reference: string | null,
	{ item, version, signal }: Pick<CheckVersionInput, 'item' | 'version' | 'signal'>,
	effects: Effects
): Promise<Result<DriftFound | EvaluationProblem, CheckVersionFailure>> {
	const named = reference === null ? ok(baselineVersion(item)) : versionInSql(item, reference);
	if (!named.ok || named.value === null) return ok({ code: 'no-baseline', reference });
	const found = await drift({ item, before: named.value, after: version, signal }, effects);
	if (found.ok) return found;
	return found.error.kind === 'no-baseline' ? ok({ code: 'no-baseline', reference }) : err(found.error);
}
