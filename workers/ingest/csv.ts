// Reads delimited text: DuckDB's own reader for clean chunks, ours for a chunk where anything does not fit.
import { quoteName, quoteText, tryCast } from '#core/ingest/cast-sql.ts';
import { fitRows, misfitReason, type FittedRows } from '#core/ingest/fit-rows.ts';
import { planCsv, type CsvPlan } from '#core/ingest/guess-csv.ts';
import type { IngestOptions, IngestOverrides, IngestProgress, Preview, Reject } from '#core/ingest/options.ts';
import { RecordReader } from '#core/ingest/record-reader.ts';
import { countLines, lastBorder } from '#core/ingest/record-splitter.ts';
import { previewRows } from '#core/ingest/preview-rows.ts';
import { readChunks, type Chunk } from './chunks.ts';
import { decodeText } from './decode-text.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import { Rejects } from './rejects.ts';
import { encodingOf, laterPieces, readUtf8, type Source } from './source.ts';
import { TableWriter } from './table-writer.ts';

// Note: two readers, one meaning. DuckDB's reader takes a chunk only when every row in it is well-formed and every value
// fits; it is four times as fast. Where it complains, the same chunk is read again by fitRows, which knows the line, column
// and reason of each misfit. After three complaints in a row the careful reader goes first for the rest of the source.
const GIVE_UP_FAST = 3;
const CAREFUL_ROWS = 100_000;
const CAREFUL_BYTES = 512 * 1024;

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

export type ReadTable = {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly options: IngestOptions;
};

export async function readCsv(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	onProgress: (progress: IngestProgress) => void
): Promise<ReadTable> {
	const { plan, mark, head } = await prepareCsv(source, overrides);
	const reader = new ChunkReader(engine, plan);
	const totalBytes = source.blob.size;
	const before = new TextEncoder().encode(head.slice(0, plan.bodyStart)).length;
	const linesBefore = plan.bodyLine - 1;
	const chunks = readChunks(skipBytes(readUtf8(source, plan.csv.encoding, mark), before), plan.csv);
	for await (const chunk of chunks) {
		reader.read({ ...chunk, line: chunk.line + linesBefore });
		onProgress({ readBytes: chunk.readBytes, totalBytes, rowCount: reader.table.rowCount });
	}
	return { table: reader.table, rejects: reader.rejects, options: optionsOf(source, plan) };
}

class ChunkReader {
	readonly table: TableWriter;
	readonly rejects: Rejects;
	readonly #engine: Engine;
	readonly #plan: CsvPlan;
	readonly #kept: readonly { readonly name: string; readonly type: string }[];
	#complaints: number;

	constructor(engine: Engine, plan: CsvPlan) {
		this.#engine = engine;
		this.#plan = plan;
		this.#kept = plan.columns.flatMap(({ name, type }) => (type === null ? [] : [{ name, type }]));
		this.table = new TableWriter(engine, this.#kept);
		this.rejects = new Rejects(engine);
		this.#complaints = suitsDuckDb(plan) ? 0 : GIVE_UP_FAST;
	}

	read(chunk: Chunk): void {
		if (this.#complaints < GIVE_UP_FAST && !chunk.loneCr && this.#readFast(chunk)) {
			this.#complaints = 0;
			return;
		}
		this.#complaints++;
		this.#readCarefully(chunk);
	}

	#readFast(chunk: Chunk): boolean {
		const file = this.#engine.freshName('csv');
		this.#engine.file(file, chunk.bytes);
		try {
			this.table.write(`SELECT ${this.#kept.map(fastColumn).join(', ')} FROM ${readCsvCall(file, this.#plan)}`);
			return true;
		} catch (thrown) {
			if (!(thrown instanceof Error) || /out of memory/i.test(thrown.message)) throw thrown;
			return false;
		} finally {
			this.#engine.drop(file);
		}
	}

	#readCarefully(chunk: Chunk): void {
		const damaged = isUtf8(this.#plan) && !decodes(chunk.bytes);
		let held: FittedRows = { columns: this.#kept.map(() => []), lines: [], texts: [], rejects: [] };
		const flush = (): void => {
			const misfits = this.#store(held);
			this.rejects.add([...held.rejects, ...misfits].sort((a, b) => a.line - b.line));
			held = { columns: this.#kept.map(() => []), lines: [], texts: [], rejects: [] };
		};
		for (const { bytes, line } of piecesOf(chunk, this.#plan)) {
			const text = decodeText(new TextDecoder('utf-8', { ignoreBOM: true }), bytes);
			const fitted = fitRows(new RecordReader(text, this.#plan.csv, line), text, this.#plan, Infinity, damaged);
			fitted.columns.forEach((cells, index) => append(held.columns[index] ?? [], cells));
			append(held.lines, fitted.lines);
			append(held.texts, fitted.texts);
			append(held.rejects, fitted.rejects);
			if (held.lines.length >= CAREFUL_ROWS) flush();
		}
		flush();
	}

	/** Casts and writes rows of text; those with a value that does not fit come back. */
	#store(fitted: FittedRows): Reject[] {
		const rowCount = fitted.lines.length;
		if (rowCount === 0) return [];
		this.#engine.insertTexts('careful', fitted.columns, rowCount);
		try {
			const typed = this.#kept.map(({ type }, index) => `${tryCast(`c${index}`, type, this.#plan.csv)} AS t${index}`);
			const bad = this.#kept.map((_, index) => `WHEN c${index} IS NOT NULL AND t${index} IS NULL THEN ${index}`);
			this.#engine.query(
				`CREATE TEMP TABLE typed AS SELECT *, CASE ${bad.join(' ')} END AS bad
				 FROM (SELECT *, ${typed.join(', ')} FROM careful)`
			);
			const misfits = this.#engine.query('SELECT n, bad FROM typed WHERE bad IS NOT NULL ORDER BY n');
			const columns = this.#kept.map(({ name }, index) => `t${index} AS ${quoteName(name)}`);
			if (misfits.length < rowCount) {
				this.table.write(`SELECT ${columns.join(', ')} FROM typed WHERE bad IS NULL ORDER BY n`);
			}
			return misfits.map((row) => this.#misfit(fitted, Number(row.n), Number(row.bad)));
		} finally {
			this.#engine.query('DROP TABLE IF EXISTS careful; DROP TABLE IF EXISTS typed');
		}
	}

	#misfit(fitted: FittedRows, row: number, index: number): Reject {
		const column = this.#kept[index];
		return {
			line: fitted.lines[row] ?? 0,
			column: column?.name ?? null,
			reason: misfitReason(fitted.columns[index]?.[row] ?? '', column?.type ?? ''),
			text: fitted.texts[row] ?? ''
		};
	}
}

/** Whole records in pieces: strings much longer than this are slow to take apart. */
function* piecesOf(chunk: Chunk, plan: CsvPlan): Generator<Pick<Chunk, 'bytes' | 'line'>> {
	let line = chunk.line;
	for (let at = 0, length = CAREFUL_BYTES; at < chunk.bytes.length;) {
		const whole = at + length >= chunk.bytes.length;
		const bytes = chunk.bytes.subarray(at, whole ? chunk.bytes.length : at + length);
		const border = whole ? bytes.length : lastBorder(bytes, plan.csv);
		if (border === 0) {
			length *= 2;
			continue;
		}
		const piece = bytes.subarray(0, border);
		yield { bytes: piece, line };
		line += countLines(piece).lineCount;
		at += border;
		length = CAREFUL_BYTES;
	}
}

function append<T>(to: T[], more: readonly T[]): void {
	for (const item of more) to.push(item);
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

const isInteger = (type: string): boolean => /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/i.test(type);

/** DuckDB rounds `6.5` to fit an integer; whole numbers come as text and are cast where no point is in them. */
function fastColumn({ name, type }: { readonly name: string; readonly type: string }): string {
	const column = quoteName(name);
	if (!isInteger(type)) return column;
	return `CASE WHEN contains(${column}, '.') THEN error('a fraction') ELSE ${column}::${type} END AS ${column}`;
}

/** See note: two readers, one meaning. Dialects DuckDB reads differently from us are not given to it. */
function suitsDuckDb({ csv, columns, fillShort }: CsvPlan): boolean {
	return (
		csv.comment === '' && csv.escape === csv.quote && columns.length > 1 && !fillShort && csv.delimiter.length <= 4
	);
}

function readCsvCall(file: string, { csv, columns }: CsvPlan): string {
	const types = columns.map(
		({ type }, index) =>
			`${quoteText(columns[index]?.name ?? '')}: ${quoteText(type === null || isInteger(type) ? 'VARCHAR' : type)}`
	);
	const nulls = ['', ...csv.nullTexts].map(quoteText).join(', ');
	const options = [
		'auto_detect=false',
		'header=false',
		`delim=${quoteText(csv.delimiter)}`,
		`quote=${quoteText(csv.quote)}`,
		`escape=${quoteText(csv.escape)}`,
		`nullstr=[${nulls}]`,
		`columns={${types.join(', ')}}`,
		'strict_mode=true',
		'max_line_size=2000000',
		'buffer_size=8000000',
		...(csv.decimal === ',' ? ["decimal_separator=','"] : []),
		...(csv.dateFormat === null ? [] : [`dateformat=${quoteText(csv.dateFormat)}`]),
		...(csv.timestampFormat === null ? [] : [`timestampformat=${quoteText(csv.timestampFormat)}`])
	];
	return `read_csv('${file}', ${options.join(', ')})`;
}

function decoderOf(encoding: string): TextDecoder {
	try {
		return new TextDecoder(encoding, { ignoreBOM: true });
	} catch (thrown) {
		const reason = thrown instanceof Error ? thrown.message : String(thrown);
		throw new Stopped({ kind: 'unsupported-option', option: 'encoding', value: encoding, reason });
	}
}

const isUtf8 = (plan: CsvPlan): boolean => /^utf-?8$/i.test(plan.csv.encoding);

function decodes(bytes: Uint8Array): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return true;
	} catch {
		// The one thing a fatal decoder throws is what is asked here.
		return false;
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
