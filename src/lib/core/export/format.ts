// The formats a dataset or a result leaves in.

export type ExportFormat = 'csv' | 'parquet' | 'arrow' | 'json' | 'ndjson' | 'excel';

export type ExportOptions = {
	readonly format: ExportFormat;
	/** Text cells that a spreadsheet would run as a formula: a leading apostrophe, or left as they are. */
	readonly formulas: 'defuse' | 'raw';
};

export const exportFormats: Readonly<Record<ExportFormat, { readonly extension: string; readonly mediaType: string }>> =
	{
		csv: { extension: 'csv', mediaType: 'text/csv;charset=utf-8' },
		parquet: { extension: 'parquet', mediaType: 'application/vnd.apache.parquet' },
		arrow: { extension: 'arrow', mediaType: 'application/vnd.apache.arrow.file' },
		json: { extension: 'json', mediaType: 'application/json' },
		ndjson: { extension: 'ndjson', mediaType: 'application/x-ndjson' },
		excel: { extension: 'xlsx', mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' }
	};
