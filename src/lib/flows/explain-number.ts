// Explains a number of a report: its rows, the query that gave it, the versions it comes from, and the files those came from.
import { originsOf } from '../core/lineage/origins.ts';
import { readTable } from '../core/report/edition-table.ts';
import type { CellType, CellValue, EditionSource, EditionTable } from '../core/report/edition.ts';
import type { NoSuchNumber } from '../core/report/failure.ts';
import { numberAt, numberRowsSql, valueColumn, type NumberPlace } from '../core/report/number-rows.ts';
import { planChart, type BlockPlan, type PlanFailure } from '../core/report/plan-chart.ts';
import { planTable, planValues } from '../core/report/plan-rows.ts';
import type { Block } from '../core/report/report.ts';
import { chartId } from '../core/report/row-filter.ts';
import type { VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Lineage, Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { listDatasets, numberOf, type CatalogueItem } from './list-datasets.ts';
import { pinned, type RenderInput } from './render-report.ts';
import { ReportRows, wholeSql, type BlockFailure, type Rows, type RowsInput } from './report-rows.ts';

export type ExplainNumberInput = RowsInput & {
	/** Which versions the names mean; the newest where none is said. */
	readonly pins?: RenderInput['pins'];
	readonly at: NumberPlace;
	/** What the block shows, where it was rendered before: the mark is one of it. */
	readonly table?: EditionTable | undefined;
};

export type ExplainedOrigin = {
	readonly dataset: string;
	readonly version: VersionId;
	readonly number: number | null;
	readonly committedAtMs: number;
	readonly file: string;
	readonly sizeBytes: number;
	readonly sha256: string;
};

export type ExplainedSource = EditionSource & {
	readonly operation: Lineage['operation'];
	readonly author: string | null;
	readonly contentHash: string;
	readonly origins: readonly ExplainedOrigin[];
	/** Versions on the way back that are not stored any more. */
	readonly goneCount: number;
};

export type ExplainedNumber = {
	readonly label: string;
	readonly value: CellValue;
	readonly type: CellType;
	readonly format: string | null;
	readonly unit: string | null;
	/** The query that gave what the block shows. */
	readonly sql: string;
	/** One SELECT of the rows that the number is made of. */
	readonly rowsSql: string;
	/** The first of them, cells as texts and numbers. */
	readonly rows: EditionTable;
	readonly totalRows: number;
	/** The query of the report that they are rows of; null where they are rows of a dataset. */
	readonly query: { readonly name: string; readonly sql: string } | null;
	readonly sources: readonly ExplainedSource[];
};

export type ExplainNumberFailure = BlockFailure | NoSuchNumber;

const WINDOW = 200;

export async function explainNumber(
	input: ExplainNumberInput,
	effects: Effects
): Promise<Result<ExplainedNumber, ExplainNumberFailure>> {
	const { at, report } = input;
	const nothing = { kind: 'no-such-number', block: at.block, row: at.row } as const;
	const block = report.blocks[at.block];
	const named = numberAt(block, at, null);
	if (!block || !named) return err(nothing);
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const items = pinned(listed.value, input.pins);
	const reader = new ReportRows(input, items, effects);
	const { from } = named;
	const over = await reader.over(from);
	if (!over.ok) return over;
	const rows = over.value;
	const planned = planOf(block, at, { ...rows, from });
	if (!planned.ok) return planned;
	const inside = reader.filtered(from, rows, block.kind === 'chart' ? [chartId(block)] : []);
	const sql = wholeSql(rows, planned.value.sql(inside));
	let { table } = input;
	if (!table) {
		const answered = await reader.ask(sql, (bound) => effects.engine.answer(bound));
		if (!answered.ok) return answered;
		table = readTable(answered.value.value, planned.value).table;
	}
	const row = block.kind === 'prose' || block.kind === 'metric' ? 0 : at.row;
	const holder = valueColumn(block, at, table);
	const column = table.columns.find(({ name }) => name.toLowerCase() === holder?.toLowerCase());
	if (row < 0 || row >= table.rowCount || (holder !== null && !column)) return err(nothing);
	const found = numberAt(block, { ...at, row: block.kind === 'prose' ? at.row : row }, table) ?? named;
	const where = numberRowsSql(planned.value.keys, found.measure, table, row);
	const isFirst = (block.kind === 'metric' || block.kind === 'prose') && found.measure?.kind === 'column';
	const condition = where === 'TRUE' ? '' : ` WHERE ${where}`;
	const rowsText = `SELECT * FROM ${inside}${condition}${isFirst ? ' LIMIT 1' : ''}`;
	const window = { kind: 'table', from, columns: null, order: [], limit: WINDOW, title: null, span: 12 } as const;
	const shown = planTable({ ...window, place: block.place }, { ...rows, from });
	if (!shown.ok) return shown;
	const text = wholeSql(rows, shown.value.sql(`(${rowsText})`));
	const answered = await reader.ask(text, (bound) => effects.engine.answer(bound));
	if (!answered.ok) return answered;
	const read = readTable(answered.value.value, shown.value);
	const { query } = rows.relation;
	return ok({
		label: found.label,
		value: column?.values[row] ?? null,
		type: column?.type ?? 'text',
		format: found.format,
		unit: found.unit,
		sql,
		rowsSql: `${rows.relation.before}${rowsText}`,
		rows: read.table,
		totalRows: read.totalRows,
		query: query && { name: query.name, sql: query.sql },
		sources: answered.value.inputs.flatMap((id) => sourceOf(id, listed.value) ?? [])
	});
}

function planOf(block: Block, at: NumberPlace, over: Rows & { readonly from: string }): Result<BlockPlan, PlanFailure> {
	if (block.kind === 'chart') return planChart(block, over);
	if (block.kind === 'table') return planTable(block, over);
	const measure = numberAt(block, at, null)?.measure;
	return planValues(measure ? [{ name: 'value', measure }] : [], over);
}

function sourceOf(id: VersionId, items: readonly CatalogueItem[]): ExplainedSource | null {
	const known = new Map<VersionId, { readonly version: Version; readonly item: CatalogueItem }>();
	for (const item of items) for (const version of item.reached) known.set(version.id, { version, item });
	const found = known.get(id);
	if (!found) return null;
	const { version, item: owner } = found;
	const { origins, goneCount } = originsOf(version, (id) => known.get(id)?.version ?? null);
	return {
		name: owner.dataset.name,
		dataset: owner.dataset.id,
		version: id,
		number: numberOf(version, owner),
		rowCount: version.table.rowCount,
		committedAtMs: version.createdAtMs,
		message: version.message,
		operation: version.lineage.operation,
		author: version.author ?? null,
		contentHash: version.contentHash,
		goneCount,
		origins: origins.map(({ version: read, source: { name, sizeBytes, sha256 } }) => {
			const item = known.get(read.id)?.item;
			return {
				dataset: item?.dataset.name ?? name,
				version: read.id,
				number: item ? numberOf(read, item) : null,
				committedAtMs: read.createdAtMs,
				file: name,
				sizeBytes,
				sha256
			};
		})
	};
}
