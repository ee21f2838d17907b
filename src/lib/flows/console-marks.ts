// Spans that a script marks in the charts of a report.
import type { AxisSpan, ChartSpan } from '../core/report/chart-span.ts';
import { markedColumns } from '../core/report/cube-grid.ts';
import type { CellValue } from '../core/report/edition.ts';
import type { ChartBlock, Report } from '../core/report/report.ts';
import { ok, type Result } from '../core/result.ts';
import type { InvalidArgument } from './console-answer.ts';
import { invalid } from './console-values.ts';

/** Numbers, or of times ISO texts, both ends inside; or some of the names on the axis. */
export type GivenSpan =
	{ readonly from: number | string; readonly to: number | string } | { readonly values: readonly CellValue[] };

export type GivenMark = {
	/** The first chart of the report is 1. */
	readonly chart: number;
	readonly x?: GivenSpan;
	/** Of a scatter or a heat map. */
	readonly y?: GivenSpan;
};

export function readMarks(
	given: readonly GivenMark[],
	{ blocks }: Pick<Report, 'blocks'>
): Result<readonly { readonly block: ChartBlock; readonly span: ChartSpan }[], InvalidArgument> {
	if (!Array.isArray(given)) return invalid('marked', 'a list of { chart, x, y }');
	const charts = blocks.filter((block) => block.kind === 'chart');
	const marks: { readonly block: ChartBlock; readonly span: ChartSpan }[] = [];
	for (const mark of given as readonly GivenMark[]) {
		const block = charts[mark.chart - 1];
		if (!block) return invalid('marked.chart', `a number from 1 to ${charts.length}`);
		const columns = markedColumns({ ...block, brush: 'xy' });
		const span: { x: AxisSpan | null; y: AxisSpan | null } = { x: null, y: null };
		for (const axis of ['x', 'y'] as const) {
			const own = mark[axis];
			if (own === undefined) continue;
			if (columns[axis] === null)
				return invalid(`marked.${axis}`, `nothing: chart ${mark.chart} has no rows told apart by it`);
			const read = readSpan(own);
			if (!read) return invalid(`marked.${axis}`, '{ from, to } of numbers or ISO times in their order, or { values }');
			span[axis] = read;
		}
		marks.push({ block, span });
	}
	return ok(marks);
}

function readSpan(given: GivenSpan): AxisSpan | null {
	if (typeof given !== 'object' || given === null) return null;
	if ('values' in given) return Array.isArray(given.values) ? { kind: 'values', values: given.values } : null;
	const [from = NaN, to = NaN] = [given.from, given.to].map((end) => (typeof end === 'string' ? Date.parse(end) : end));
	return Number.isFinite(from) && Number.isFinite(to) && from <= to ? { kind: 'range', from, to } : null;
}
