// Reads delimited text: samples it for a plan, and then all of it, chunk by chunk.
import type { Remote } from 'comlink';
import { planCsv, type CsvPlan } from '#core/ingest/guess-csv.ts';
import type { IngestOptions, IngestOverrides, IngestProgress, Preview } from '#core/ingest/options.ts';
import { previewRows } from '#core/ingest/preview-rows.ts';
import type { AssistantApi } from './api.ts';
import { ChunkReader } from './chunk-reader.ts';
import { CHUNK_BYTES, readChunks } from './chunks.ts';
import { decodeText } from './decode-text.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import type { Rejects } from './rejects.ts';
import { encodingOf, laterPieces, readUtf8, type Source } from './source.ts';
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
		sheets: [],
		recordPaths: []
	};
}

const ASSISTED_MIN_BYTES = 2 * CHUNK_BYTES;

export type ReadContext = {
	readonly onProgress: (progress: IngestProgress) => void;
	readonly openAssistant: () => Promise<Remote<AssistantApi> | null>;
};

export type ReadTable = {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly options: IngestOptions;
};

export async function readCsv(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	{ onProgress, openAssistant }: ReadContext
): Promise<ReadTable> {
	// Asked for before the plan is made, since it takes as long to start.
	const assistant = source.blob.size < ASSISTED_MIN_BYTES ? Promise.resolve(null) : openAssistant();
	const { plan, mark, head } = await prepareCsv(source, overrides);
	const reader = new ChunkReader(engine, plan, assistant);
	const totalBytes = source.blob.size;
	const before = new TextEncoder().encode(head.slice(0, plan.bodyStart)).length;
	const linesBefore = plan.bodyLine - 1;
	const chunks = readChunks(skipBytes(readUtf8(source, plan.csv.encoding, mark), before), plan.csv);
	for await (const chunk of chunks) {
		reader.read({ ...chunk, line: chunk.line + linesBefore });
		onProgress({ readBytes: chunk.readBytes, totalBytes, rowCount: reader.table.rowCount });
	}
	await reader.end();
	return { table: reader.table, rejects: reader.rejects, options: optionsOf(source, plan) };
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

async function* skipBytes<T extends { readonly bytes: Uint8Array<ArrayBuffer> }>(
	pieces: AsyncIterable<T>,
	count: number
): AsyncGenerator<T> {
	let skip = count;
	for await (const piece of pieces) {
		const cut = Math.min(skip, piece.bytes.length);
		skip -= cut;
		yield cut === 0 ? piece : { ...piece, bytes: piece.bytes.subarray(cut) };
	}
}
