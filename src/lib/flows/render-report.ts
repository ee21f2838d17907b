// Renders a report: every block asks the engine for its rows, one after another, and a block that fails leaves the others as they are.
import { readTable } from '../core/report/edition-table.ts';
import type { Edition, EditionBlock, EditionSource, EditionTable, Shown } from '../core/report/edition.ts';
import { asksOf, type BlockAsk } from '../core/report/plan-block.ts';
import { valueOf } from '../core/report/relation-sql.ts';
import type { Block, ChartBlock } from '../core/report/report.ts';
import type { DocumentVersionId, VersionId } from '../core/ids.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { listDatasets, numberOf, type CatalogueItem } from './list-datasets.ts';
import { readShapes, type SeenShapes } from './region-shapes.ts';
import { ReportRows, wholeSql, type BlockFailure, type RowsInput } from './report-rows.ts';

export type RenderedEdition = Edition<BlockFailure>;
export type RenderedBlock = EditionBlock<BlockFailure>;

export type RenderInput = RowsInput & {
	readonly name: string;
	readonly version: DocumentVersionId | null;
	/** Which versions the names mean; the newest where none is said. */
	readonly pins?: ReadonlyMap<string, VersionId>;
	/** Shapes of maps that were read before, as `seen`. */
	readonly seenShapes?: SeenShapes;
	/** Blocks that stay as they are, by their number, with the sources that theirs are indices into. */
	readonly standing?: {
		readonly blocks: ReadonlyMap<number, RenderedBlock>;
		readonly sources: readonly EditionSource[];
	};
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
		const rendered = input.standing?.blocks.get(at) ?? (await renderer.block(block));
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
export function pinned(items: readonly CatalogueItem[], pins: RenderInput['pins']): readonly CatalogueItem[] {
	return items.map((item) => {
		const version = item.reached.find(({ id }) => id === pins?.get(item.dataset.name.toLowerCase()));
		return version ? { ...item, version, dataset: { ...item.dataset, head: version.id } } : item;
	});
}

class Renderer {
	readonly sources: EditionSource[];
	readonly #input: RenderInput;
	readonly #items: readonly CatalogueItem[];
	readonly #effects: Effects;
	readonly #rows: ReportRows;

	constructor(input: RenderInput, items: readonly CatalogueItem[], effects: Effects) {
		this.#input = input;
		this.#items = items;
		this.#effects = effects;
		this.#rows = new ReportRows(input, items, effects);
		this.sources = [...(input.standing?.sources ?? [])];
	}

	async block(block: Block): Promise<RenderedBlock> {
		const asks = asksOf(block);
		switch (block.kind) {
			case 'query':
				return { block, table: null, failure: null };
			case 'prose': {
				const values: Shown<BlockFailure>[] = [];
				for (const ask of asks) values.push(await this.#shown(ask));
				return { block, values };
			}
			case 'chart':
				return this.#chart(block, asks);
			case 'table':
				return { block, shown: await this.#only(asks) };
			case 'metric':
				return { block, shown: await this.#only(asks) };
			case 'input': {
				const value = valueOf(block, this.#input.chosen);
				if (block.from !== null) return { block, value, shown: await this.#only(asks) };
				const values = block.options;
				const table = { rowCount: values.length, columns: [{ name: 'value', type: 'text' as const, values }] };
				return { block, value, shown: given(table) };
			}
		}
	}

	async #chart(block: ChartBlock, asks: readonly BlockAsk[]): Promise<RenderedBlock> {
		const shown = await this.#only(asks);
		if (!block.shapes || !shown.ok) return { block, shown };
		const read = await readShapes(block.shapes, this.#rows, this.#input.seenShapes ?? new Map(), this.#effects);
		if (!read.ok) return { block, shown: { ok: false, failure: read.error } };
		const sources = read.value.inputs.flatMap((id) => this.#source(id) ?? []);
		return {
			block,
			shown: { ...shown, sources: [...new Set([...shown.sources, ...sources])] },
			shapes: read.value.shapes
		};
	}

	#only([ask]: readonly BlockAsk[]): Promise<Shown<BlockFailure>> {
		invariant(ask !== undefined, 'a block that shows rows asks for them');
		return this.#shown(ask);
	}

	async #shown({ from, by, plan }: BlockAsk): Promise<Shown<BlockFailure>> {
		const rows = await this.#rows.over(from);
		if (!rows.ok) return { ok: false, failure: rows.error };
		const planned = plan({ ...rows.value, from });
		if (!planned.ok) return { ok: false, failure: planned.error };
		if (!('sql' in planned.value)) {
			const { low, high, type } = planned.value;
			const ends = [
				{ name: 'from', type, values: [low] },
				{ name: 'to', type, values: [high] }
			];
			return given({ rowCount: 1, columns: ends });
		}
		const sql = wholeSql(rows.value, planned.value.sql(this.#rows.filtered(from, rows.value, [by])));
		const startedAtMs = this.#effects.now();
		const answered = await this.#rows.ask(sql, (bound) => this.#effects.engine.answer(bound));
		if (!answered.ok) return { ok: false, failure: answered.error };
		const { table, totalRows } = readTable(answered.value.value, planned.value);
		const sources = answered.value.inputs.flatMap((id) => this.#source(id) ?? []);
		return { ok: true, table, totalRows, sources, sql, elapsedMs: this.#effects.now() - startedAtMs };
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

/** Rows that no query gave. */
function given(table: EditionTable): Shown<BlockFailure> {
	return { ok: true, table, totalRows: table.rowCount, sources: [], sql: null, elapsedMs: 0 };
}
