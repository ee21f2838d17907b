// How each format that DuckDB writes itself is asked for.
import type { Column } from '../version/version.ts';
import { typeFamily } from '../sql/types.ts';
import { defuseSql } from './defuse.ts';
import { quoteText } from '../sql/quote.ts';
import type { ExportOptions } from './format.ts';

export type CopiedFormat = 'csv' | 'json' | 'ndjson' | 'parquet';

/** The options of a COPY into one file that is never read back. */
export function copyOptions(
	format: CopiedFormat,
	{ compression = 'zstd', footerEntry }: Pick<ExportOptions, 'compression' | 'footerEntry'> = {}
): string {
	const entry = footerEntry ? `, KV_METADATA {${quoteText(footerEntry.key)}: ${quoteText(footerEntry.value)}}` : '';
	const byFormat = {
		csv: 'FORMAT csv, HEADER true',
		json: 'FORMAT json, ARRAY true',
		ndjson: 'FORMAT json, ARRAY false',
		parquet: `FORMAT parquet, COMPRESSION ${compression === 'none' ? 'uncompressed' : compression}${entry}`
	};
	// A temporary file would be renamed at the end, which a file that leaves while it is written cannot be.
	return `${byFormat[format]}, USE_TMP_FILE false`;
}

/** Whether a spreadsheet could take the column's cells for formulas: numbers, dates and nested values begin harmlessly. */
export function mayHoldFormulas({ type }: Column): boolean {
	if (type === 'UUID') return false;
	return ['text', 'other'].includes(typeFamily(type)) || type.startsWith('UNION');
}

/** The cell of a CSV file, where formulas are defused. */
export function csvCell(expression: string, column: Column): string {
	return mayHoldFormulas(column) ? defuseSql(`CAST(${expression} AS VARCHAR)`) : expression;
}
