// Proposes charts of a dataset, or of a query of a report: what its columns hold is asked once.
import { findColumn, type ColumnFailure } from '../core/report/column-sql.ts';
import { columnFactsSql, proposalText, readColumnFacts } from '../core/report/proposal-text.ts';
import { proposeCharts, type ProposedChart, type ProposedColumn } from '../core/report/propose-charts.ts';
import type { Report } from '../core/report/report.ts';
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { Column } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { listDatasets } from './list-datasets.ts';
import { ReportRows, type BlockFailure } from './report-rows.ts';

export type ProposeChartsInput = {
	readonly id: ResultId;
	/** A dataset as SQL names it, or a query of the report. */
	readonly from: string;
	/** Those that charts are of; all where none are said. */
	readonly columns?: readonly string[] | undefined;
	readonly report?: Report | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type ChartProposals = {
	/** All there are. */
	readonly columns: readonly Column[];
	/** The most telling first; `text` is the block. */
	readonly charts: readonly (ProposedChart & { readonly text: string })[];
};

const NO_REPORT: Report = { title: null, description: null, layout: 'page', blocks: [] };
/** Of columns that nobody chose, so many are looked at. */
const COLUMNS_MAX = 40;

export async function chartsFor(
	input: ProposeChartsInput,
	effects: Effects
): Promise<Result<ChartProposals, BlockFailure | ColumnFailure>> {
	const looked = await lookAtColumns(input, effects);
	if (!looked.ok) return looked;
	const { columns, facts } = looked.value;
	const charts = proposeCharts(facts).map((chart) => ({ ...chart, text: proposalText(chart, input.from) }));
	return ok({ columns, charts });
}

type LookedAt = Pick<ChartProposals, 'columns'> & { readonly facts: readonly ProposedColumn[] };

/** Reads all rows once. */
export async function lookAtColumns(
	{ id, from, columns: asked, report = NO_REPORT, signal }: ProposeChartsInput,
	effects: Effects
): Promise<Result<LookedAt, BlockFailure | ColumnFailure>> {
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const reader = new ReportRows({ id, report, chosen: new Map(), signal }, listed.value, effects);
	const over = await reader.over(from);
	if (!over.ok) return over;
	const { columns: all, relation } = over.value;
	const chosen: Column[] = [];
	for (const name of asked ?? []) {
		const column = findColumn(name, all, from);
		if (!column.ok) return column;
		chosen.push(column.value);
	}
	const columns = chosen.length > 0 ? chosen : all.slice(0, COLUMNS_MAX);
	const sql = `${relation.before}SELECT ${columnFactsSql(columns)} FROM ${relation.name}`;
	const answered = await reader.ask(sql, (bound) => effects.engine.answer(bound));
	if (!answered.ok) return answered;
	const facts = readColumnFacts(decodeRows(answered.value.value)[0] ?? {}, columns);
	return ok({ columns: all, facts });
}
