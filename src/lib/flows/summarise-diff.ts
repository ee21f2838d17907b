// What a comparison says of its columns: each is read in both versions, but for those that no row changed.
import {
	binsSql,
	decodeBins,
	decodeSide,
	decodeValues,
	shiftQuery,
	sideSql,
	type ColumnDiff,
	type Shifted,
	type SummaryTables
} from '../core/diff/column-diff.ts';
import type { ColumnPair } from '../core/diff/column-pairs.ts';
import { wholeRelation } from '../core/diff/paired-relations.ts';
import type { AnswerRow } from '../core/profile/profile-sql.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { checkKeys, type Comparison, type DiffFailure } from './diff-versions.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type SummariseDiffInput = {
	readonly comparison: Comparison;
	/** Told each column as it is known, those with the most changed cells first. */
	readonly onColumn?: (column: ColumnDiff) => void;
	readonly signal?: AbortSignal | undefined;
};

/**
 * Columns in the order of the comparison's pairs.
 *
 * Fails: key-not-unique, where segments whose keys were not read hold a key again
 */
export async function summariseDiff(
	{ comparison, onColumn, signal }: SummariseDiffInput,
	effects: Pick<Effects, 'engine' | 'jobs'>
): Promise<Result<readonly ColumnDiff[], DiffFailure>> {
	const { id, left, right, pairs, plan, unreadKeys } = comparison;
	const relations = [wholeRelation(left.version), wholeRelation(right.version)] as const;
	return asJob(effects.jobs, `Summarise ${left.reference} and ${right.reference}`, signal, async (job) => {
		const work = new SegmentWork(resultId(`${id}-columns`), job, effects);
		const unread = unreadKeys.map((which) => {
			const { reference, version } = comparison[which];
			return [which === 'left' ? 'from' : 'to', reference, wholeRelation(version)] as const;
		});
		const wrong = await checkKeys(work, plan.keys, unread);
		if (wrong) return err(wrong);
		const summary = new Columns(comparison, (sql) => work.rows(sql, relations));
		const cells = (pair: ColumnPair): number => summary.cellsChanged(pair) ?? 0;
		const columns = new Map<ColumnPair, ColumnDiff>();
		for (const pair of pairs.toSorted((one, other) => cells(other) - cells(one))) {
			const column = await summary.of(pair);
			if (!column.ok) return column;
			columns.set(pair, column.value);
			onColumn?.(column.value);
			job.progress({ fraction: columns.size / pairs.length });
		}
		return ok(pairs.flatMap((pair) => columns.get(pair) ?? []));
	});
}

type Read = (sql: string) => Promise<Result<readonly AnswerRow[], RunSqlFailure>>;

class Columns {
	readonly #comparison: Comparison;
	readonly #read: Read;
	readonly #tables: SummaryTables;

	constructor(comparison: Comparison, read: Read) {
		this.#comparison = comparison;
		this.#read = read;
		const name = (side: 'left' | 'right'): string => quoteName(wholeRelation(comparison[side].version).name);
		this.#tables = { from: name('left'), to: name('right') };
	}

	/** Null where whole rows are compared. */
	cellsChanged(pair: ColumnPair): number | null {
		const { plan, cellsChanged } = this.#comparison;
		return cellsChanged && (cellsChanged[plan.values.indexOf(pair)] ?? 0);
	}

	async of(pair: ColumnPair): Promise<Result<ColumnDiff, RunSqlFailure>> {
		const { from, to } = pair;
		const facts = {
			name: pair.name,
			nameBefore: from?.name ?? null,
			typeBefore: from?.type ?? null,
			typeAfter: to?.type ?? null,
			cellsChanged: this.cellsChanged(pair)
		};
		if (this.#isSame(pair)) {
			const shift = { stability: 0, variation: 0 };
			return ok({ ...facts, isSame: true, before: null, after: null, shift, distribution: null });
		}
		const before = from ? await this.#first(sideSql(this.#tables.from, from)) : ok(null);
		if (!before.ok) return before;
		const after = to ? await this.#first(sideSql(this.#tables.to, to)) : ok(null);
		if (!after.ok) return after;
		const shifted = before.value && after.value ? await this.#shifted(pair, before.value, after.value) : ok(null);
		if (!shifted.ok) return shifted;
		return ok({
			...facts,
			isSame: false,
			before: before.value && decodeSide(before.value),
			after: after.value && decodeSide(after.value),
			shift: shifted.value?.shift ?? null,
			distribution: shifted.value?.distribution ?? null
		});
	}

	#isSame(pair: ColumnPair): boolean {
		const { added, removed } = this.#comparison.counts;
		return pair.from?.type === pair.to?.type && added === 0 && removed === 0 && (this.cellsChanged(pair) ?? 0) === 0;
	}

	async #shifted(
		pair: ColumnPair,
		before: AnswerRow,
		after: AnswerRow
	): Promise<Result<Shifted | null, RunSqlFailure>> {
		const query = shiftQuery(pair, this.#tables, before, after);
		if (!query || !pair.from || !pair.to) return ok(null);
		if (query.kind === 'values') {
			const values = await this.#read(query.sql);
			return values.ok ? ok(decodeValues(values.value, decodeSide(before), decodeSide(after))) : values;
		}
		const deciles = await this.#first(query.decilesSql);
		if (!deciles.ok) return deciles;
		const bins = await this.#read(binsSql({ from: pair.from, to: pair.to }, this.#tables, query, deciles.value));
		return bins.ok ? ok(decodeBins(query, bins.value)) : bins;
	}

	async #first(sql: string): Promise<Result<AnswerRow, RunSqlFailure>> {
		const rows = await this.#read(sql);
		return rows.ok ? ok(rows.value[0] ?? {}) : rows;
	}
}
