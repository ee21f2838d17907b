// The formats a dataset or a result leaves in.

export type ExportFormat = 'csv' | 'parquet' | 'arrow' | 'json' | 'ndjson' | 'excel';

export type ExportOptions = {
	readonly format: ExportFormat;
	/** Text cells that a spreadsheet would run as a formula: a leading apostrophe, or left as they are. */
	readonly formulas: 'defuse' | 'raw';
	/** Of Parquet; zstd when nothing is said. */
	readonly compression?: ParquetCompression;
	/** Of Parquet: an entry of its footer. */
	readonly footerEntry?: FooterEntry | undefined;
};

export type FooterEntry = { readonly key: string; readonly value: string };

export const parquetCompressions = ['zstd', 'snappy', 'none'] as const;
export type ParquetCompression = (typeof parquetCompressions)[number];

/** How a hive-partitioned export is cut. */
export type PartitionOptions = {
	/** The outermost folder first. */
	readonly partitionBy: readonly string[];
	readonly compression: ParquetCompression;
	/** At most; null for no limit. */
	readonly rowsPerFile: number | null;
	/** About; null for no limit. */
	readonly bytesPerFile: number | null;
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
