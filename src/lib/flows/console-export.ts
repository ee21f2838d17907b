// Reads what a script passes to `weir.export`, and answers with the bytes as one Blob.
import {
	exportFormats,
	parquetCompressions,
	type ExportFormat,
	type ParquetCompression,
	type PartitionOptions
} from '../core/export/format.ts';
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { ConsoleExport } from './console-types.ts';
import { invalid, isTexts } from './console-values.ts';
import type { Effects } from './effects.ts';
import { exportPartitions, type ExportPartitionsFailure } from './export-partitions.ts';
import { exportRelation } from './export-relation.ts';
import { zipSink } from './zip-sink.ts';

type Answer = Promise<Result<Blob, ExportPartitionsFailure | InvalidArgument>>;

export async function exportBlob(
	{ id, sql, format, options }: { id: ResultId; sql: string; format: string; options: ConsoleExport },
	effects: Effects
): Answer {
	if (options.compression !== undefined && !isCompression(options.compression))
		return invalid('compression', parquetCompressions.join(', '));
	// The browser may keep a Blob's bytes on the disk.
	const chunks: Blob[] = [];
	const keep = (bytes: Uint8Array<ArrayBuffer>): void => void chunks.push(new Blob([bytes]));
	const { signal } = options;
	if (format === 'hive') {
		const partitions = parsePartitions(options);
		if (!partitions.ok) return partitions;
		const sink = zipSink(effects.now(), keep);
		const written = await exportPartitions(
			{ id, label: 'hive', sql, options: partitions.value, sink, signal },
			effects
		);
		return written.ok ? ok(new Blob(chunks, { type: 'application/zip' })) : written;
	}
	if (!isFormat(format)) return invalid('format', [...Object.keys(exportFormats), 'hive'].join(', '));
	const { formulas = 'defuse', compression = 'zstd' } = options;
	const exported = await exportRelation(
		{ id, label: format, sql, options: { format, formulas, compression }, totalRows: null, onChunk: keep, signal },
		effects
	);
	return exported.ok ? ok(new Blob(chunks, { type: exportFormats[format].mediaType })) : exported;
}

function parsePartitions(options: ConsoleExport): Result<PartitionOptions, InvalidArgument> {
	const { partitionBy, compression = 'zstd', rowsPerFile = null, bytesPerFile = null } = options;
	if (!isTexts(partitionBy) || partitionBy.length === 0)
		return invalid('partitionBy', "one or more column names, such as ['country']");
	if (!isCount(rowsPerFile)) return invalid('rowsPerFile', 'a whole number of rows, 1 or more');
	if (!isCount(bytesPerFile)) return invalid('bytesPerFile', 'a whole number of bytes, 1 or more');
	return ok({ partitionBy, compression, rowsPerFile, bytesPerFile });
}

function isCount(value: unknown): value is number | null {
	return value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 1);
}

function isCompression(value: unknown): value is ParquetCompression {
	return parquetCompressions.some((compression) => compression === value);
}

function isFormat(text: string): text is ExportFormat {
	return Object.hasOwn(exportFormats, text);
}
