// The most unusual rows of a version, as a job: an isolation forest grown on a sample scores every row as it streams by.
import {
	anomalousRowsSql,
	batchSize,
	forestCells,
	sampleRowsSql,
	valuesSql
} from '../core/check/anomaly/forest-sql.ts';
import type { LeftColumn, NothingToTellRowsApart } from '../core/check/anomaly/forest-columns.ts';
import {
	NO_RANKING,
	mergeRankings,
	type AnomalousRow,
	type GrownForest,
	type Ranking
} from '../core/check/anomaly/row-ranking.ts';
import { ROW } from '../core/check/compile-suite.ts';
import { told, type Told } from '../core/check/told.ts';
import { resultId, type ResultId, type VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import type { Column, Version } from '../core/version/version.ts';
import type { CheckCrashed } from '../core/check/statistics/failure.ts';
import type { BrokenArrow } from '#workers/check/api.ts';
import { versionTable } from './check-version.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type RowAnomaliesInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly version: Version;
	/** Null chooses: numbers, truth values, and texts of few values; no times, no key, no row numbers. */
	readonly columns: readonly string[] | null;
	/** Rows that are told. */
	readonly limit: number;
	/** Equal seeds find equal rows. */
	readonly seed: number;
	readonly signal?: AbortSignal | undefined;
};

export type RowAnomalies = {
	readonly version: VersionId;
	readonly rowCount: number;
	readonly seed: number;
	readonly columns: readonly string[];
	readonly left: readonly LeftColumn[];
	readonly rows: readonly (AnomalousRow & { readonly values: Readonly<Record<string, Told>> })[];
	readonly scoreCounts: Ranking['scoreCounts'];
	/** All columns of the rows, with their score and what tells them apart. */
	readonly rowsSql: string;
};

export type RowAnomaliesFailure =
	RunSqlFailure | CheckCrashed | NothingToTellRowsApart | { readonly kind: 'unknown-column'; readonly column: string };

/** Columns of a row whose values are told besides those that tell it apart. */
const SHOWN_COLUMNS = 24;

/** Fails: unknown-column · nothing-to-tell-rows-apart · what ends a run */
export async function rowAnomalies(
	input: RowAnomaliesInput,
	effects: Effects
): Promise<Result<RowAnomalies, RowAnomaliesFailure>> {
	const { item, version, signal } = input;
	const chosen = chooseColumns(input);
	if (!chosen.ok) return chosen;
	if (chosen.value.columns.length === 0) return err({ kind: 'nothing-to-tell-rows-apart', left: chosen.value.left });
	const label = `Find unusual rows of ${item.dataset.name}`;
	return asJob(effects.jobs, label, signal, async (job): Promise<Result<RowAnomalies, RowAnomaliesFailure>> => {
		const found = await new ForestWork(input, chosen.value.columns, job, effects).find();
		if (!found.ok) return found;
		const { rows, used, left, scoreCounts } = found.value;
		const table = versionTable(item.dataset.name, version.id);
		return ok({
			version: version.id,
			rowCount: version.table.rowCount,
			seed: input.seed,
			columns: used,
			left: [...chosen.value.left, ...left],
			rows,
			scoreCounts,
			rowsSql: anomalousRowsSql(table, version.schema, rows)
		});
	});
}

type Found = Pick<RowAnomalies, 'rows' | 'left' | 'scoreCounts'> & { readonly used: readonly string[] };
type Outcome<T> = Promise<Result<T, RowAnomaliesFailure>>;

class ForestWork {
	readonly #input: RowAnomaliesInput;
	readonly #columns: readonly Column[];
	readonly #job: JobHandle;
	readonly #effects: Effects;
	readonly #work: SegmentWork;

	constructor(input: RowAnomaliesInput, columns: readonly Column[], job: JobHandle, effects: Effects) {
		this.#input = input;
		this.#columns = columns;
		this.#job = job;
		this.#effects = effects;
		this.#work = new SegmentWork(resultId(`${input.id}-forest`), job, effects);
	}

	async find(): Outcome<Found> {
		const grown = await this.#grow();
		if (!grown.ok) return grown;
		const { forest, left } = grown.value;
		const ranking = await this.#rankAll(forest);
		if (!ranking.ok) return ranking;
		const told = await this.#effects.check.causes(forest, ranking.value.rows);
		if (!told.ok) return told;
		const used = forest.columns.map(({ name }) => name);
		const values = await this.#values(told.value, used);
		if (!values.ok) return values;
		const rows = told.value.map((row) => ({ ...row, values: values.value.get(row.row) ?? {} }));
		return ok({ rows, scoreCounts: ranking.value.scoreCounts, used, left });
	}

	async #grow(): Outcome<{ readonly forest: GrownForest; readonly left: readonly LeftColumn[] }> {
		const { seed, version, columns } = this.#input;
		const { rowCount } = version.table;
		const view = this.#view(version.table.segments.map((_, segment) => segment));
		const sql = sampleRowsSql(quoteName(view.name), this.#columns, { rowCount, seed });
		const sample = await this.#work.arrow(sql, [view]);
		if (!sample.ok) return sample;
		const grown = await this.#effects.check.grow(sample.value, { rowCount, isChosen: columns !== null, seed });
		if (!grown.ok) return crashed(grown.error);
		const { grown: forest, left } = grown.value;
		return forest ? ok({ forest, left }) : err({ kind: 'nothing-to-tell-rows-apart', left });
	}

	/** In the order of the rows: their numbers are counted. The engine reads the next ones while some are scored. */
	async #rankAll(forest: GrownForest): Outcome<Ranking> {
		const { check } = this.#effects;
		const { limit, version } = this.#input;
		let ranking = NO_RANKING;
		let scoring: ReturnType<typeof check.rank> | null = null;
		const settle = async (): Outcome<void> => {
			const scored = await scoring;
			scoring = null;
			if (!scored) return ok(undefined);
			if (!scored.ok) return crashed(scored.error);
			ranking = mergeRankings(ranking, scored.value, limit);
			const { rowCount } = ranking;
			this.#job.progress({ fraction: rowCount / Math.max(1, version.table.rowCount), rowCount });
			return ok(undefined);
		};
		for (const segments of this.#batches()) {
			const view = this.#view(segments);
			const bytes = await this.#work.arrow(`SELECT ${forestCells(this.#columns)} FROM ${quoteName(view.name)}`, [view]);
			const settled = await settle();
			if (!bytes.ok) return bytes;
			if (!settled.ok) return settled;
			if (this.#job.signal.aborted) return err({ kind: 'cancelled' });
			scoring = check.rank(forest, bytes.value, limit);
		}
		const settled = await settle();
		return settled.ok ? ok(ranking) : settled;
	}

	/** Numbers of segments that are read at once. */
	*#batches(): Generator<readonly number[]> {
		const size = batchSize(this.#columns.length);
		let numbers: number[] = [];
		let waiting = 0;
		for (const [segment, { rowCount }] of this.#input.version.table.segments.entries()) {
			numbers.push(segment);
			waiting += rowCount;
			if (waiting < size) continue;
			yield numbers;
			numbers = [];
			waiting = 0;
		}
		if (numbers.length > 0) yield numbers;
	}

	async #values(
		rows: readonly AnomalousRow[],
		used: readonly string[]
	): Outcome<ReadonlyMap<number, Readonly<Record<string, Told>>>> {
		if (rows.length === 0) return ok(new Map());
		const { version } = this.#input;
		const causes = rows.flatMap((row) => row.causes.map(({ column }) => column));
		const first = [...(version.primaryKey ?? []), ...used].slice(0, SHOWN_COLUMNS);
		const columns = [...new Set([...first, ...causes])];
		const view = this.#view(version.table.segments.map((_, segment) => segment));
		const numbers = rows.map(({ row }) => row);
		const answer = await this.#work.rows(valuesSql(quoteName(view.name), columns, numbers), [view]);
		if (!answer.ok) return answer;
		return ok(
			new Map(
				answer.value.map(({ [ROW]: row, ...values }) => [
					Number(row),
					Object.fromEntries(Object.entries(values).map(([name, value]) => [name, told(value)]))
				])
			)
		);
	}

	#view(segments: readonly number[]): Relation {
		const { id, version } = this.#input;
		return { name: `@rows ${id}`, version: version.id, rows: 'data', segments };
	}
}

/** The engine's own rows can always be read: if not, something broke on the way. */
function crashed({ reason }: CheckCrashed | BrokenArrow): Result<never, CheckCrashed> {
	return err({ kind: 'check-crashed', reason, work: 'rows' });
}

function chooseColumns({
	columns,
	version
}: RowAnomaliesInput): Result<
	{ readonly columns: readonly Column[]; readonly left: readonly LeftColumn[] },
	{ readonly kind: 'unknown-column'; readonly column: string }
> {
	const { schema, primaryKey = [] } = version;
	if (columns === null) {
		const isKey = ({ name }: Column): boolean => primaryKey.includes(name);
		const left = schema.filter(isKey).map(({ name }) => ({ name, reason: 'key' as const }));
		return ok({ columns: schema.filter((column) => !isKey(column)), left });
	}
	const chosen: Column[] = [];
	for (const name of columns) {
		const column = schema.find((one) => one.name.toLowerCase() === name.toLowerCase());
		if (!column) return err({ kind: 'unknown-column', column: name });
		if (!chosen.includes(column)) chosen.push(column);
	}
	return ok({ columns: chosen, left: [] });
}
