// Reads delimited text: samples it for a plan, and then all of it, chunk by chunk.
import { transfer } from 'comlink';
import { planCsv, type CsvPlan } from '#core/ingest/guess-csv.ts';
import type { IngestOptions, IngestOverrides, IngestProgress, Preview, PreviewNote } from '#core/ingest/options.ts';
import { previewRows } from '#core/ingest/preview-rows.ts';
import type { ReadAheadApi } from './api.ts';
import { ChunkReader } from './chunk-reader.ts';
import { decodeText } from './decode-text.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import type { Rejects } from './rejects.ts';
import { encodingOf, laterPieces, type Source } from './source.ts';
import type { TableWriter } from './table-writer.ts';

type Prepared = { readonly plan: CsvPlan; readonly mark: number; readonly head: string; readonly headBytes: number };

export async function prepareCsv(source: Source, overrides: IngestOverrides): Promise<Prepared> {
	const later = await laterPieces(source);
	const { encoding, markLength } = encodingOf(source, later, overrides.csv?.encoding);
	const decoder = decoderOf(encoding);
	const body = source.head.subarray(markLength);
	let head = decodeText(decoder, body, source.complete);
	if (!source.complete) head = head.slice(0, Math.max(head.lastIndexOf('\n'), head.lastIndexOf('\r')) + 1);
	if (head.trim() === '' && source.complete) throw new Stopped({ kind: 'empty-source', source: source.name });
	const wide = /^utf-16/i.test(encoding);
	const pieces = wide ? [] : later.map((bytes) => decodeText(decoderOf(encoding), bytes));
	const plan = planCsv({ head, later: pieces, complete: source.complete, encoding }, overrides);
	return { plan, mark: markLength, head, headBytes: body.length };
}

export async function guessCsv(source: Source, overrides: IngestOverrides): Promise<Preview> {
	const { plan, head, headBytes } = await prepareCsv(source, overrides);
	const { rows, rejects, rowCount } = previewRows(head, plan);
	const ratio = headBytes === 0 ? 1 : source.blob.size / source.head.length;
	return {
		options: optionsOf(source, plan),
		rows,
		rejects,
		rowEstimate: source.complete ? rowCount : Math.round(rowCount * ratio),
		exact: source.complete,
		tables: [],
		notes: [],
		recordPaths: []
	};
}

export type ReadContext = {
	readonly onProgress: (progress: IngestProgress) => void;
	readonly ahead: ReadAheadApi;
};

export type ReadTable = {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly options: IngestOptions;
	readonly notes?: readonly PreviewNote[];
	/** Of the source's bytes, when they were read in order; null else. */
	readonly sha256: string | null;
};

export async function readCsv(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	{ onProgress, ahead }: ReadContext
): Promise<ReadTable> {
	const { plan, mark, head } = await prepareCsv(source, overrides);
	const reader = new ChunkReader(engine, plan);
	const totalBytes = source.blob.size;
	const linesBefore = plan.bodyLine - 1;
	await ahead.begin({
		source: { name: source.name, blob: source.blob, compression: source.compression },
		encoding: plan.csv.encoding,
		mark,
		skip: new TextEncoder().encode(head.slice(0, plan.bodyStart)).length,
		dialect: plan.csv
	});
	let coming = ahead.next(null);
	for (;;) {
		const next = await coming;
		if (!next.ok) throw new Stopped(next.error);
		const { chunk, sha256 } = next.value;
		if (!chunk) return { table: reader.table, rejects: reader.rejects, options: optionsOf(source, plan), sha256 };
		// Asked for before this one is worked on, so that it is ready then.
		coming = ahead.next(reader.used && transfer(reader.used, [reader.used.buffer]));
		reader.read({ ...chunk, line: chunk.line + linesBefore });
		onProgress({ readBytes: chunk.readBytes, totalBytes, rowCount: reader.table.rowCount });
	}
}

export function optionsOf(source: Source, plan: CsvPlan): IngestOptions {
	return {
		format: 'csv',
		compression: source.compression,
		csv: plan.csv,
		json: null,
		excel: null,
		columns: plan.columns
	};
}

function decoderOf(encoding: string): TextDecoder {
	try {
		return new TextDecoder(encoding, { ignoreBOM: true });
	} catch (thrown) {
		const reason = thrown instanceof Error ? thrown.message : String(thrown);
		throw new Stopped({ kind: 'unsupported-option', option: 'encoding', value: encoding, reason });
	}
}
