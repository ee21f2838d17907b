// Renders a report: every block asks the engine for its rows, one after another, and a block that fails leaves the others as they are.
import { findColumn } from '../core/report/column-sql.ts';
import { domainColumns, domainSql, readDomains, type Domains } from '../core/report/domain.ts';
import { readTable } from '../core/report/edition-table.ts';
import type { Edition, EditionBlock, EditionSource, Shown } from '../core/report/edition.ts';
import { planChart, type BlockPlan, type PlanFailure } from '../core/report/plan-chart.ts';
import { planInput, planTable, planValues } from '../core/report/plan-rows.ts';
import { relationSql, valueOf, type ChosenInputs, type RelationSql } from '../core/report/relation-sql.ts';
import type { ReportFailure } from '../core/report/failure.ts';
import type { InvalidReport } from '../core/report/problem.ts';
import type { Block, Measure, Report } from '../core/report/report.ts';
import { chartId, filterSql, inputFilters, type RowFilter } from '../core/report/row-filter.ts';
import { nearest } from '../core/nearest.ts';
import { registryTableNames } from '../core/model/registry/registry-tables.ts';
import type { DocumentVersionId, ResultId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Column } from '../core/version/version.ts';
import type { RunInput } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import { listDatasets, numberOf, type CatalogueItem } from './list-datasets.ts';
import { withQuery } from './prepared-query.ts';
import { whileCancellable } from './run-sql.ts';
import type { ServeFailure } from './serve-model.ts';

export type BlockFailure = Exclude<ReportFailure, InvalidReport> | SqlFailure | StoreFailure | ServeFailure;

export type RenderedEdition = Edition<BlockFailure>;
export type RenderedBlock = EditionBlock<BlockFailure>;

export type RenderInput = {
	readonly id: ResultId;
	readonly report: Report;
	readonly name: string;
	readonly version: DocumentVersionId | null;
	readonly chosen: ChosenInputs;
	/** What brushes leave, by the rows they are of in small letters. */
	readonly brushed?: ReadonlyMap<string, readonly RowFilter[]>;
	/** What was found out of rows before, as long as the versions are the same: kept by who renders the same report again. */
	readonly seen?: SeenRows;
	/** Which versions the names mean; the newest where none is said. */
	readonly pins?: ReadonlyMap<string, VersionId>;
	readonly signal?: AbortSignal | undefined;
	/** Told after each block, with its number. */
	readonly onBlock?: (block: RenderedBlock, at: number) => void;
};

export type RenderFailure = StoreFailure | { readonly kind: 'cancelled' };

export async function renderReport(
	input: RenderInput,
	effects: Effects
): Promise<Result<RenderedEdition, RenderFailure>> {
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const items = pinned(listed.value, input.pins);
	const renderer = new Renderer(input, items, effects);
	const blocks: RenderedBlock[] = [];
	for (const [at, block] of input.report.blocks.entries()) {
		if (input.signal?.aborted) return err({ kind: 'cancelled' });
		const rendered = await renderer.block(block);
		blocks.push(rendered);
		input.onBlock?.(rendered, at);
	}
	if (input.signal?.aborted) return err({ kind: 'cancelled' });
	const { title, description, layout } = input.report;
	return ok({
		report: input.name,
		version: input.version,
		title,
		description,
		layout,
		renderedAtMs: effects.now(),
		sources: renderer.sources,
		blocks
	});
}

/** A pin that is not stored any more leaves the newest. */
function pinned(items: readonly CatalogueItem[], pins: RenderInput['pins']): readonly CatalogueItem[] {
	return items.map((item) => {
		const version = item.reached.find(({ id }) => id === pins?.get(item.dataset.name.toLowerCase()));
		return version ? { ...item, version, dataset: { ...item.dataset, head: version.id } } : item;
	});
}

/** By the text that the rows come from. */
export type SeenRows = Map<string, Promise<Result<Rows, BlockFailure>>>;

type Rows = { readonly relation: RelationSql; readonly columns: readonly Column[]; readonly domains: Domains };

class Renderer {
	readonly sources: EditionSource[] = [];
	readonly #input: RenderInput;
	readonly #items: readonly CatalogueItem[];
	readonly #effects: Effects;
	readonly #rows: SeenRows;

	constructor(input: RenderInput, items: readonly CatalogueItem[], effects: Effects) {
		this.#input = input;
		this.#items = items;
		this.#effects = effects;
		this.#rows = input.seen ?? new Map();
	}

	async block(block: Block): Promise<RenderedBlock> {
		switch (block.kind) {
			case 'prose':
				return { block, values: await this.#values(block.values) };
			case 'query':
				return { block, table: null, failure: null };
			case 'chart':
				return { block, shown: await this.#shown(block.from, (over) => planChart(block, over), chartId(block)) };
			case 'table':
				return { block, shown: await this.#shown(block.from, (over) => planTable(block, over), null) };
			case 'metric': {
				const values = [{ name: 'value', measure: block.value }];
				if (block.compare) values.push({ name: 'compare', measure: block.compare });
				return { block, shown: await this.#shown(block.from, (over) => planValues(values, over), null) };
			}
			case 'input': {
				const value = valueOf(block, this.#input.chosen);
				if (block.from === null) {
					const values = block.options;
					const table = { rowCount: values.length, columns: [{ name: 'value', type: 'text' as const, values }] };
					return {
						block,
						value,
						shown: { ok: true, table, totalRows: values.length, sources: [], sql: null, elapsedMs: 0 }
					};
				}
				return { block, value, shown: await this.#choices(block, block.from) };
			}
		}
	}

	async #values(
		values: readonly { readonly from: string; readonly value: Measure }[]
	): Promise<readonly Shown<BlockFailure>[]> {
		const shown: Shown<BlockFailure>[] = [];
		for (const { from, value } of values)
			shown.push(await this.#shown(from, (over) => planValues([{ name: 'value', measure: value }], over), null));
		return shown;
	}

	async #choices(block: Block & { readonly kind: 'input' }, from: string): Promise<Shown<BlockFailure>> {
		const rows = await this.#over(from);
		if (!rows.ok) return { ok: false, failure: rows.error };
		const plan = planInput(block, { ...rows.value, from });
		if (!plan.ok) return { ok: false, failure: plan.error };
		// All there is to choose stays to be chosen, whatever is chosen now.
		if ('sql' in plan.value)
			return this.#shown(from, () => ok(plan.value as BlockPlan), `input ${block.name.toLowerCase()}`);
		const { low, high, type } = plan.value;
		const columns = [
			{ name: 'from', type, values: [low] },
			{ name: 'to', type, values: [high] }
		];
		return { ok: true, table: { rowCount: 1, columns }, totalRows: 1, sources: [], sql: null, elapsedMs: 0 };
	}

	/** `by`: whose own filter is left out. */
	async #shown(
		from: string,
		plan: (over: Rows & { readonly from: string }) => Result<BlockPlan, PlanFailure>,
		by: string | null
	): Promise<Shown<BlockFailure>> {
		const rows = await this.#over(from);
		if (!rows.ok) return { ok: false, failure: rows.error };
		const planned = plan({ ...rows.value, from });
		if (!planned.ok) return { ok: false, failure: planned.error };
		const { report, chosen, brushed } = this.#input;
		const filters = [...inputFilters(report, from, chosen), ...(brushed?.get(from.toLowerCase()) ?? [])];
		const where = filterSql(
			filters.filter((filter) => filter.by !== by),
			rows.value.columns
		);
		const { before, name } = rows.value.relation;
		const inside = where === 'TRUE' ? name : `(SELECT * FROM ${name} WHERE ${where})`;
		const text = planned.value.sql(inside);
		const sql = before === '' ? text : `${before}SELECT * FROM (${text})`;
		const startedAtMs = this.#effects.now();
		const answered = await this.#ask(sql, (bound) => this.#effects.engine.answer(bound));
		if (!answered.ok) return { ok: false, failure: answered.error };
		const { table, totalRows } = readTable(answered.value.value, planned.value);
		const sources = answered.value.inputs.flatMap((id) => this.#source(id) ?? []);
		return { ok: true, table, totalRows, sources, sql, elapsedMs: this.#effects.now() - startedAtMs };
	}

	async #over(from: string): Promise<Result<Rows, BlockFailure>> {
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

	async #read(from: string, relation: RelationSql): Promise<Result<Rows, BlockFailure>> {
		const { report } = this.#input;
		if (!relation.query) {
			const known = this.#known();
			const name = from.split('@')[0] ?? from;
			if (!known.some((one) => one.toLowerCase() === name.toLowerCase()))
				return err({ kind: 'unknown-rows', name: from, nearest: nearest(name, known), known });
		}
		const { before, name } = relation;
		const described = await this.#ask(`${before}SELECT * FROM ${name}`, (bound) =>
			this.#effects.engine.describe(bound)
		);
		if (!described.ok) return err(this.#inQuery(described.error, relation));
		const columns = described.value.value;
		const wanted = domainColumns(report.blocks, from).flatMap((asked) => {
			const column = findColumn(asked, columns, from);
			return column.ok ? [column.value.name] : [];
		});
		const selected = domainSql(wanted, columns, from);
		const answered = await this.#ask(`${before}SELECT ${selected} FROM ${name}`, (bound) =>
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
		return [...queries, ...this.#items.map(({ dataset }) => dataset.name), ...registryTableNames];
	}

	async #ask<T>(
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

	#source(id: VersionId): number | null {
		const known = this.sources.findIndex(({ version }) => version === id);
		if (known >= 0) return known;
		for (const item of this.#items) {
			const version = item.reached.find((one) => one.id === id);
			if (!version) continue;
			const { name, id: dataset } = item.dataset;
			const { table, createdAtMs, message } = version;
			const facts = { rowCount: table.rowCount, committedAtMs: createdAtMs, message };
			return this.sources.push({ name, dataset, version: id, number: numberOf(version, item), ...facts }) - 1;
		}
		return null;
	}
}
