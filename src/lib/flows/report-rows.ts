// The rows that a report's blocks are over: what their names mean, which columns they have and how far those go; and what filters leave of them.
import { findColumn } from '../core/report/column-sql.ts';
import { domainColumns, domainSql, readDomains, type Domains } from '../core/report/domain.ts';
import type { NoSuchNumber, ReportFailure, TemplateFailure } from '../core/report/failure.ts';
import type { InvalidReport } from '../core/report/problem.ts';
import { relationSql, type ChosenInputs, type RelationSql } from '../core/report/relation-sql.ts';
import type { Report } from '../core/report/report.ts';
import { filterSql, inputFilters, type RowFilter } from '../core/report/row-filter.ts';
import { nearest } from '../core/nearest.ts';
import type { ResultId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import { workspaceTableNames } from '../core/sql/workspace-tables.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Column } from '../core/version/version.ts';
import type { RunInput } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { withQuery } from './prepared-query.ts';
import { whileCancellable } from './run-sql.ts';
import type { ServeFailure } from './serve-model.ts';
import type { WorkspaceSqlFailure } from './workspace-sql.ts';

export type BlockFailure =
	| Exclude<ReportFailure, InvalidReport | NoSuchNumber | TemplateFailure>
	| SqlFailure
	| StoreFailure
	| ServeFailure
	| WorkspaceSqlFailure;

export type RowsInput = {
	readonly id: ResultId;
	readonly report: Report;
	readonly chosen: ChosenInputs;
	/** What brushes leave, by the rows they are of in small letters. */
	readonly brushed?: ReadonlyMap<string, readonly RowFilter[]>;
	/** What was found out of rows before, as long as the versions are the same: kept by who renders the same report again. */
	readonly seen?: SeenRows;
	readonly signal?: AbortSignal | undefined;
};

/** By the text that the rows come from. */
export type SeenRows = Map<string, Promise<Result<Rows, BlockFailure>>>;

export type Rows = { readonly relation: RelationSql; readonly columns: readonly Column[]; readonly domains: Domains };

export class ReportRows {
	readonly #input: RowsInput;
	readonly #items: readonly CatalogueItem[];
	readonly #effects: Effects;
	readonly #rows: SeenRows;

	constructor(input: RowsInput, items: readonly CatalogueItem[], effects: Effects) {
		this.#input = input;
		this.#items = items;
		this.#effects = effects;
		this.#rows = input.seen ?? new Map();
	}

	async over(from: string): Promise<Result<Rows, BlockFailure>> {
		const { report, chosen } = this.#input;
		const relation = relationSql(from, report, chosen);
		if (!relation.ok) return relation;
		const key = `${relation.value.before}${relation.value.name}`;
		const known = this.#rows.get(key);
		if (known) return known;
		const read = this.#read(from, relation.value);
		this.#rows.set(key, read);
		const rows = await read;
		// What failed may come right the next time.
		if (!rows.ok) this.#rows.delete(key);
		return rows;
	}

	/** What stands behind FROM once all filters hold but those that `by` set. */
	filtered(from: string, rows: Rows, by: readonly (string | null)[], more: readonly RowFilter[] = []): string {
		const { report, chosen, brushed } = this.#input;
		const filters = [...inputFilters(report, from, chosen), ...(brushed?.get(from.toLowerCase()) ?? [])];
		return filteredRows(rows, [...filters.filter((filter) => !by.includes(filter.by)), ...more]);
	}

	async ask<T>(
		sql: string,
		use: (bound: RunInput) => Promise<Result<T, SqlFailure>>
	): Promise<Result<{ readonly value: T; readonly inputs: readonly VersionId[] }, BlockFailure>> {
		const { id, signal } = this.#input;
		return withQuery<{ readonly value: T; readonly inputs: readonly VersionId[] }, BlockFailure>(
			{ id, sql, signal },
			this.#effects,
			async (bound, inputs) => {
				const used = await whileCancellable(id, signal, this.#effects, () => use(bound));
				return used.ok ? ok({ value: used.value, inputs }) : used;
			},
			this.#items
		);
	}

	async #read(from: string, relation: RelationSql): Promise<Result<Rows, BlockFailure>> {
		const { report } = this.#input;
		if (!relation.query) {
			const known = this.#known();
			const name = from.split('@')[0] ?? from;
			if (!known.some((one) => one.toLowerCase() === name.toLowerCase()))
				return err({ kind: 'unknown-rows', name: from, nearest: nearest(name, known), known });
		}
		const { before, name } = relation;
		const described = await this.ask(`${before}SELECT * FROM ${name}`, (bound) => this.#effects.engine.describe(bound));
		if (!described.ok) return err(this.#inQuery(described.error, relation));
		const columns = described.value.value;
		const wanted = domainColumns(report.blocks, from).flatMap((asked) => {
			const column = findColumn(asked, columns, from);
			return column.ok ? [column.value.name] : [];
		});
		const selected = domainSql(wanted, columns, from);
		const answered = await this.ask(`${before}SELECT ${selected} FROM ${name}`, (bound) =>
			this.#effects.engine.answer(bound)
		);
		if (!answered.ok) return err(this.#inQuery(answered.error, relation));
		const domains = readDomains(decodeRows(answered.value.value)[0] ?? {}, wanted);
		return ok({ relation, columns, domains });
	}

	/** A position in the text that was made is told as one of the query's own text. */
	#inQuery(failure: BlockFailure, { query, queryStart }: RelationSql): BlockFailure {
		if (!query || failure.kind !== 'sql-error' || failure.position === null) return failure;
		const position = failure.position - queryStart;
		return { ...failure, position: position >= 0 && position <= query.sql.length ? position : null };
	}

	#known(): readonly string[] {
		const queries = this.#input.report.blocks.flatMap((block) => (block.kind === 'query' ? [block.name] : []));
		return [...queries, ...this.#items.map(({ dataset }) => dataset.name), ...workspaceTableNames];
	}
}

export function filteredRows({ relation, columns }: Rows, filters: readonly RowFilter[]): string {
	const where = filterSql(filters, columns);
	return where === 'TRUE' ? relation.name : `(SELECT * FROM ${relation.name} WHERE ${where})`;
}

/** A text over rows with the queries they come from before it. */
export function wholeSql({ relation }: Rows, text: string): string {
	return relation.before === '' ? text : `${relation.before}SELECT * FROM (${text})`;
}
