// Versions of datasets and their columns as tables that SQL reads: what is known of them without reading a row.
import type { Version } from './version.ts';

/** DuckDB types by column. */
export const historyColumns = {
	dataset_versions: {
		dataset: 'VARCHAR',
		version: 'VARCHAR',
		number: 'INTEGER',
		is_newest: 'BOOLEAN',
		rows: 'BIGINT',
		columns: 'INTEGER',
		size_bytes: 'BIGINT',
		message: 'VARCHAR',
		author: 'VARCHAR',
		operation: 'VARCHAR',
		source: 'VARCHAR',
		source_sha256: 'VARCHAR',
		content_hash: 'VARCHAR',
		committed_at: 'TIMESTAMP'
	},
	dataset_columns: {
		dataset: 'VARCHAR',
		version: 'VARCHAR',
		number: 'INTEGER',
		is_newest: 'BOOLEAN',
		position: 'INTEGER',
		column_name: 'VARCHAR',
		column_type: 'VARCHAR',
		null_count: 'BIGINT',
		null_ratio: 'DOUBLE',
		lowest: 'VARCHAR',
		highest: 'VARCHAR'
	}
} as const;

type Row = Readonly<Record<string, unknown>>;

/** A version under the name of its dataset; `number` is of its branch. */
export type NamedHistory = {
	readonly dataset: string;
	readonly number: number | null;
	readonly isNewest: boolean;
	readonly version: Version;
};

export function versionRows({ dataset, number, isNewest, version }: NamedHistory): readonly Row[] {
	const { id, table, schema, message, author, lineage, contentHash, createdAtMs } = version;
	return [
		{
			dataset,
			version: id,
			number,
			is_newest: isNewest,
			rows: table.rowCount,
			columns: schema.length,
			size_bytes: table.sizeBytes,
			message,
			author: author ?? null,
			operation: lineage.operation,
			source: lineage.source?.name ?? null,
			source_sha256: lineage.source?.sha256 ?? null,
			content_hash: contentHash,
			committed_at: new Date(createdAtMs).toISOString()
		}
	];
}

export function columnRows({ dataset, number, isNewest, version }: NamedHistory): readonly Row[] {
	const byName = new Map(version.statistics.map((one) => [one.column, one]));
	const { rowCount } = version.table;
	return version.schema.map(({ name, type }, at) => {
		const known = byName.get(name);
		const nullCount = known?.nullCount ?? null;
		return {
			dataset,
			version: version.id,
			number,
			is_newest: isNewest,
			position: at + 1,
			column_name: name,
			column_type: type,
			null_count: nullCount,
			null_ratio: nullCount === null || rowCount === 0 ? null : nullCount / rowCount,
			lowest: known?.min ?? null,
			highest: known?.max ?? null
		};
	});
}
