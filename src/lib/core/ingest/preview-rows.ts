// The first rows of delimited text as a person sees them before importing, and how many rows the text holds.
import { fitRows } from './fit-rows.ts';
import type { CsvPlan } from './guess-csv.ts';
import type { Reject } from './options.ts';
import { RecordReader } from './record-reader.ts';

const SHOWN_ROWS = 100;
const SHOWN_REJECTS = 20;

export type PreviewRows = {
	readonly rows: readonly (readonly (string | null)[])[];
	readonly rejects: readonly Reject[];
	readonly rowCount: number;
};

/** Cells are the source's own texts, so that a person can judge the guessed types; dropped columns are left out. */
export function previewRows(head: string, plan: CsvPlan): PreviewRows {
	const body = head.slice(plan.bodyStart);
	const reader = new RecordReader(body, plan.csv, plan.bodyLine);
	const shown = fitRows(reader, body, asText(plan), SHOWN_ROWS, false);
	const typed = fitRows(new RecordReader(body, plan.csv, plan.bodyLine), body, plan, SHOWN_ROWS, false);
	let rowCount = shown.lines.length;
	while (reader.next()) rowCount++;
	return {
		rows: shown.lines.map((_, row) => shown.columns.map((cells) => cells[row] ?? null)),
		rejects: typed.rejects.slice(0, SHOWN_REJECTS),
		rowCount
	};
}

function asText(plan: CsvPlan): CsvPlan {
	return {
		...plan,
		columns: plan.columns.map((column) => (column.type === null ? column : { ...column, type: 'VARCHAR' }))
	};
}
